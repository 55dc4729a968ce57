// Predicted against measured, and the error of each run on the same axis, as Vega-Lite specifications. Pure: runs in,
// specifications and rows out.
import type { TopLevelSpec } from 'vega-lite';
import type { Quantity } from '../domain/evidence';
import type { Run } from '../domain/runs';
import { axisText, color, frame } from './theme';

/** Sources that are told apart by hue and by shape; more would not be. */
export const series = [
  { label: 'nanotron playbook', families: ['nanotron'], color: 'c-comm', shape: 'diamond' },
  { label: 'vTrain', families: ['vtrain'], color: 'c-grads', shape: 'square' },
  { label: 'llm-foundry', families: ['llmfoundry'], color: 'c-acts', shape: 'triangle-up' },
  { label: 'Megatron-Bridge', families: ['mbridge', 'mbridge_cards'], color: 'c-weights', shape: 'circle' },
  { label: 'MLPerf', families: ['mlperf'], color: 'c-optim', shape: 'triangle-down' },
  { label: 'other', families: [], color: 'ink-3', shape: 'cross' },
] as const satisfies readonly { label: string; families: readonly string[]; color: string; shape: string }[];

const others = series.length - 1;

export function seriesOf(family: string | undefined): number {
  const at = series.findIndex(({ families }) => (families as readonly string[]).includes(family ?? ''));
  return at < 0 ? others : at;
}

/** Ratios beyond these stand at the edge of the error strip. */
const farthest = 2;

export interface Dot {
  id: string;
  series: number;
  measured: number;
  predicted: number;
  /** predicted / measured, no farther than the strip goes. */
  ratio: number;
  text: string;
  error: string;
  source: string;
}

export interface ParityData {
  dots: Dot[];
  chosen: Dot[];
  /** How many stand at the edge of the strip. */
  beyond: number;
}

const percent = (error: number) => `${error > 0 ? '+' : error < 0 ? '−' : ''}${Math.abs(error).toFixed(1)} %`;

const dotOf = ({ row, measured, predicted, error }: Run): Dot => ({
  id: row.id,
  series: seriesOf(row.family),
  measured,
  predicted,
  ratio: Math.min(Math.max(predicted / measured, 1 / farthest), farthest),
  text: `${row.model}, ${row.gpus} × ${row.gpu}`,
  error: percent(error),
  source: row.source ?? '',
});

export function parityData(runs: readonly Run[], chosen: string | undefined): ParityData {
  const dots = runs.filter((r) => r.measured > 0 && r.predicted > 0).map(dotOf);
  const isBeyond = (r: Run) => Math.max(r.predicted / r.measured, r.measured / r.predicted) > farthest;
  return { dots, chosen: dots.filter((d) => d.id === chosen), beyond: runs.filter(isBeyond).length };
}

// Both charts leave the same room at the left, so that their axes stand above each other.
const leftRoom = 40;
const units: Readonly<Record<Quantity, { name: string; unit: string }>> = {
  step_time: { name: 'step time', unit: 's' },
  memory: { name: 'peak memory', unit: 'GiB' },
};

const marks = {
  shape: {
    field: 'series',
    type: 'nominal',
    scale: { domain: series.map((_, i) => i), range: series.map((s) => s.shape) },
    legend: null,
  },
  stroke: {
    field: 'series',
    type: 'nominal',
    scale: { domain: series.map((_, i) => i), range: series.map((s) => color(s.color)) },
    legend: null,
  },
} as const;

const dotMark = { type: 'point', size: 26, strokeWidth: 1.1, opacity: 0.8, cursor: 'pointer', filled: false } as const;
const ring = {
  type: 'point',
  shape: 'circle',
  size: 260,
  filled: false,
  stroke: color('accent'),
  strokeWidth: 2.5,
} as const;

/** Both axes of the parity chart, from the least to the largest of either reading. */
export function extent(runs: readonly Run[]): [number, number] {
  const all = runs.flatMap((r) => [r.measured, r.predicted]).filter((x) => x > 0);
  if (all.length === 0) return [0.1, 10];
  return [Math.min(...all) / 1.15, Math.max(...all) * 1.15];
}

