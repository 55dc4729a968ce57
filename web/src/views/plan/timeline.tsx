// One step of every stage: all of it as a strip, a stretch of it to read.
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { stageName } from '../../charts/memory';
import { blocks, endOf, firstSpan, type Span, strips, tail, timeTicks, within, zoomed } from '../../charts/timeline';
import type { TimelineResponse } from '../../domain';
import { valueName } from '../../domain/strategy';
import type { Table } from '../../export/table';
import { recomputeShare } from '../../state/detail';
import { page, setDetail } from '../../state/store';
import { count, fixed, seconds } from '../../ui/format';
import { useWidth } from '../../ui/hooks';
import { Legend, Panel } from '../../ui/panel';
import { quantityText } from '../../ui/quantity';
import { Check } from './check';

const left = 62;
const kinds: Readonly<Record<string, string>> = {
  forward: 'forward',
  backward: 'backward',
  weight_gradient: 'weight gradient',
};

function tableOf(t: TimelineResponse): Table {
  const { events } = t;
  return {
    caption: 'Events of the step',
    columns: ['stage', 'task', 'chunk', 'micro-batch', 'start s', 'end s'],
    rows: events.stage.map((stage, i) => [
      stage,
      kinds[events.kind[i] ?? ''] ?? '',
      events.chunk[i] ?? 0,
      events.microbatch[i] ?? 0,
      fixed(events.start_s[i] ?? 0, 5),
      fixed(events.end_s[i] ?? 0, 5),
    ]),
  };
}

/** The stretch that is shown, in the link too. */
function useSpan(t: TimelineResponse): [Span, (span: Span) => void] {
  const end = endOf(t);
  const { from, to } = page.value.detail ?? {};
  const first = useMemo(() => firstSpan(t), [t]);
  const span = from !== undefined && to !== undefined && to > from ? within({ from, to }, end) : first;
  return [span, (next) => setDetail({ ...page.value.detail, ...within(next, end) }, 'zoom')];
}

interface ChartProps {
  t: TimelineResponse;
  span: Span;
  width: number;
}

/** The whole step, with a frame around what is shown: drag it, or move it with the arrow keys. */
function Overview({ t, span, width, onSpan }: ChartProps & { onSpan(span: Span): void }) {
  const end = endOf(t);
  const stages = t.stages.length;
  const rowHeight = Math.max(1.5, Math.min(8, 56 / stages));
  const g = { width, rowHeight, rowGap: stages > 20 ? 0 : 0.5 };
  const height = stages * (rowHeight + g.rowGap);
  const paths = useMemo(() => strips(t, g), [t, width]);
  const size = span.to - span.from;
  const box = useRef<SVGSVGElement>(null);
  const moveTo = (clientX: number) => {
    const at = ((clientX - (box.current?.getBoundingClientRect().left ?? 0) - left) / width) * end;
    onSpan({ from: at - size / 2, to: at + size / 2 });
  };
  const x = (s: number) => left + (s / end) * width;
  const ticks = timeTicks({ from: 0, to: end }, width / 90);
  return (
    <div class="overview">
      <svg
        ref={box}
        class="chart"
        width={left + width}
        height={height + 18}
        role="img"
        aria-label={`The whole step, ${seconds(end)} seconds on ${count(stages)} stages`}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          moveTo(e.clientX);
        }}
        onPointerMove={(e) => e.buttons === 1 && moveTo(e.clientX)}
      >
        <text x={left - 8} y={height / 2 + 4} class="t e">
          step
        </text>
        <rect x={left} width={(t.simulated_s / end) * width} height={height} class="idle" />
        <g transform={`translate(${left} 0)`}>
          {paths.map((p) => (
            <path key={p.key} d={p.d} class={p.fill} />
          ))}
        </g>
        {tail(t).map((p) => (
          <rect key={p.fill} x={x(p.span.from)} width={x(p.span.to) - x(p.span.from)} height={height} class={p.fill} />
        ))}
        {ticks.map((s) => (
          <text key={s} x={x(s)} y={height + 14} class={s === 0 ? 't' : 't m'}>
            {`${Number(s.toPrecision(6))} s`}
          </text>
        ))}
        <rect x={x(span.from)} y={-2} width={Math.max((size / end) * width, 3)} height={height + 4} class="window" />
      </svg>
      <input
        type="range"
        class="sr"
        aria-label="Start of what is shown"
        aria-valuetext={`${quantityText(span.from, 's')} to ${quantityText(span.to, 's')}`}
        min={0}
        max={1000}
        step={Math.max(1, Math.round((1000 * size) / end / 4))}
        value={end > size ? Math.round((1000 * span.from) / (end - size)) : 0}
        disabled={size >= end}
        onInput={(e) => {
          const from = (Number(e.currentTarget.value) / 1000) * (end - size);
          onSpan({ from, to: from + size });
        }}
      />
    </div>
  );
}

