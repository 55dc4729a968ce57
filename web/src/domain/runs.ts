// Measured runs beside their predictions: which are looked at, and what their errors add up to.
import type { Facet, Only, Quantity } from './evidence';
import type { AccuracyRow } from './responses.generated';

const facets = ['source', 'architecture', 'gpu', 'precision', 'kind'] as const satisfies Facet[];

export interface Run {
  row: AccuracyRow;
  predicted: number;
  measured: number;
  /** 80 % interval. */
  low: number;
  high: number;
  /** predicted / measured - 1, in percent. */
  error: number;
}

/** Rows that measured the quantity and are good for it, as their sources say. */
export function runsOf(rows: readonly AccuracyRow[], quantity: Quantity): Run[] {
  return rows.flatMap((row) => {
    const isTime = quantity === 'step_time';
    if (!(isTime ? row.counts_for_step_time : row.counts_for_memory)) return [];
    const predicted = isTime ? row.step_time_s : row.memory_gib;
    const measured = isTime ? row.measured_step_time_s : row.measured_memory_gib;
    const error = isTime ? row.step_time_error_pct : row.memory_error_pct;
    const [low, high] = (isTime ? row.step_time_interval_s : row.memory_interval_gib) ?? [];
    if (predicted === undefined || measured === undefined || error === undefined) return [];
    return [{ row, predicted, measured, error, low: low ?? predicted, high: high ?? predicted }];
  });
}

export function facetValue(row: AccuracyRow, facet: Facet): string {
  if (facet === 'source') return row.family ?? row.source ?? 'not named';
  return row[facet] || 'not named';
}

const passes = (row: AccuracyRow, only: Only, facet: Facet) => {
  const wanted = only[facet];
  return !wanted || wanted.length === 0 || wanted.includes(facetValue(row, facet));
};

/** A run is found by every word of its id, model, machine, software or source. */
function isFound(row: AccuracyRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [row.id, row.model, row.gpu, row.stack, row.source, row.kind].join(' ').toLowerCase();
  return words.every((w) => text.includes(w));
}

export function matching(runs: readonly Run[], only: Only, search = ''): Run[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter(({ row }) => facets.every((f) => passes(row, only, f)) && isFound(row, words));
}

/** How many runs each value has, most first; those that other facets rule out count as none. */
export function countsOf(runs: readonly Run[], only: Only, facet: Facet): [value: string, n: number][] {
  const counts = new Map<string, number>();
  for (const { row } of runs) {
    const value = facetValue(row, facet);
    const isIn = facets.every((f) => f === facet || passes(row, only, f));
    counts.set(value, (counts.get(value) ?? 0) + (isIn ? 1 : 0));
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}

export interface Summary {
  n: number;
  median: number;
  mean: number;
  p90: number;
  /** Median of the signed error. */
  bias: number;
  /** Measured inside the 80 % interval, percent. */
  coverage: number;
}

/** Linear between order statistics. */
function quantile(inOrder: readonly number[], q: number): number {
  const at = q * (inOrder.length - 1);
  const [low, high] = [inOrder[Math.floor(at)] ?? 0, inOrder[Math.ceil(at)] ?? 0];
  return low + (at - Math.floor(at)) * (high - low);
}

const ascending = (values: number[]) => values.sort((a, b) => a - b);

/** Errors in percent; undefined for no run. */
export function summarise(runs: readonly Run[]): Summary | undefined {
  const n = runs.length;
  if (n === 0) return undefined;
  const sizes = ascending(runs.map((r) => Math.abs(r.error)));
  return {
    n,
    median: quantile(sizes, 0.5),
    mean: sizes.reduce((a, b) => a + b, 0) / n,
    p90: quantile(sizes, 0.9),
    bias: quantile(ascending(runs.map((r) => r.error)), 0.5),
    coverage: (100 * runs.filter((r) => r.measured >= r.low && r.measured <= r.high).length) / n,
  };
}

export interface Group extends Summary {
  name: string;
}

/** Errors by the values of a facet, the largest group first. */
export function groupsOf(runs: readonly Run[], facet: Facet): Group[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const value = facetValue(run.row, facet);
    const own = groups.get(value);
    if (own) own.push(run);
    else groups.set(value, [run]);
  }
  return [...groups]
    .flatMap(([name, own]) => {
      const summary = summarise(own);
      return summary ? [{ name, ...summary }] : [];
    })
    .sort((a, b) => b.n - a.n || a.name.localeCompare(b.name));
}

/** A miss by half and one by twice count alike. */
const miss = (r: Run) => Math.abs(Math.log(r.predicted / r.measured));

export const worstFirst = (runs: readonly Run[]): Run[] => [...runs].sort((a, b) => miss(b) - miss(a));

// What families of sources and other values are called on the page.
const names: Readonly<Record<string, string>> = {
  automodel: 'NeMo AutoModel docs',
  bigscience: 'BigScience chronicles',
  dgxc: 'DGX Cloud benchmarks',
  llmfoundry: 'llm-foundry tables',
  mbridge: 'Megatron-Bridge docs',
  mbridge_cards: 'Megatron-Bridge cards',
  mcore_golden: 'Megatron-LM tests',
  misc1: 'InternEvo and READMEs',
  misc2: 'Threads and notes',
  mlperf: 'MLPerf Training',
  nanotron: 'nanotron playbook',
  nemo_docs: 'NeMo docs',
  papers: 'Zero-bubble paper',
  simumax: 'SimuMax B200',
  vtrain: 'vTrain',
  dense: 'dense',
  moe: 'MoE',
  bf16: 'BF16',
  fp16: 'FP16',
  fp8: 'FP8',
  mxfp8: 'MXFP8',
  nvfp4: 'NVFP4',
};

/** h100-sxm-80 -> H100 SXM 80. */
const gpuName = (id: string) => id.replaceAll('-', ' ').toUpperCase();

export const nameOf = (facet: Facet, value: string): string =>
  facet === 'gpu' ? gpuName(value) : (names[value] ?? value);
