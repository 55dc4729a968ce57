// Speed against cost or memory. The chart's code is large and comes after the first plan.
import { useMemo } from 'preact/hooks';
import { type Point, paretoData, paretoSpec, points, type Reading, roomNames } from '../../charts/pareto';
import type { ChartProps } from '../../charts/vega';
import type { Plan } from '../../domain';
import type { Table } from '../../export/table';
import {
  bestSoFar,
  choose,
  findPlan,
  page,
  planKey,
  ranked,
  setChart,
  shownKey,
  shownPlan,
  smaller,
} from '../../state/store';
import { count, fixed, usd } from '../../ui/format';
import { lazy } from '../../ui/lazy';
import { Legend, Panel } from '../../ui/panel';

/** The large chart code waits until the page has drawn what it has. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 100));

const Chart = lazy<ChartProps>(() => quiet().then(() => import('../../charts/vega')));

/** The ranking and what is known of smaller clusters, each plan once. */
function everyPlan(): readonly Plan[] {
  const all = new Map([...ranked.value, ...(bestSoFar.value ? [] : smaller.value)].map((p) => [planKey(p), p]));
  const shown = shownPlan.value;
  if (shown?.fits) all.set(planKey(shown), shown);
  return [...all.values()];
}

function tableOf(data: readonly Point[]): Table {
  return {
    caption: 'Plans by speed, cost and memory',
    columns: ['plan', 'GPUs', 'tok/s', '$ per M tokens', 'peak GiB', 'free GiB'],
    rows: [...data]
      .sort((a, b) => b.gpus - a.gpus || b.speed - a.speed)
      .map((p) => [
        p.text,
        p.gpus,
        fixed(p.speed, 0),
        p.cost === null ? '–' : fixed(p.cost, 3),
        fixed(p.peak, 1),
        fixed(p.free, 1),
      ]),
  };
}

function sentence(front: readonly Point[], reading: Reading): string {
  const [least, most] = [front[0], front.at(-1)];
  if (!least || !most) return 'No plan fits.';
  const of = (p: Point) => (reading === 'cost' ? `${usd(p.cost ?? 0)} per million tokens` : `${fixed(p.peak, 1)} GiB`);
  const at = (p: Point) => `${count(p.speed)} tokens per second at ${of(p)} on ${count(p.gpus)} GPUs`;
  return `${front.length} plans on the frontier, from ${at(least)} to ${at(most)}.`;
}

function ReadingSelect({ reading, hasCost }: { reading: Reading; hasCost: boolean }) {
  return (
    <select
      class="pick"
      aria-label="Speed against"
      value={reading}
      onChange={(e) => setChart(e.currentTarget.value === 'memory' ? 'memory' : 'cost')}
    >
      <option value="cost" disabled={!hasCost}>
        cost
      </option>
      <option value="memory">memory</option>
    </select>
  );
}

const rooms = roomNames.map((label, i) => ({ label, fill: `h${i}` }));

export function ParetoPanel() {
  const plans = everyPlan();
  const hasCost = plans.some((p) => p.usd_per_million_tokens !== undefined);
  const reading: Reading = page.value.chart === 'memory' || !hasCost ? 'memory' : 'cost';
  const spec = useMemo(() => paretoSpec(reading), [reading]);
  const chosen = shownKey.value;
  const { beyond, ...data } = useMemo(
    () => paretoData(points(everyPlan(), planKey), chosen, reading),
    [ranked.value, smaller.value, chosen, reading],
  );
  const rows = useMemo(() => data, [data.points, data.chosen]);
  const pick = (datum: object) => {
    const plan = findPlan((datum as Point).key);
    if (plan) choose(plan);
  };
  const sizes = new Set(data.points.map((p) => p.gpus)).size;
  return (
    <Panel
      title={reading === 'cost' ? 'Speed against cost' : 'Speed against memory'}
      note={`tok/s of the cluster${sizes > 1 ? ', by its size' : ''}`}
      testId="pareto-chart"
      table={tableOf(data.points)}
      hasImage
      tools={<ReadingSelect reading={reading} hasCost={hasCost} />}
    >
      <div class="plot">
        <Chart spec={spec} data={rows} label={sentence(data.front, reading)} onPick={pick} />
      </div>
      <div class="legends">
        <span class="u">free GiB</span>
        <Legend items={rooms} />
        <span class="key">
          <svg width="20" height="9" aria-hidden="true">
            <path d="M0 7H7V2H20" class="front" />
          </svg>
          frontier
        </span>
        {beyond > 0 && <span class="u">{`${count(beyond)} at over twice the least cost not drawn`}</span>}
      </div>
    </Panel>
  );
}
