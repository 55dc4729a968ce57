// All runs hug the line of the first chart; the second is the honest one.
import { useMemo } from 'preact/hooks';
import { type Dot, errorSpec, extent, parityData, paritySpec, series, seriesOf } from '../../charts/parity';
import type { ChartProps } from '../../charts/vega';
import type { Quantity } from '../../domain/evidence';
import { nameOf, type Run, summarise, worstFirst } from '../../domain/runs';
import type { Table } from '../../export/table';
import { chooseRun, everyRun, quantity, runs, setQuantity } from '../../state/judging';
import { isOwnShown } from '../../state/runs';
import { page } from '../../state/store';
import { count, fixed } from '../../ui/format';
import { lazy } from '../../ui/lazy';
import { Panel } from '../../ui/panel';
import { ChosenRun } from './chosen-run';
import { Shape } from './shape';

const Chart = lazy<ChartProps>(() => import('../../charts/vega'));

function tableOf(shown: readonly Run[], of: Quantity): Table {
  const unit = of === 'step_time' ? 's' : 'GiB';
  return {
    caption: 'Measured runs and their predictions, worst first',
    columns: ['run', 'model', 'GPU', 'GPUs', 'stack', `predicted ${unit}`, `measured ${unit}`, 'error %', 'source'],
    rows: worstFirst(shown).map(({ row, predicted, measured, error }) => [
      row.id,
      row.model,
      nameOf('gpu', row.gpu),
      row.gpus,
      row.stack ?? '',
      fixed(predicted, 3),
      fixed(measured, 3),
      fixed(error, 1),
      row.source ?? '',
    ]),
  };
}

function QuantitySelect() {
  return (
    <select
      class="pick"
      aria-label="What is predicted"
      value={quantity.value}
      onChange={(e) => setQuantity(e.currentTarget.value === 'memory' ? 'memory' : 'step_time')}
    >
      <option value="step_time">step time</option>
      <option value="memory">peak memory</option>
    </select>
  );
}

/** The series that the shown runs belong to. */
function Legend({ shown }: { shown: readonly Run[] }) {
  const present = new Set(shown.map(({ row }) => seriesOf(row.family)));
  return (
    <ul class="legend">
      {series.map(
        ({ label, shape, color }, i) =>
          present.has(i) && (
            <li key={label}>
              <Shape shape={shape} color={color} />
              {isOwnShown.value ? 'your runs' : label}
            </li>
          ),
      )}
    </ul>
  );
}

export function ParityPanel() {
  const of = quantity.value;
  const shown = runs.value;
  const chosen = page.value.trust?.run;
  const domain = useMemo(() => extent(everyRun.value), [everyRun.value]);
  const specs = useMemo(() => [paritySpec(of, domain), errorSpec(of, domain)] as const, [of, domain]);
  const data = useMemo(() => parityData(shown, chosen), [shown, chosen]);
  const rows = useMemo(() => ({ dots: data.dots, chosen: data.chosen }), [data]);
  const table = useMemo(() => tableOf(shown, of), [shown, of]);
  const summary = summarise(shown);
  const sentence = summary
    ? `${count(summary.n)} runs: half are predicted within ${fixed(summary.median, 1)} percent, nine in ten within ${fixed(summary.p90, 1)} percent.`
    : 'No run passes the filters.';
  const pick = (datum: object) => chooseRun((datum as Dot).id);
  const beyond = data.beyond > 0 ? `; ${count(data.beyond)} farther than a factor of 2 stand at the edge` : '';
  return (
    <Panel
      title="Predicted against measured"
      note={`${count(shown.length)} runs; band ± 10 %`}
      testId="parity-chart"
      table={table}
      hasImage
      tools={<QuantitySelect />}
    >
      <div class="parity">
        <Chart spec={specs[0]} data={rows} label={`Predicted against measured. ${sentence}`} onPick={pick} />
      </div>
      <div class="strip">
        <Chart spec={specs[1]} data={rows} label={`Predicted over measured. ${sentence}`} onPick={pick} />
      </div>
      <div class="legends">
        <Legend shown={shown} />
        <span class="u">{`each mark is a run${beyond}`}</span>
      </div>
      <ChosenRun />
    </Panel>
  );
}
