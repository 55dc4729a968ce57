// The ranked plans. Each row says why it is not first; columns that tell no plans apart are left out.
import { useEffect, useRef, useState } from 'preact/hooks';
import { roomOf } from '../../charts/pareto';
import type { Plan, Strategy } from '../../domain';
import { recomputeName, shardingName, valueName } from '../../domain/strategy';
import type { Table } from '../../export/table';
import { answer, bestSoFar, choose, hovered, outside, planKey, ranked, shownKey } from '../../state/store';
import { count, gib, percent, seconds, speed, usd } from '../../ui/format';
import { reveal } from '../../ui/hooks';
import { Panel } from '../../ui/panel';

interface Column {
  name: string;
  text(plan: Plan): string;
  /** For sorting; the text where absent. */
  value?(plan: Plan): number;
  /** Shown only where plans differ in it. */
  isOptional?: boolean;
  /** Narrow screens leave it out. */
  isExtra?: boolean;
  /** Only where there is room to spare. */
  isWide?: boolean;
  isText?: boolean;
  isLong?: boolean;
}

const degree = (name: string, of: (s: Strategy) => number | undefined, isOptional = false): Column => ({
  name,
  text: (p) => String(of(p.strategy) ?? 1),
  value: (p) => of(p.strategy) ?? 1,
  isOptional,
});

const columns: readonly Column[] = [
  { name: 'GPUs', text: (p) => count(p.gpus), value: (p) => p.gpus, isOptional: true },
  degree('TP', (s) => s.tp),
  degree('PP', (s) => s.pp),
  degree('VPP', (s) => s.vpp),
  degree('CP', (s) => s.cp),
  degree('EP', (s) => s.ep, true),
  degree('DP', (s) => s.dp),
  { name: 'recompute, else', text: how, isExtra: true, isText: true, isLong: true },
  { name: 'peak GiB', text: (p) => gib(p.memory.peak_gib), value: (p) => p.memory.peak_gib },
  { name: 'step s', text: (p) => seconds(p.time.step_time_s), value: (p) => p.time.step_time_s },
  { name: 'tok/s/GPU', text: (p) => speed(p.tokens_per_s_per_gpu), value: (p) => p.tokens_per_s_per_gpu },
  { name: 'MFU %', text: (p) => percent(p.mfu), value: (p) => p.mfu, isExtra: true, isWide: true },
];

/** What is recomputed, and whatever else tells a plan from the first. */
function how(plan: Plan): string {
  const s = plan.strategy;
  const first = ranked.value[0]?.strategy ?? s;
  const other = [
    (s.ep ?? 1) > 1 && s.etp !== first.etp && `ETP ${s.etp}`,
    s.mbs !== first.mbs && `mbs ${s.mbs}`,
    shardingName(s) !== shardingName(first) && shardingName(s),
    s.precision !== first.precision && valueName(s.precision ?? ''),
    (s.cp ?? 1) > 1 && s.cp_comm && valueName(s.cp_comm),
    s.schedule !== first.schedule && (s.vpp ?? 1) === (first.vpp ?? 1) && valueName(s.schedule ?? ''),
    s.sp !== first.sp && (s.tp ?? 1) > 1 && (s.sp ? 'SP' : 'no SP'),
    s.offload_optimizer && 'offload',
  ];
  return [recomputeName(s), ...other.filter(Boolean)].join(', ');
}

const shownColumns = (plans: readonly Plan[]) =>
  columns.filter((c) => !c.isOptional || new Set(plans.map(c.text)).size > 1);

interface Order {
  column: Column;
  isDown: boolean;
}

function sorted(plans: readonly Plan[], order: Order | undefined): readonly Plan[] {
  if (!order) return plans;
  const { column, isDown } = order;
  const compare = (a: Plan, b: Plan) =>
    column.value ? column.value(a) - column.value(b) : column.text(a).localeCompare(column.text(b));
  return [...plans].sort((a, b) => (isDown ? -1 : 1) * compare(a, b));
}

function PeakBar({ plan }: { plan: Plan }) {
  const { peak_gib, capacity_gib } = plan.memory;
  const width = 28;
  return (
    <svg width={width} height="9" aria-hidden="true">
      <rect width={width} height="9" class="idle faint" />
      <rect
        width={Math.min(1, peak_gib / capacity_gib) * width}
        height="9"
        class={`h${roomOf(capacity_gib - peak_gib)}`}
      />
    </svg>
  );
}

