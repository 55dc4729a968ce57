// What stands in a comparison: rows of one value a plan, in groups; rows in which no two plans differ are left out of
// the question and the strategy, never of the figures.
import { memoryParts } from '../../charts/memory';
import { timeParts } from '../../charts/steptime';
import type { Plan, StageMemory, Strategy } from '../../domain';
import { recomputeName, shardingName, valueName } from '../../domain/strategy';
import type { Table } from '../../export/table';
import type { Compared } from '../../state/comparing';
import { textOf } from '../../state/question';
import { change, count, gib, partSeconds, percent, probability, seconds, speed, usd } from '../../ui/format';
import { labelOf } from '../../ui/labels';

export interface Row {
  name: string;
  text(of: Compared): string;
  /** For the difference against the first plan; none where absent. */
  value?(plan: Plan): number | undefined;
  /** Which of them is best. */
  better?: 'low' | 'high';
  /** The difference in the row's own unit, where a percentage says little. */
  difference?(first: number, other: number): string;
}

export interface Group {
  title: string;
  rows: readonly Row[];
  isWhole: boolean;
}

const ofPlan = (name: string, text: (plan: Plan) => string, rest: Omit<Row, 'name' | 'text'> = {}): Row => ({
  name,
  text: ({ response }) => (response ? text(response.plan) : '–'),
  ...rest,
});

const asked = [
  ...['model', 'gpu', 'system', 'gpus', 'seq_length', 'gbs', 'network', 'nic_gb_per_s', 'stack', 'optimizer'],
  ...[
    'precision',
    'memory_gib',
    'headroom_gib',
    'usd_per_gpu_hour',
    'cuda_graphs',
    'tp_comm_overlap',
    'gradient_bytes',
  ],
  ...['mtp_layers', 'expert_imbalance', 'method', 'lora_rank'],
];

const question: readonly Row[] = asked.map((name) => ({
  name: labelOf(name),
  text: ({ pin }) => {
    const value = name === 'gpus' ? pin.gpus : pin.request[name];
    return typeof value === 'object' && value !== null ? 'config.json' : textOf(value);
  },
}));

const degree = (name: string, of: (s: Strategy) => number | undefined) =>
  ofPlan(name, (p) => String(of(p.strategy) ?? 1));

const strategy: readonly Row[] = [
  degree('TP', (s) => s.tp),
  degree('PP', (s) => s.pp),
  degree('VPP', (s) => s.vpp),
  degree('CP', (s) => s.cp),
  degree('EP', (s) => s.ep),
  degree('ETP', (s) => s.etp),
  degree('DP', (s) => s.dp),
  ofPlan('Micro-batch', (p) => `${p.strategy.mbs} × ${p.strategy.num_microbatches}`),
  ofPlan('Precision', (p) => valueName(p.strategy.precision ?? '')),
  ofPlan('Sharding', (p) => shardingName(p.strategy)),
  ofPlan('Recompute', (p) => recomputeName(p.strategy)),
  ofPlan('Schedule', (p) => ((p.strategy.pp ?? 1) > 1 ? valueName(p.strategy.schedule ?? '') : '–')),
  ofPlan('CP by', (p) => ((p.strategy.cp ?? 1) > 1 ? valueName(p.strategy.cp_comm ?? '') : '–')),
];

const range = (pair: readonly number[], text: (n: number) => string) => pair.map(text).join('–');