const rowGap = 3;
const rowHeightFor = (stages: number) => Math.max(9, Math.min(26, Math.floor(340 / stages)));

function Zoom({ t, span, width, onSpan, onPick }: ChartProps & { onSpan(s: Span): void; onPick(index: number): void }) {
  const stages = t.stages.length;
  const rowHeight = rowHeightFor(stages);
  const height = stages * (rowHeight + rowGap);
  const share = recomputeShare.value;
  const all = useMemo(
    () => blocks(t, span, share, { width, rowHeight, rowGap }),
    [t, span.from, span.to, width, share, rowHeight],
  );
  const scale = width / (span.to - span.from);
  const unit = span.to - span.from < 1.5 ? 1000 : 1;
  const ticks = timeTicks(span, width / 90);
  const every = Math.ceil(12 / (rowHeight + rowGap));
  const indexOf = (target: EventTarget | null) => (target instanceof Element ? target.getAttribute('data-i') : null);
  return (
    <svg
      class="chart zoom"
      width={left + width}
      height={height + 18}
      role="img"
      aria-label={`Stages from ${quantityText(span.from, 's')} to ${quantityText(span.to, 's')}: ${count(all.length)} blocks. The table has every one.`}
      onWheel={(e) => {
        if (!e.ctrlKey && !e.shiftKey) return;
        e.preventDefault();
        const at = span.from + (e.clientX - e.currentTarget.getBoundingClientRect().left - left) / scale;
        onSpan(zoomed(span, e.deltaY > 0 ? 1.25 : 0.8, at, endOf(t)));
      }}
      onPointerMove={(e) => {
        const i = indexOf(e.target);
        if (i) onPick(Number(i));
      }}
    >
      {ticks.map((s) => (
        <g key={s} transform={`translate(${left + (s - span.from) * scale} 0)`}>
          <path d={`M0 0V${height}`} class="grid" />
          <text y={height + 14} class={s === 0 ? 't' : 't m'}>
            {`${Number((s * unit).toPrecision(6))}${unit === 1000 ? ' ms' : ' s'}`}
          </text>
        </g>
      ))}
      {t.stages.map((stage, i) => (
        <g key={stage.stage} transform={`translate(0 ${i * (rowHeight + rowGap)})`}>
          {i % every === 0 && (
            <text x={left - 8} y={rowHeight / 2 + 4} class="t2 e">
              {stageName(stage.stage, stages)}
            </text>
          )}
          <rect
            x={left}
            width={Math.max(0, Math.min(width, (t.simulated_s - span.from) * scale))}
            height={rowHeight}
            fill="url(#hatch-idle)"
          />
        </g>
      ))}
      <g transform={`translate(${left} 0)`}>
        {all.map((b) => (
          <g key={b.index}>
            <rect x={b.x} y={b.y} width={b.width} height={rowHeight} class="paper" />
            <rect
              data-i={b.index}
              x={b.x}
              y={b.y}
              width={b.width}
              height={rowHeight}
              class={b.fill}
              fill-opacity={b.strength}
            />
            {b.recompute > 0.5 && (
              <rect
                data-i={b.index}
                x={b.x}
                y={b.y}
                width={b.recompute}
                height={rowHeight}
                class="recomp"
                fill-opacity={b.strength}
              />
            )}
            {b.label && rowHeight >= 12 && (
              <text x={b.x + b.width / 2} y={b.y + rowHeight / 2 + 4} class={`t m on-${b.fill}`}>
                {b.label}
              </text>
            )}
          </g>
        ))}
        {tail(t)
          .filter((p) => p.span.to > span.from && p.span.from < span.to)
          .map((p) => {
            const x = Math.max(0, (p.span.from - span.from) * scale);
            const to = Math.min(width, (p.span.to - span.from) * scale);
            return <rect key={p.fill} x={x} width={Math.max(to - x, 0.5)} height={height - rowGap} class={p.fill} />;
          })}
      </g>
    </svg>
  );
}

