// One step of every stage as rectangles. The events are the response's; here they only get places.
import type { TimelineResponse } from '../domain';

/** A stretch of time, seconds. */
export interface Span {
  from: number;
  to: number;
}

export interface Block {
  index: number;
  x: number;
  width: number;
  y: number;
  fill: string;
  /** Strength of the hue: the first chunk is the strongest. */
  strength: number;
  /** Part of a backward pass that computes the forward again, drawn at its begin. */
  recompute: number;
  /** Number of the micro-batch, where there is room for it. */
  label: string;
}

const fills: Readonly<Record<string, string>> = {
  forward: 'forward',
  backward: 'backward',
  weight_gradient: 'wgrad',
};

const weakest = 0.55;
export const strengthOf = (chunk: number, chunks: number): number =>
  chunks <= 1 ? 1 : 1 - ((1 - weakest) * chunk) / (chunks - 1);

const gap = 0.6;
const widthOfDigit = 6.5;

export interface Geometry {
  width: number;
  rowHeight: number;
  rowGap: number;
}

/** Events that show in a stretch of time. */
export function blocks(t: TimelineResponse, span: Span, recomputeShare: number, g: Geometry): Block[] {
  const { events } = t;
  const scale = g.width / (span.to - span.from);
  const all: Block[] = [];
  for (let i = 0; i < events.stage.length; ++i) {
    const [start, end] = [events.start_s[i] ?? 0, events.end_s[i] ?? 0];
    if (end <= span.from || start >= span.to) continue;
    const x = Math.max(0, (start - span.from) * scale);
    const width = Math.max(Math.min(g.width, (end - span.from) * scale) - x - gap, 0.3);
    const kind = events.kind[i] ?? '';
    const label = String(events.microbatch[i] ?? '');
    all.push({
      index: i,
      x,
      width,
      y: (events.stage[i] ?? 0) * (g.rowHeight + g.rowGap),
      fill: fills[kind] ?? 'over',
      strength: strengthOf(events.chunk[i] ?? 0, t.chunks),
      recompute:
        kind === 'backward' && start >= span.from ? Math.min(recomputeShare * (end - start) * scale, width) : 0,
      label: width > label.length * widthOfDigit + 4 ? label : '',
    });
  }
  return all;
}

/** What the whole step takes: the pipeline, and after it what all stages do together. */
export function tail(t: TimelineResponse): { fill: string; label: string; span: Span }[] {
  let from = t.simulated_s;
  return [
    { fill: 'dp', label: 'DP', s: t.dp_s },
    { fill: 'optim', label: 'optimizer', s: t.optimizer_s },
    { fill: 'other', label: 'other', s: t.other_s },
    { fill: 'over', label: 'stragglers', s: t.stragglers_s ?? 0 },
  ]
    .filter(({ s }) => s > 0)
    .map(({ fill, label, s }) => {
      const span = { from, to: from + s };
      from += s;
      return { fill, label, span };
    });
}

export const endOf = (t: TimelineResponse): number => tail(t).at(-1)?.span.to ?? t.simulated_s;

/** One path for each stage and kind: thousands of events in a strip need no elements of their own. */
export function strips(t: TimelineResponse, g: Geometry): { key: string; fill: string; d: string }[] {
  const { events } = t;
  const scale = g.width / endOf(t);
  const paths = new Map<string, { fill: string; d: string[] }>();
  for (let i = 0; i < events.stage.length; ++i) {
    const [stage, kind] = [events.stage[i] ?? 0, events.kind[i] ?? ''];
    const key = `${stage} ${kind}`;
    const path = paths.get(key) ?? { fill: fills[kind] ?? 'over', d: [] };
    const [x, end] = [(events.start_s[i] ?? 0) * scale, (events.end_s[i] ?? 0) * scale];
    const y = stage * (g.rowHeight + g.rowGap);
    path.d.push(`M${x.toFixed(2)} ${y.toFixed(2)}H${end.toFixed(2)}V${(y + g.rowHeight).toFixed(2)}H${x.toFixed(2)}Z`);
    paths.set(key, path);
  }
  return [...paths].map(([key, { fill, d }]) => ({ key, fill, d: d.join('') }));
}

const firstEvents = 260;
const mostFirstEvents = 900;

/** What one sees first: the pipeline filling until passes go back, with blocks wide enough to read. */
export function firstSpan(t: TimelineResponse): Span {
  const end = endOf(t);
  const { kind, start_s, end_s } = t.events;
  const starts = [...start_s].sort((a, b) => a - b);
  const at = (n: number) => starts[n] ?? end;
  const turned = kind.reduce((least, k, i) => (k === 'backward' ? Math.min(least, end_s[i] ?? end) : least), end);
  return { from: 0, to: Math.min(Math.max(at(firstEvents), 1.4 * turned), at(mostFirstEvents), end) };
}

/** Moved or zoomed, and still inside the step. */
export function within(span: Span, end: number): Span {
  const size = Math.min(Math.max(span.to - span.from, end / 2000), end);
  const from = Math.min(Math.max(span.from, 0), end - size);
  return { from, to: from + size };
}

export function zoomed(span: Span, factor: number, at: number, end: number): Span {
  return within({ from: at - (at - span.from) * factor, to: at + (span.to - at) * factor }, end);
}

/** Round times in a stretch, about `wanted` of them. */
export function timeTicks({ from, to }: Span, wanted: number): number[] {
  const rough = (to - from) / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? 10 * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(9)));
}
