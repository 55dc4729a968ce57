// What moves a plan: change of the GPU time per token when one thing is less or more, as a Vega-Lite specification.
import type { TopLevelSpec } from 'vega-lite';
import type { BottleneckResponse } from '../domain';
import { axisText, color, frame } from './theme';

type Bar = BottleneckResponse['tornado'][number];
type End = NonNullable<Bar['low']>;

export interface Swing {
  /** "Network 50 GB/s ± 10 %", "TP 4: 2, 8". */
  name: string;
  /** Percent; negative is faster. */
  change: number;
  side: 'low' | 'high';
  fits: boolean;
  text: string;
}

const most = 9;

const names: Readonly<Record<string, string>> = {
  peak_flops: 'FLOP/s',
  memory_bandwidth: 'Memory GB/s',
  scaleup_bandwidth: 'Scale-up GB/s',
  network_bandwidth: 'Network GB/s',
  host_speed: 'Host speed',
  host_link_bandwidth: 'Host link GB/s',
  seq_length: 'Sequence',
  gbs: 'Global batch',
  mbs: 'Micro-batch',
};

const short = (n: number) => (n >= 1024 && n % 1024 === 0 ? `${n / 1024}k` : String(Math.round(n * 100) / 100));

function nameOf(bar: Bar): string {
  const name = names[bar.parameter] ?? bar.parameter.toUpperCase();
  if (bar.kind === 'resource') return `${name} ± 10 %`;
  const values = [bar.low, bar.high].flatMap((e) => (e ? [short(e.value)] : []));
  return `${name} ${values.join(', ')}`;
}

function textOf(bar: Bar, end: End): string {
  const what = end.change || `${names[bar.parameter] ?? bar.parameter} ${short(end.value)}`;
  return end.fits ? what : `${what}: does not fit, ${(end.over_gib ?? 0).toFixed(1)} GiB over`;
}

/** The bars that move it most, both of their ends. */
export function swings(response: BottleneckResponse): Swing[] {
  return response.tornado.slice(0, most).flatMap((bar) =>
    (['low', 'high'] as const).flatMap((side) => {
      const end = bar[side];
      if (!end) return [];
      return [{ name: nameOf(bar), change: end.change_pct, side, fits: end.fits, text: textOf(bar, end) }];
    }),
  );
}

export const tornadoSpec: TopLevelSpec = {
  ...frame,
  padding: { left: 0, top: 0, bottom: 0, right: 8 },
  data: { name: 'swings' },
  encoding: {
    y: {
      field: 'name',
      type: 'nominal',
      sort: null,
      axis: { ...axisText, title: null, domain: false, ticks: false, labelLimit: 170, labelOverlap: false },
    },
    x: {
      field: 'change',
      type: 'quantitative',
      axis: { ...axisText, title: 'change of GPU time per token, %', tickCount: 6, titleAnchor: 'end', format: '+d' },
    },
    tooltip: [
      { field: 'text', title: 'with' },
      { field: 'change', title: 'GPU time per token, %', format: '+.2f' },
    ],
  },
  layer: [
    {
      mark: { type: 'bar', height: { band: 0.66 } },
      encoding: {
        color: {
          condition: { test: 'datum.change < 0', value: color('m-5') },
          value: color('c-over'),
        },
        opacity: { condition: { test: 'datum.fits', value: 1 }, value: 0.35 },
        detail: { field: 'side' },
      },
    },
    { mark: { type: 'rule', color: color('ink') }, encoding: { x: { datum: 0 }, y: {} } },
  ],
};