function Because({ plan }: { plan: Plan }) {
  if (plan.rank === 1) return <>first</>;
  const [lead = '', rest] = (plan.difference ?? (plan.rank ? '' : 'chosen')).split(/:(.*)/s);
  return (
    <>
      <b>{lead}</b>
      {rest && rest}
    </>
  );
}

function Row({ plan, shown, first }: { plan: Plan; shown: readonly Column[]; first: Plan | undefined }) {
  const key = planKey(plan);
  const isShown = key === shownKey.value;
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isShown && row.current) reveal(row.current);
  }, [isShown]);
  return (
    <tr
      // The button in the first cell does the same for the keyboard.
      ref={row}
      aria-current={isShown ? 'true' : undefined}
      class={key === hovered.value ? 'hovered' : ''}
      onClick={() => choose(plan)}
      onMouseEnter={() => {
        hovered.value = key;
      }}
      onMouseLeave={() => {
        hovered.value = undefined;
      }}
    >
      <th scope="row" class="num">
        <button type="button" aria-label={`Plan ${plan.rank ?? 'chosen'}: ${plan.summary}`} aria-pressed={isShown}>
          {plan.rank ?? '–'}
        </button>
      </th>
      {shown.map((c) => (
        <td key={c.name} class={classOf(c, plan, first)}>
          {c.name === 'peak GiB' && <PeakBar plan={plan} />} {c.text(plan)}
        </td>
      ))}
      <td class="because x">
        <Because plan={plan} />
      </td>
    </tr>
  );
}

const baseClass = (c: Column) =>
  `${c.isText ? '' : 'num'} ${c.isExtra ? 'x' : ''} ${c.isWide ? 'wide' : ''} ${c.isLong ? 'long' : ''}`.trim();

/** A degree of 1, and a word that the first plan has as well, step back. */
function classOf(c: Column, plan: Plan, first: Plan | undefined): string {
  const isUnused = !c.isText && c.text(plan) === '1';
  const isAsFirst = c.isText && first !== undefined && plan !== first && c.text(plan) === c.text(first);
  return `${baseClass(c)} ${isUnused || isAsFirst ? 'dim' : ''}`.trim();
}

function tableOf(plans: readonly Plan[]): Table {
  return {
    caption: 'Ranked plans',
    columns: [
      'rank',
      ...columns.map((c) => c.name),
      'micro-batch',
      'sharding',
      'schedule',
      '$ per M tokens',
      'step low s',
      'step high s',
      'against the first',
    ],
    rows: plans.map((p) => [
      p.rank ?? '',
      ...columns.map((c) => (c.value ? c.value(p) : c.text(p))),
      p.strategy.mbs ?? '',
      shardingName(p.strategy),
      p.strategy.schedule ?? '',
      p.usd_per_million_tokens === undefined ? '' : usd(p.usd_per_million_tokens).slice(1),
      ...p.confidence.step_time_s,
      p.difference ?? '',
    ]),
  };
}

function Heading({
  column,
  order,
  onOrder,
}: {
  column: Column;
  order: Order | undefined;
  onOrder(order: Order | undefined): void;
}) {
  const isBy = order?.column === column;
  const sort = isBy ? (order.isDown ? 'descending' : 'ascending') : undefined;
  const next = () => onOrder(isBy && order.isDown ? undefined : { column, isDown: isBy });
  return (
    <th scope="col" class={baseClass(column)} aria-sort={sort}>
      <button type="button" onClick={next}>
        {column.name}
        {isBy && (order.isDown ? ' ▼' : ' ▲')}
      </button>
    </th>
  );
}

export function RankingPanel() {
  const [order, setOrder] = useState<Order>();
  const extra = outside.value && planKey(outside.value) === shownKey.value ? [outside.value] : [];
  const plans = [...extra, ...sorted(ranked.value, order)];
  const shown = shownColumns(plans);
  const fits = (bestSoFar.value ?? answer.value?.response)?.search.fits ?? 0;
  const first = ranked.value[0];
  return (
    <Panel
      title="Ranked plans"
      note={`${count(fits)} fit; the best and the frontier, ${ranked.value.length} kept`}
      table={tableOf(ranked.value)}
    >
      <section class="scroll tall" data-testid="plan-table" aria-label="Ranked plans">
        <table class="rank">
          <thead>
            <tr>
              <th scope="col" class="num">
                #
              </th>
              {shown.map((c) => (
                <Heading key={c.name} column={c} order={order} onOrder={setOrder} />
              ))}
              <th scope="col" class="x">
                against the first
              </th>
            </tr>
          </thead>
          <tbody>
            {plans.map((p) => (
              <Row key={planKey(p)} plan={p} shown={shown} first={first} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}
