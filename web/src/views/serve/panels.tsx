// What stands below the headline: memory, a step, pools apart, what is traded for what, the other plans and formats.
import { useMemo } from 'preact/hooks';
import { memoryParts, type Part, type ServingPoint, servingData, servingSpec, stepParts } from '../../charts/serving';
import type { ChartProps } from '../../charts/vega';
import type { DisaggregatedPlan, InferenceResponse, PrecisionOption, ServingPlan } from '../../domain';
import type { Table } from '../../export/table';
import { answer, choosePlan, formats, served, shownPlan } from '../../state/serving';
import { setFields } from '../../state/store';
import { capacity, count, fixed, gib, percent, speed, usd } from '../../ui/format';
import { lazy } from '../../ui/lazy';
import { Panel } from '../../ui/panel';
import { ScrollX } from '../../ui/scroll';
import { formatName, limitName, ms } from './card';

const Chart = lazy<ChartProps>(() => import('../../charts/vega'));
const nothing = () => {};

const barHeight = 24;

/** Parts of a whole; what is left of it is hatched. */
function Bar({ parts, label }: { parts: readonly Part[]; label: string }) {
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, p) => sum + p.share, 0));
  return (
    <svg class="stretch" viewBox={`0 0 1000 ${barHeight}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <rect width="1000" height={barHeight} fill="url(#hatch)" />
      {parts.map((p, i) => (
        <rect
          key={p.label}
          x={1000 * (starts[i] ?? 0)}
          width={Math.max(1000 * p.share - 1.5, 0.5)}
          height={barHeight}
          class={p.fill}
        />
      ))}
    </svg>
  );
}

function Parts({ parts, unit, format }: { parts: readonly Part[]; unit: string; format(n: number): string }) {
  return (
    <table class="parts">
      <thead>
        <tr>
          <th scope="col">part</th>
          <th scope="col" class="num">
            {unit}
          </th>
          <th scope="col" class="num">
            share
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map((p) => (
          <tr key={p.label}>
            <th scope="row">
              <svg width="9" height="9" aria-hidden="true">
                <rect width="9" height="9" rx="1" class={p.fill} />
              </svg>
              {p.label}
            </th>
            <td class="num">{format(p.value)}</td>
            <td class="num">{percent(p.share)} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const partsTable = (caption: string, unit: string, parts: readonly Part[]): Table => ({
  caption,
  columns: ['part', unit, 'share %'],
  rows: parts.map((p) => [p.label, fixed(p.value, 3), fixed(100 * p.share, 2)]),
});

function MemoryPanel({ plan: { memory, concurrency } }: { plan: ServingPlan }) {
  const parts = memoryParts(memory);
  const note = `of ${capacity(memory.capacity_gib)} GiB of each GPU`;
  const label = `Memory ${note}: ${parts.map((p) => `${p.label} ${gib(p.value)}`).join(', ')}.`;
  return (
    <Panel title="Memory" note={note} testId="serve-memory" table={partsTable('Memory of a GPU', 'GiB', parts)}>
      <Bar parts={parts} label={label} />
      <Parts parts={parts} unit="GiB" format={gib} />
      <p class="hint">
        {`Holds ${count(memory.max_concurrency)} requests of full length; ${count(Math.ceil(concurrency))} are in the system. A token takes ${fixed(memory.kv_bytes_per_token / 1024, 1)} KiB on each GPU.`}
      </p>
    </Panel>
  );
}

function StepPanel({ plan: { step, tpot_ms } }: { plan: ServingPlan }) {
  const parts = stepParts(step);
  const largest = [...parts].sort((a, b) => b.value - a.value)[0];
  const label = `A token of ${ms(tpot_ms)} ms by part${largest ? `; most goes to ${largest.label}` : ''}. The table has the numbers.`;
  return (
    <Panel title="Time per token" note="mean decode step" table={partsTable('A decode step', 'ms', parts)}>
      <Bar parts={parts} label={label} />
      <Parts parts={parts} unit="ms" format={(n) => fixed(n, 2)} />
    </Panel>
  );
}

type Figures = ServingPlan | DisaggregatedPlan;
const poolRows: readonly (readonly [name: string, text: (p: Figures) => string])[] = [
  ['GPUs', (p) => count(p.gpus)],
  ['TTFT ms', (p) => ms(p.ttft_ms)],
  ['TPOT ms', (p) => ms(p.tpot_ms)],
  ['tok/s per GPU', (p) => speed(p.tokens_per_s_per_gpu)],
  ['tok/s of a user', (p) => fixed(p.tokens_per_s_per_user, 1)],
  ['$ per M tokens', (p) => (p.usd_per_million_tokens === undefined ? '–' : usd(p.usd_per_million_tokens).slice(1))],
  ['How sure', (p) => p.confidence.level],
];

const poolsTable = (plan: ServingPlan, apart: DisaggregatedPlan): Table => ({
  caption: 'One pool against a pool for prompts and one for decoding',
  columns: ['', 'one pool', 'two pools'],
  rows: poolRows.map(([name, text]) => [name, text(plan), text(apart)]),
});

function PoolsPanel({ plan, response }: { plan: ServingPlan; response: InferenceResponse }) {
  const apart = response.disaggregated;
  const gain = response.disaggregated_gain_pct;
  if (!apart)
    return (
      <Panel title="Pools of their own" note="for prompts and for decoding">
        <p class="hint">
          {served.value.disaggregated === true
            ? 'These GPUs cannot be split into two pools that hold the model.'
            : 'Not looked at.'}
        </p>
        {served.value.disaggregated !== true && (
          <button type="button" class="link" onClick={() => setFields({ disaggregated: true }, 'disaggregated')}>
            Look at them
          </button>
        )}
      </Panel>
    );
  const verdict = apart.limit_missed
    ? `Misses the ${limitName(apart.limit_missed)} by ${fixed(apart.missed_by_pct ?? 0, 0)} %.`
    : gain === undefined
      ? 'Keeps every limit.'
      : `${gain >= 0 ? 'Gains' : 'Loses'} ${fixed(Math.abs(gain), 1)} % of throughput per GPU against the best plan.`;
  return (
    <Panel
      title="Pools of their own"
      note="for prompts and for decoding"
      testId="serve-pools"
      table={poolsTable(plan, apart)}
    >
      <table class="data">
        <thead>
          <tr>
            <td />
            <th scope="col" class="num">
              one pool
            </th>
            <th scope="col" class="num">
              two pools
            </th>
          </tr>
        </thead>
        <tbody>
          {poolRows.map(([name, text]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="num">{text(plan)}</td>
              <td class="num">{text(apart)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class={apart.limit_missed ? 'line bad' : 'line'}>
        <b>{verdict}</b>
      </p>
      <p class="hint">
        {`${apart.summary}; ${apart.prefill_gpus} + ${apart.decode_gpus} GPUs. A prompt’s keys and values take ${ms(apart.transfer_ms)} ms to move; the prompt pool is busy ${percent(apart.prefill_utilisation)} % of the time.`}
      </p>
    </Panel>
  );
}

const pointsTable = (points: readonly ServingPoint[]): Table => ({
  caption: 'Throughput against speed for one user',
  columns: ['plan', 'pools', 'requests at once', 'tok/s of a user', 'tok/s per GPU', 'TTFT ms', 'TPOT ms', 'limits'],
  rows: points.map((p) => [
    p.plan,
    p.kind === 'one pool' ? 1 : 2,
    fixed(p.users, 0),
    fixed(p.perUser, 1),
    fixed(p.perGpu, 1),
    ms(p.ttft),
    ms(p.tpot),
    p.isWithin ? 'kept' : 'missed',
  ]),
});

function TradePanel({ plan, response }: { plan: ServingPlan | undefined; response: InferenceResponse }) {
  const { tpot_limit_ms } = served.value;
  const data = useMemo(() => servingData(response, plan, tpot_limit_ms), [response, plan, tpot_limit_ms]);
  const { points } = data;
  const [slow, fast] = [points[0], points.at(-1)];
  const label =
    slow && fast
      ? `${points.length} points on the frontier, from ${count(slow.perGpu)} tokens per second and GPU at ${fixed(slow.perUser, 1)} for each user to ${count(fast.perGpu)} at ${fixed(fast.perUser, 1)}.`
      : 'No plan fits.';
  const hasTwo = points.some((p) => p.kind === 'two pools');
  return (
    <Panel
      title="Throughput against speed for a user"
      note="tok/s per GPU, at other loads"
      testId="serve-chart"
      table={pointsTable(points)}
      hasImage
    >
      <div class="plot">
        <Chart spec={servingSpec} data={data} label={label} onPick={nothing} />
      </div>
      <p class="hint keys">
        <span class="swatch same" aria-hidden="true" /> one pool
        {hasTwo && (
          <>
            <span class="swatch apart" aria-hidden="true" /> two pools
          </>
        )}
        <span class="swatch hollow" aria-hidden="true" /> misses a limit
        {tpot_limit_ms !== undefined && (
          <>
            <span class="swatch beyond" aria-hidden="true" /> slower than the TPOT limit
          </>
        )}
      </p>
    </Panel>
  );
}

const plansTable = (plans: readonly ServingPlan[]): Table => ({
  caption: 'Plans within the limits',
  columns: ['#', 'plan', 'GPUs', 'TTFT ms', 'TPOT ms', 'tok/s per GPU', '$ per M tokens', 'KV requests'],
  rows: plans.map((p) => [
    p.rank,
    p.summary,
    p.gpus,
    ms(p.ttft_ms),
    ms(p.tpot_ms),
    fixed(p.tokens_per_s_per_gpu, 1),
    p.usd_per_million_tokens === undefined ? '–' : fixed(p.usd_per_million_tokens, 3),
    count(p.memory.max_concurrency),
  ]),
});

function PlansPanel({ plans, shown }: { plans: readonly ServingPlan[]; shown: ServingPlan | undefined }) {
  if (plans.length === 0)
    return (
      <Panel title="Plans" note="within the limits">
        <p class="hint">None. The points with a filled mark keep the limits, at other loads.</p>
      </Panel>
    );
  return (
    <Panel title="Plans" note={`${plans.length} within the limits, best first`} table={plansTable(plans)}>
      <ScrollX label="Plans within the limits">
        <table class="rank" data-testid="serve-plans">
          <thead>
            <tr>
              <th scope="col" class="num">
                #
              </th>
              <th scope="col">plan</th>
              <th scope="col" class="num x">
                GPUs
              </th>
              <th scope="col" class="num">
                TTFT ms
              </th>
              <th scope="col" class="num">
                TPOT ms
              </th>
              <th scope="col" class="num">
                tok/s/GPU
              </th>
              <th scope="col" class="num x">
                $/M
              </th>
            </tr>
          </thead>
          <tbody>
            {plans.map((p) => (
              <tr
                key={p.summary}
                aria-current={p.summary === shown?.summary ? 'true' : undefined}
                onClick={() => choosePlan(p)}
              >
                <th scope="row" class="num">
                  <button type="button" aria-label={`Plan ${p.rank}`} onClick={() => choosePlan(p)}>
                    {p.rank}
                  </button>
                </th>
                <td class="long">{p.summary}</td>
                <td class="num x">{count(p.gpus)}</td>
                <td class="num">{ms(p.ttft_ms)}</td>
                <td class="num">{ms(p.tpot_ms)}</td>
                <td class="num">{speed(p.tokens_per_s_per_gpu)}</td>
                <td class="num x">
                  {p.usd_per_million_tokens === undefined ? '–' : usd(p.usd_per_million_tokens).slice(1)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </Panel>
  );
}

const signed = (pct: number | undefined) => (pct === undefined ? '' : `${pct > 0 ? '+' : ''}${fixed(pct, 1)} %`);

function Format({ of: f, isAsked }: { of: PrecisionOption; isAsked: boolean }) {
  const name = `${formatName(f.precision)} · ${formatName(f.kv_cache)}`;
  const figures: [number, number | undefined, (n: number) => string][] = [
    [f.ttft_ms, f.ttft_change_pct, ms],
    [f.tpot_ms, f.tpot_change_pct, ms],
    [f.tokens_per_s_per_gpu, f.throughput_change_pct, speed],
    [f.max_concurrency, f.max_concurrency_change_pct, count],
  ];
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{f.fits ? f.summary : 'does not fit'}</td>
      {figures.map(([value, change, format], i) => (
        <td key={i} class="num">
          {f.fits ? format(value) : '–'} <span class="u">{f.fits && signed(change)}</span>
        </td>
      ))}
      <td>{f.within_limits ? 'kept' : <span class="bad">missed</span>}</td>
      <td class="num">
        {isAsked ? (
          <span class="u">as asked</span>
        ) : (
          <button
            type="button"
            class="link"
            aria-label={`Ask this: ${name}`}
            onClick={() => setFields({ precision: f.precision, kv_cache: f.kv_cache }, name)}
          >
            Ask this
          </button>
        )}
      </td>
    </tr>
  );
}

function FormatsPanel() {
  const all = formats.value;
  if (all.length === 0) return null;
  return (
    <Panel
      title="Other number formats"
      note="the best plan with each; what they cost in quality depends on the checkpoint and is not said"
      testId="serve-formats"
    >
      <ScrollX label="Other number formats">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">weights · KV cache</th>
              <th scope="col">plan</th>
              <th scope="col" class="num">
                TTFT ms
              </th>
              <th scope="col" class="num">
                TPOT ms
              </th>
              <th scope="col" class="num">
                tok/s per GPU
              </th>
              <th scope="col" class="num">
                requests held
              </th>
              <th scope="col">limits</th>
              <th scope="col">
                <span class="sr">action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map((f, i) => (
              <Format key={`${f.precision} ${f.kv_cache}`} of={f} isAsked={i === 0} />
            ))}
          </tbody>
        </table>
      </ScrollX>
    </Panel>
  );
}

function Ledger({ search }: { search: InferenceResponse['search'] }) {
  const why = search.reasons as Record<string, string>;
  const list = [
    ...Object.entries(search.missed as Record<string, number>).map(([k, n]) => `${count(n)} miss the ${limitName(k)}`),
    ...Object.entries(search.rejected as Record<string, number>).map(
      ([k, n]) => `${count(n)}: ${(why[k] ?? k).replace(/\.$/, '')}`,
    ),
  ];
  const pools = search.pools ? `; ${count(search.pools)} splits into two pools` : '';
  return (
    <div class="ledger">
      <span>
        <b>{count(search.candidates)}</b> layouts, <b>{count(search.within_limits)}</b> within the limits{pools}
      </span>
      <ul>
        {list.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

export function Panels() {
  const plan = shownPlan.value;
  const response = answer.value;
  if (!response) return null;
  return (
    <>
      {plan && (
        <div class="row three">
          <MemoryPanel plan={plan} />
          <StepPanel plan={plan} />
          <PoolsPanel plan={plan} response={response} />
        </div>
      )}
      {response.pareto.length > 0 && (
        <div class="row two">
          <TradePanel plan={plan} response={response} />
          <PlansPanel plans={response.plans} shown={plan} />
        </div>
      )}
      <div class="row formats">
        <FormatsPanel />
      </div>
      <Ledger search={response.search} />
    </>
  );
}
