// Speed against cost or memory, as a Vega-Lite specification. Pure: plans in, specification and rows out.
import type { TopLevelSpec } from 'vega-lite';
import type { Plan } from '../domain';
import { axisText, color, frame } from './theme';

export interface Point {
  key: string;
  gpus: number;
  cost: number | null;
  peak: number;
  /** Tokens per second of the whole cluster. */
  speed: number;
  free: number;
  room: number;
  text: string;
}

export type Reading = 'cost' | 'memory';

/** Lower ends of the bins of free memory, GiB. */
const rooms = [4, 8, 16, 32];
export const roomNames = ['< 4', '4–8', '8–16', '16–32', '> 32'];
export const roomOf = (freeGib: number) => rooms.filter((r) => freeGib >= r).length;

export function points(plans: readonly Plan[], keyOf: (plan: Plan) => string): Point[] {
  return plans
    .filter((p) => p.fits)
    .map((p) => {
      const free = p.memory.capacity_gib - p.memory.peak_gib;
      return {
        key: keyOf(p),
        gpus: p.gpus,
        cost: p.usd_per_million_tokens ?? null,
        peak: p.memory.peak_gib,
        speed: p.tokens_per_s,
        free,
        room: roomOf(free),
        text: p.summary,
      };
    });
}

const readingOf = (p: Point, reading: Reading) => (reading === 'cost' ? p.cost : p.peak);

/** Points that no other beats in speed and in the other reading, from the least of it on. */
export function frontier(all: readonly Point[], reading: Reading): Point[] {
  const known = all.filter((p) => readingOf(p, reading) !== null);
  const at = (p: Point) => readingOf(p, reading) ?? 0;
  const inOrder = [...known].sort((a, b) => at(a) - at(b) || b.speed - a.speed);
  const front: Point[] = [];
  for (const p of inOrder) if (p.speed > (front.at(-1)?.speed ?? 0)) front.push(p);
  return front;
}

/** Last point of each cluster size, where its curve is named. */
function curveEnds(all: readonly Point[], reading: Reading): Point[] {
  const last = new Map<number, Point>();
  for (const p of all) {
    const end = last.get(p.gpus);
    if (!end || (readingOf(p, reading) ?? 0) > (readingOf(end, reading) ?? 0)) last.set(p.gpus, p);
  }
  return [...last.values()];
}

const roomScale = { domain: [0, 1, 2, 3, 4], range: [0, 1, 2, 3, 4].map((i) => color(`h-${i}`)) };

export interface ParetoData {
  /** Plans that cost too much to be drawn on the same scale. */
  beyond: number;
  points: Point[];
  front: Point[];
  ends: Point[];
  chosen: Point[];
}

/** A plan at several times the least cost would push all others into one corner. */
const mostTimesLeastCost = 2;

function affordable(all: readonly Point[], chosenKey: string | undefined): Point[] {
  const least = Math.min(...all.map((p) => p.cost ?? Number.POSITIVE_INFINITY));
  return all.filter((p) => (p.cost ?? 0) <= mostTimesLeastCost * least || p.key === chosenKey);
}

export function paretoData(all: readonly Point[], chosenKey: string | undefined, reading: Reading): ParetoData {
  const known = all.filter((p) => readingOf(p, reading) !== null);
  const shown = reading === 'cost' ? affordable(known, chosenKey) : known;
  const sizes = new Set(shown.map((p) => p.gpus)).size;
  return {
    beyond: known.length - shown.length,
    points: shown,
    front: frontier(shown, reading),
    ends: reading === 'cost' && sizes > 1 ? curveEnds(shown, reading) : [],
    chosen: shown.filter((p) => p.key === chosenKey),
  };
}

function xAxis(reading: Reading) {
  return reading === 'cost'
    ? {
        field: 'cost',
        title: '$ per million tokens (log)',
        scale: { type: 'log', nice: false, padding: 14 } as const,
        format: '.2f',
      }
    : {
        field: 'peak',
        title: 'peak GiB of the worst rank',
        scale: { zero: false, nice: false, padding: 14 } as const,
        format: '.0f',
      };
}

export function paretoSpec(reading: Reading): TopLevelSpec {
  const x = xAxis(reading);
  const xy = {
    x: {
      field: x.field,
      type: 'quantitative',
      scale: x.scale,
      axis: {
        ...axisText,
        title: x.title,
        grid: false,
        tickCount: 5,
        format: x.format,
        titleAnchor: 'end',
      },
    },
    y: {
      field: 'speed',
      type: 'quantitative',
      scale: reading === 'cost' ? ({ type: 'log', nice: false, padding: 12 } as const) : { zero: true, nice: true },
      axis: {
        ...axisText,
        title: null,
        tickCount: 5,
        domain: false,
        ticks: false,
        format: '~s',
      },
    },
  } as const;
  const tooltip = [
    { field: 'text', title: 'plan' },
    { field: 'gpus', title: 'GPUs' },
    { field: 'speed', title: 'tok/s', format: ',.0f' },
    { field: 'cost', title: '$ per M tokens', format: '.3f' },
    { field: 'peak', title: 'peak GiB', format: '.1f' },
  ];
  return {
    ...frame,
    // Room for the names of the curves at their ends.
    padding: { left: 0, top: 4, bottom: 0, right: reading === 'cost' ? 40 : 8 },
    layer: [
      {
        data: { name: 'points' },
        transform: [{ filter: reading === 'cost' ? 'true' : 'false' }],
        mark: { type: 'line', strokeWidth: 1, color: color('rule-2'), interpolate: 'monotone' },
        encoding: { ...xy, detail: { field: 'gpus' } },
      },
      {
        data: { name: 'front' },
        mark: { type: 'line', strokeWidth: 1.25, color: color('ink'), interpolate: 'step-after' },
        encoding: { ...xy, order: { field: 'speed' } },
      },
      {
        data: { name: 'points' },
        mark: { type: 'circle', size: 34, opacity: 0.75, cursor: 'pointer' },
        encoding: { ...xy, color: { field: 'room', type: 'ordinal', scale: roomScale, legend: null }, tooltip },
      },
      {
        data: { name: 'front' },
        mark: { type: 'circle', size: 44, opacity: 1, stroke: color('ink'), strokeWidth: 1, cursor: 'pointer' },
        encoding: { ...xy, color: { field: 'room', type: 'ordinal', scale: roomScale, legend: null }, tooltip },
      },
      {
        data: { name: 'chosen' },
        mark: { type: 'point', size: 200, filled: false, stroke: color('accent'), strokeWidth: 2 },
        encoding: xy,
      },
      {
        data: { name: 'ends' },
        mark: { type: 'text', align: 'left', dx: 7, fontSize: 11, color: color('ink-3') },
        encoding: { ...xy, text: { field: 'gpus', format: ',d' } },
      },
    ],
  };
}
