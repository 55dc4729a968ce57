import { useRef } from 'preact/hooks';
import { memoryLayout, memoryParts, stageName } from '../../charts/memory';
import { ticks } from '../../charts/ticks';
import type { Memory } from '../../domain';
import type { Table } from '../../export/table';
import { capacity, fixed, gib } from '../../ui/format';
import { useWidth } from '../../ui/hooks';
import { Legend, Panel } from '../../ui/panel';

const barsHeight = 160;
const axisHeight = 16;
const left = 96;
const marginRight = 62;

function tableOf(memory: Memory): Table {
  return {
    caption: 'Memory by stage, GiB per GPU',
    columns: ['stage', 'layers', ...memoryParts.map((p) => p.label), 'reserved', 'allocated', 'in flight'],
    rows: memory.stages.map((s) => [
      stageName(s.stage, memory.stages.length),
      s.layers,
      ...memoryParts.map((p) => fixed(s[p.key], 2)),
      fixed(s.reserved_gib, 2),
      fixed(s.allocated_gib, 2),
      fixed(s.microbatches_in_flight, 2),
    ]),
  };
}

function sentence(memory: Memory): string {
  const lowest = Math.min(...memory.stages.map((s) => s.reserved_gib));
  return `Memory by pipeline stage: stage ${memory.worst_stage} is the worst with ${gib(memory.peak_gib)} of ${capacity(memory.capacity_gib)} GiB, the least takes ${gib(lowest)}; ${capacity(memory.usable_gib)} may be used.`;
}

function Scale({ memory, layout }: { memory: Memory; layout: ReturnType<typeof memoryLayout> }) {
  const high = layout.right === layout.capacityX ? memory.usable_gib : memory.peak_gib;
  const marks = ticks(high, 4);
  return (
    <>
      {marks.map((t, i) => (
        <g key={t}>
          <path d={`M${layout.left + t * layout.scale} 0V${barsHeight}`} class="grid" />
          <text x={layout.left + t * layout.scale} y={barsHeight + 13} class="t m">
            {i === marks.length - 1 ? `${t} GiB` : t}
          </text>
        </g>
      ))}
    </>
  );
}

/** What each bar has beyond the usable memory. */
function Over({ layout }: { layout: ReturnType<typeof memoryLayout> }) {
  const x = layout.usableX;
  return (
    <>
      {layout.bars
        .filter((bar) => bar.end > x)
        .map((bar) => (
          <rect key={bar.y} x={x} y={bar.y} width={bar.end - x} height={bar.height} fill="url(#hatch-bad)" />
        ))}
    </>
  );
}

function Limits({ memory, layout }: { memory: Memory; layout: ReturnType<typeof memoryLayout> }) {
  const free = memory.capacity_gib - memory.usable_gib;
  const x = layout.capacityX;
  const isOver = layout.right > x;
  return (
    <>
      <rect x={layout.usableX} y={0} width={x - layout.usableX} height={barsHeight} fill="url(#hatch)" />
      {!isOver || <Over layout={layout} />}
      <path d={`M${x} 0V${barsHeight}`} class="cap" />
      {/* Beside the line where nothing stands there, below the bars where they go past it. */}
      <g transform={`translate(${x + 6} ${isOver ? layout.bottom + 4 : 0})`}>
        <text y={12} class="tb">
          {capacity(memory.capacity_gib)}
        </text>
        <text y={26} class="t">
          capacity
        </text>
        {free > 0 && layout.bottom < barsHeight - 70 + (isOver ? 0 : 200) && (
          <>
            <text y={48} class="t">
              {fixed(free, 1)} kept
            </text>
            <text y={61} class="t">
              free
            </text>
          </>
        )}
      </g>
    </>
  );
}

export function MemoryPanel({ memory }: { memory: Memory }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 400);
  const layout = memoryLayout(memory, width, barsHeight, left, marginRight);
  const stages = memory.stages.length;
  return (
    <Panel title="Memory by stage" note="GiB per GPU, reserved" testId="memory-chart" table={tableOf(memory)} hasImage>
      <div ref={box}>
        <svg class="chart" width={width} height={barsHeight + axisHeight} role="img" aria-label={sentence(memory)}>
          <Scale memory={memory} layout={layout} />
          {layout.bars.map((bar) => (
            <g key={bar.stage.stage}>
              {bar.isNamed && (
                <>
                  <text x={52} y={bar.y + bar.height / 2 + 4} class="t2 e">
                    {stageName(bar.stage.stage, stages)}
                  </text>
                  <text x={left - 8} y={bar.y + bar.height / 2 + 4} class={bar.isWorst ? 'tb e' : 't2 e'}>
                    {gib(bar.stage.reserved_gib)}
                  </text>
                </>
              )}
              {bar.parts.map((p) => (
                <rect key={p.fill} x={p.x} y={bar.y} width={p.width} height={bar.height} class={p.fill} />
              ))}
            </g>
          ))}
          <Limits memory={memory} layout={layout} />
        </svg>
        <Legend items={memoryParts} />
      </div>
    </Panel>
  );
}
