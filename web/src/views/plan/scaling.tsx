// How the question scales: the best plan at other sizes of the cluster.
import { useMemo } from 'preact/hooks';
import { type ScalingPoint, scalingPoints, scalingSpec } from '../../charts/scaling';
import type { ChartProps } from '../../charts/vega';
import type { ScalingResponse } from '../../domain';
import type { Table } from '../../export/table';
import { fixed } from '../../ui/format';
import { lazy } from '../../ui/lazy';
import { Panel } from '../../ui/panel';

const Chart = lazy<ChartProps>(() => import('../../charts/vega'));
const nothing = () => {};

function tableOf(points: readonly ScalingPoint[]): Table {
  return {
    caption: 'The best plan at each size',
    columns: ['with', 'GPUs', 'global batch', 'plan', 'tokens/s/GPU', 'low', 'high', 'of the best size %', 'lost to'],
    rows: points.map((p) => [
      p.series,
      p.gpus,
      p.gbs,
      p.plan,
      fixed(p.speed, 1),
      fixed(p.low, 1),
      fixed(p.high, 1),
      fixed(p.efficiency, 1),
      p.lost,
    ]),
  };
}

export function ScalingPanel({ response }: { response: ScalingResponse }) {
  const points = useMemo(() => scalingPoints(response), [response]);
  const data = useMemo(() => ({ points }), [points]);
  const { why } = response.strong.best_plans;
  return (
    <Panel
      title="How it scales"
      note="the best plan of each size, 80 % interval"
      testId="scaling-chart"
      table={tableOf(points)}
      hasImage
    >
      <p class="line">
        <span class="swatch same" aria-hidden="true" /> the same batch <span class="swatch grows" aria-hidden="true" />{' '}
        a batch that grows with the GPUs
      </p>
      <div class="plot short">
        <Chart
          spec={scalingSpec}
          data={data}
          label={`Tokens per second and GPU at ${response.sizes.join(', ')} GPUs. ${why}`}
          onPick={nothing}
        />
      </div>
      <p class="line">{why}</p>
    </Panel>
  );
}
