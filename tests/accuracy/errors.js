// Errors on the built-in measured runs, by kind of run.
import { native } from '../core.js';

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const rounded = (x) => Number(x.toFixed(2));

/** {kind: {step_time: {runs, median_abs_pct}, memory: {...}}}, in the order of their names. */
export function errorsByKind() {
  const { rows } = JSON.parse(native('accuracy', '{}').json);
  const kinds = [...new Set(rows.map((r) => r.kind))].toSorted();
  const of = (list) => list.length > 0 && { runs: list.length, median_abs_pct: rounded(median(list.map(Math.abs))) };
  const table = {};
  for (const kind of kinds) {
    const own = rows.filter((r) => r.kind === kind);
    const time = of(own.filter((r) => r.counts_for_step_time).map((r) => r.step_time_error_pct));
    const memory = of(own.filter((r) => r.counts_for_memory).map((r) => r.memory_error_pct));
    if (time || memory) table[kind] = { ...(time && { step_time: time }), ...(memory && { memory }) };
  }
  return table;
}
