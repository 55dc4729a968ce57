// Errors on measured serving, by kind of run, GPU, engine, model and precision.
import { native } from '../core.js';

const rounded = (x) => Number(x.toFixed(1));

/** Rows of {by, name, quantity, n, median_abs_pct, p90_abs_pct, interval_coverage_pct}; and how layouts were chosen. */
export function servingErrors(csv) {
  const { summary, groups, rankings } = JSON.parse(native('accuracy', JSON.stringify({ csv, rows: false })).json);
  const errors = [];
  for (const group of [{ by: 'all', name: '', ...summary }, ...groups])
    for (const quantity of ['ttft', 'tpot', 'throughput']) {
      const e = group[quantity];
      if (!e || e.n < 5) continue;
      errors.push({
        by: group.by,
        name: group.name,
        quantity,
        n: e.n,
        median_abs_pct: rounded(e.median_abs_pct),
        p90_abs_pct: rounded(e.p90_abs_pct),
        bias_pct: rounded(e.bias_pct),
        interval_coverage_pct: rounded(e.interval_coverage_pct),
      });
    }
  const choices = rankings.map(({ source, groups: n, best_first_pct, mean_regret_pct }) => ({
    source,
    groups: n,
    best_first_pct: rounded(best_first_pct),
    mean_regret_pct: rounded(mean_regret_pct),
  }));
  const { rows, predicted, skipped } = summary;
  return { rows, predicted, skipped, errors, choices };
}

/** One line a group, so that a difference is read easily. */
export function text(table) {
  const lines = (list) => `[\n${list.map((x) => `  ${JSON.stringify(x)}`).join(',\n')}\n ]`;
  const { rows, predicted, skipped } = table;
  return `{\n "rows": ${rows}, "predicted": ${predicted}, "skipped": ${skipped},\n "errors": ${lines(table.errors)},\n "choices": ${lines(table.choices)}\n}\n`;
}
