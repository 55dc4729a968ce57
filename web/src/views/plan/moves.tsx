// What moves the plan, most first.
import { useMemo } from 'preact/hooks';
import { type Swing, swings, tornadoSpec } from '../../charts/tornado';
import type { ChartProps } from '../../charts/vega';
import type { BottleneckResponse } from '../../domain';
import type { Table } from '../../export/table';
import { fixed } from '../../ui/format';
import { lazy } from '../../ui/lazy';
import { Panel } from '../../ui/panel';

const Chart = lazy<ChartProps>(() => import('../../charts/vega'));

function tableOf(all: readonly Swing[]): Table {
  return {
    caption: 'Change of GPU time per token when one thing changes, percent',
    columns: ['parameter', 'with', 'change %', 'fits'],
    rows: all.map((s) => [s.name, s.text, fixed(s.change, 2), s.fits ? 'yes' : 'no']),
  };
}

const nothing = () => {};

export function MovesPanel({ response }: { response: BottleneckResponse }) {
  const all = useMemo(() => swings(response), [response]);
  const data = useMemo(() => ({ swings: all }), [all]);
  const [most] = all;
  const label = most
    ? `What moves this plan. ${most.name} moves it most, by up to ${fixed(Math.max(...all.filter((s) => s.name === most.name).map((s) => Math.abs(s.change))), 1)} percent. The table has every figure.`
    : 'Nothing moves this plan.';
  return (
    <Panel
      title="What moves this plan"
      note="this plan, one thing changed; pale does not fit"
      testId="tornado-chart"
      table={tableOf(all)}
      hasImage
    >
      <div class="plot short">
        <Chart spec={tornadoSpec} data={data} label={label} onPick={nothing} />
      </div>
    </Panel>
  );
}