function eventText(t: TimelineResponse, i: number): string {
  const { events } = t;
  const [start, end] = [events.start_s[i] ?? 0, events.end_s[i] ?? 0];
  const chunk = t.chunks > 1 ? `, chunk ${events.chunk[i]}` : '';
  return `${kinds[events.kind[i] ?? ''] ?? ''} of micro-batch ${events.microbatch[i]}${chunk}, stage ${events.stage[i]}: ${quantityText(end - start, 's')} from ${quantityText(start, 's')}`;
}

/** On its own, so that pointing at blocks draws this line alone anew. */
function Picked({ t, index }: { t: TimelineResponse; index: ReadonlySignal<number | undefined> }) {
  const i = index.value;
  return (
    <p class="hint picked">
      {i === undefined || i >= t.events.stage.length
        ? 'Point at a block to read it; drag the frame, or zoom with Shift and the wheel.'
        : eventText(t, i)}
    </p>
  );
}

function legendOf(t: TimelineResponse) {
  const present = new Set(t.events.kind);
  return [
    { label: t.chunks > 1 ? 'forward, stronger = earlier chunk' : 'forward', fill: 'forward' },
    { label: 'backward', fill: 'backward' },
    ...(recomputeShare.value > 0 ? [{ label: 'recompute', fill: 'recomp' }] : []),
    ...(present.has('weight_gradient') ? [{ label: 'weight gradient', fill: 'wgrad' }] : []),
    ...tail(t).map(({ fill, label }) => ({ fill, label })),
  ];
}

export function TimelinePanel({ response: t }: { response: TimelineResponse }) {
  const box = useRef<HTMLDivElement>(null);
  const width = Math.max(useWidth(box, 900), 560) - left - 20;
  const [span, setSpan] = useSpan(t);
  const picked = useSignal<number | undefined>(undefined);
  const pick = (index: number) => {
    picked.value = index;
  };
  const end = endOf(t);
  const middle = (span.from + span.to) / 2;
  const table = useMemo(() => tableOf(t), [t]);
  const schedule = valueName(t.strategy.schedule ?? '1f1b');
  const some = t.simulated_microbatches < t.num_microbatches;
  const note = `${t.stages.length > 1 ? `${schedule}, ` : ''}${some ? `the first ${count(t.simulated_microbatches)} of ` : ''}${count(t.num_microbatches)} micro-batches${t.chunks > 1 ? ` in ${t.chunks} chunks` : ''}`;
  return (
    <>
      <Panel
        title="One step, every stage"
        note={note}
        testId="timeline-chart"
        table={table}
        hasImage
        tools={
          <>
            <button type="button" class="pick" onClick={() => setSpan(zoomed(span, 0.5, middle, end))}>
              Zoom in
            </button>
            <button type="button" class="pick" onClick={() => setSpan(zoomed(span, 2, middle, end))}>
              Zoom out
            </button>
            <button type="button" class="pick" onClick={() => setSpan({ from: 0, to: end })}>
              All
            </button>
          </>
        }
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <section class="scroll-x" ref={box} tabIndex={0} aria-label="Timeline">
          <Overview t={t} span={span} width={width} onSpan={setSpan} />
          <Zoom t={t} span={span} width={width} onSpan={setSpan} onPick={pick} />
        </section>
        <div class="legends">
          <Legend items={legendOf(t)} />
          <span class="key">
            <svg width="14" height="9" aria-hidden="true">
              <rect width="14" height="9" fill="url(#hatch-idle)" />
            </svg>
            waiting
          </span>
          <span class="u">number = micro-batch</span>
        </div>
        <Picked t={t} index={picked} />
      </Panel>
      <Check t={t} />
    </>
  );
}
