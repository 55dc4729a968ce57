// Speed of a GPU over the size of the cluster, with its 80 % interval, as a Vega-Lite specification.
import type { TopLevelSpec } from 'vega-lite';
import type { ScalingResponse } from '../domain';
import { axisText, color, frame } from './theme';

export interface ScalingPoint {
  series: 'the same batch' | 'a batch that grows';
  gpus: number;
  speed: number;
  low: number;
  high: number;
  /** Percent of the best size's speed. */
  efficiency: number;
  gbs: number;
  plan: string;
  lost: string;
}

/** The best plan of each size that has one which fits. */
export function scalingPoints(response: ScalingResponse): ScalingPoint[] {
  const series = { strong: 'the same batch', weak: 'a batch that grows' } as const;
  return (['strong', 'weak'] as const).flatMap((way) =>
    response[way].best_plans.points.flatMap((p) => {
      if (!p.fits || p.tokens_per_s_per_gpu === undefined) return [];
      const [fast, slow] = p.step_time_range_s ?? [];
      const at = (s: number | undefined) =>
        (p.tokens_per_s_per_gpu ?? 0) * ((p.step_time_s ?? 0) / (s ?? p.step_time_s ?? 1));
      return [
        {
          series: series[way],
          gpus: p.gpus,
          speed: p.tokens_per_s_per_gpu,
          low: at(slow),
          high: at(fast),
          efficiency: 100 * (p.efficiency ?? 0),
          gbs: p.gbs,
          plan: p.summary ?? '',
          lost: (p.lost_to ?? []).map((l) => `${l.part} ${l.pct.toFixed(1)} %`).join(', '),
        },
      ];
    }),
  );
}

export const scalingSpec: TopLevelSpec = {
  ...frame,
  data: { name: 'points' },
  encoding: {
    x: {
      field: 'gpus',
      type: 'quantitative',
      scale: { type: 'log', base: 2, nice: false },
      axis: { ...axisText, title: 'GPUs', titleAnchor: 'end', grid: false, format: ',d' },
    },
    color: {
      field: 'series',
      type: 'nominal',
      scale: { domain: ['the same batch', 'a batch that grows'], range: [color('m-5'), color('c-over')] },
      legend: null,
    },
  },
  layer: [
    {
      mark: { type: 'area', opacity: 0.14 },
      encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
    },
    {
      mark: { type: 'line', strokeWidth: 1.5 },
      encoding: {
        y: {
          field: 'speed',
          type: 'quantitative',
          scale: { zero: false },
          axis: { ...axisText, title: 'tokens/s per GPU', titleAnchor: 'end', tickCount: 5 },
        },
      },
    },
    {
      mark: { type: 'point', filled: true, size: 40, opacity: 1 },
      encoding: {
        y: { field: 'speed', type: 'quantitative' },
        tooltip: [
          { field: 'gpus', title: 'GPUs', format: ',d' },
          { field: 'gbs', title: 'global batch', format: ',d' },
          { field: 'plan', title: 'plan' },
          { field: 'speed', title: 'tokens/s per GPU', format: ',.0f' },
          { field: 'efficiency', title: 'of the best size, %', format: '.1f' },
          { field: 'lost', title: 'lost to' },
        ],
      },
    },
  ],
};