// Inside the chart, above its first line.
const yTitle = {
  titleAngle: 0,
  titleAlign: 'left',
  titleAnchor: 'start',
  titleX: 6,
  titleY: 4,
  minExtent: leftRoom,
  maxExtent: leftRoom,
} as const;

function tooltip(quantity: Quantity) {
  const { unit } = units[quantity];
  return [
    { field: 'text', title: 'run' },
    { field: 'measured', title: `measured ${unit}`, format: '.4~g' },
    { field: 'predicted', title: `predicted ${unit}`, format: '.4~g' },
    { field: 'error', title: 'error' },
    { field: 'source', title: 'source' },
  ];
}

const logScale = (low: number, high: number) => ({
  type: 'log' as const,
  domain: [low, high],
  nice: false,
  clamp: true,
});

/** 1 and 3 of every power of ten; of few decades also 2 and 5. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const digits = high / low > 100 ? [1, 3] : [1, 2, 5];
  const powers = Array.from({ length: 30 }, (_, i) => 10 ** (i - 12));
  return powers.flatMap((p) => digits.map((d) => Number((d * p).toPrecision(1)))).filter((t) => t >= low && t <= high);
}

interface Rows {
  quantity: Quantity;
  domain: readonly [number, number];
  /** What stands upward: its field, its scale, its axis. */
  field: 'predicted' | 'ratio';
  yScale: ReturnType<typeof logScale>;
  yAxis: object;
  xAxis: object;
  /** What an exact prediction reads at a measured value. */
  exact(measured: number): number;
}

/** The line of exact predictions in a band of 10 % either way, the runs, and a ring around the chosen one. */
function spec({ quantity, domain, field, yScale, yAxis, xAxis, exact }: Rows): TopLevelSpec {
  const [low, high] = domain;
  const scale = logScale(low, high);
  const line = [low, high].map((x) => ({ x, exact: exact(x), below: 0.9 * exact(x), above: 1.1 * exact(x) }));
  const x = { field: 'x', type: 'quantitative', scale } as const;
  const measured = { field: 'measured', type: 'quantitative', scale } as const;
  const y = { type: 'quantitative', scale: yScale } as const;
  const axis = { ...axisText, ticks: false, domain: false };
  return {
    ...frame,
    padding: { left: 0, top: 6, right: 14, bottom: 0 },
    layer: [
      {
        data: { values: line },
        mark: { type: 'area', color: color('m-2'), opacity: 0.8 },
        encoding: { x, y: { ...y, field: 'below' }, y2: { field: 'above' } },
      },
      {
        data: { values: line },
        mark: { type: 'line', color: color('ink'), strokeWidth: 1 },
        encoding: { x, y: { ...y, field: 'exact' } },
      },
      {
        data: { name: 'dots' },
        mark: dotMark,
        encoding: {
          x: { ...measured, axis: { ...axis, values: logTicks(domain), format: '~g', ...xAxis } },
          y: { ...y, field, axis: { ...axis, ...yTitle, ...yAxis } },
          ...marks,
          tooltip: tooltip(quantity),
        },
      },
      { data: { name: 'chosen' }, mark: ring, encoding: { x: measured, y: { ...y, field } } },
    ],
  };
}

export function paritySpec(quantity: Quantity, domain: readonly [number, number]): TopLevelSpec {
  const { name, unit } = units[quantity];
  return spec({
    quantity,
    domain,
    field: 'predicted',
    yScale: logScale(...domain),
    yAxis: { title: `predicted ${name}, ${unit} (log)`, values: logTicks(domain), format: '~g' },
    xAxis: { title: null, labels: false },
    exact: (measured) => measured,
  });
}

/** The error of each run: a tenth above and a tenth below stand about equally far from the line. */
export function errorSpec(quantity: Quantity, domain: readonly [number, number]): TopLevelSpec {
  const { name, unit } = units[quantity];
  return spec({
    quantity,
    domain,
    field: 'ratio',
    yScale: logScale(1 / farthest, farthest),
    yAxis: { title: 'predicted / measured', values: [0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2], format: '~g' },
    xAxis: { title: `measured ${name}, ${unit} (log)`, titleAnchor: 'end' },
    exact: () => 1,
  });
}