const figures: readonly Row[] = [
  ofPlan('Fits', (p) => (p.fits ? 'yes' : `no, ${gib(p.over_gib ?? 0)} GiB over`)),
  ofPlan('Peak GiB', (p) => `${gib(p.memory.peak_gib)} of ${gib(p.memory.capacity_gib)}`, {
    value: (p) => p.memory.peak_gib,
    better: 'low',
  }),
  ofPlan('OOM', (p) => probability(p.confidence.oom_probability)),
  ofPlan('tok/s per GPU', (p) => speed(p.tokens_per_s_per_gpu), {
    value: (p) => p.tokens_per_s_per_gpu,
    better: 'high',
  }),
  ofPlan('tok/s', (p) => count(p.tokens_per_s), { value: (p) => p.tokens_per_s, better: 'high' }),
  ofPlan('Step s', (p) => seconds(p.time.step_time_s), { value: (p) => p.time.step_time_s, better: 'low' }),
  ofPlan('80 % interval, s', (p) => range(p.confidence.step_time_s, seconds)),
  ofPlan('MFU %', (p) => percent(p.mfu), { value: (p) => p.mfu, better: 'high' }),
  ofPlan('$ per M tokens', (p) => (p.usd_per_million_tokens === undefined ? '–' : usd(p.usd_per_million_tokens)), {
    value: (p) => p.usd_per_million_tokens,
    better: 'low',
  }),
  ofPlan('How sure', (p) => `${p.confidence.level}, ${count(p.confidence.runs)} runs`),
];

const signed = (x: number, text: (n: number) => string) => `${x < 0 ? '−' : '+'}${text(Math.abs(x))}`;

/** Parts that any of the plans has. */
function timeRows(all: readonly Compared[]): Row[] {
  const plans = all.flatMap((c) => (c.response ? [c.response.plan] : []));
  const labels = [...new Set(plans.flatMap((p) => timeParts(p.time).parts.map((t) => t.label)))];
  const step = Math.max(...plans.map((p) => p.time.step_time_s));
  const partOf = (plan: Plan, label: string) => timeParts(plan.time).parts.find((t) => t.label === label)?.exposed ?? 0;
  return labels.map((label) =>
    ofPlan(label, (p) => (partOf(p, label) > 0 ? partSeconds(partOf(p, label), p.time.step_time_s) : '–'), {
      value: (p) => partOf(p, label),
      difference: (first, other) => signed(other - first, (s) => partSeconds(s, step)),
    }),
  );
}

const worst = (plan: Plan): StageMemory | undefined => plan.memory.stages[plan.memory.worst_stage ?? 0];

const memoryRows: readonly Row[] = memoryParts.map(({ key, label }) =>
  ofPlan(label, (p) => gib(worst(p)?.[key] ?? 0), {
    value: (p) => worst(p)?.[key] ?? 0,
    difference: (first, other) => signed(other - first, gib),
  }),
);

export const groupsOf = (all: readonly Compared[]): readonly Group[] => [
  { title: 'Question', rows: question, isWhole: false },
  { title: 'Strategy', rows: strategy, isWhole: false },
  { title: 'Figures', rows: figures, isWhole: true },
  { title: 'Step time', rows: timeRows(all), isWhole: true },
  { title: 'Memory of the worst rank', rows: memoryRows, isWhole: true },
];

export const shownRows = (group: Group, all: readonly Compared[]): readonly Row[] =>
  group.isWhole || all.length < 2
    ? group.rows.filter((r) => all.some((c) => r.text(c) !== ''))
    : group.rows.filter((r) => new Set(all.map(r.text)).size > 1);

export interface Cell {
  text: string;
  change: string;
  isBest: boolean;
}

export function cellsOf(row: Row, all: readonly Compared[]): Cell[] {
  const values = all.map((c) => (c.response ? row.value?.(c.response.plan) : undefined));
  const known = values.filter((v) => v !== undefined);
  const best = row.better === 'low' ? Math.min(...known) : row.better === 'high' ? Math.max(...known) : undefined;
  const [first] = values;
  return all.map((c, i) => {
    const value = values[i];
    const differs = i > 0 && first !== undefined && value !== undefined && value !== first;
    const difference = row.difference ?? change;
    return {
      text: row.text(c) || 'as given',
      change: differs ? difference(first, value) : '',
      isBest: best !== undefined && all.length > 1 && value === best && known.some((v) => v !== best),
    };
  });
}

export function tableOf(all: readonly Compared[]): Table {
  return {
    caption: 'Pinned plans side by side',
    columns: ['', ...all.map(({ response }, i) => `${String.fromCharCode(65 + i)}: ${response?.plan.summary ?? ''}`)],
    rows: groupsOf(all).flatMap((g) => shownRows(g, all).map((r) => [r.name, ...cellsOf(r, all).map((c) => c.text)])),
  };
}
