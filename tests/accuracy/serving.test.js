// Measured serving, where it lies beside the repository: every row is predicted or has its reason, the errors are those of
// serving.json, and within the bars.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { native, root } from '../core.js';
import { servingErrors } from './serving.js';

const file = join(root, '../shared/measured/inference.csv');

describe('measured serving', { skip: !existsSync(file) && 'it is not here' }, () => {
  const csv = existsSync(file) ? readFileSync(file, 'utf8') : '';

  test('every row is predicted or has a reason', () => {
    const { rows, skipped } = JSON.parse(native('accuracy', JSON.stringify({ csv })).json);
    assert.equal(rows.length + skipped.length, csv.trimEnd().split('\n').length - 1);
    for (const s of skipped) assert.ok(s.reason.length > 10, s.id);
    for (const r of rows) assert.ok(r.ttft_ms > 0 || r.tpot_ms > 0 || r.tokens_per_s_per_gpu > 0, r.id);
  });

  const expected = JSON.parse(readFileSync(join(import.meta.dirname, 'serving.json'), 'utf8'));
  const now = csv && servingErrors(csv);

  test('the errors are those that were accepted last', () => assert.deepEqual(now, expected, 'node tests/accuracy/accept_serving.js FILE.csv'));

  // Per cent, of rows that took part in the fit; held out they are in core/estimate/serving/README.md.
  for (const [kind, quantity, bar] of [
    ['serving', 'tpot', 8],
    ['serving', 'ttft', 19],
    ['one prompt', 'ttft', 9],
    ['offline throughput', 'throughput', 9],
    ['static batch', 'throughput', 9],
    ['MLPerf offline', 'throughput', 12],
  ])
    test(`${quantity}, ${kind}: median error of at most ${bar} %`, () => {
      const e = now.errors.find((x) => x.by === 'kind' && x.name === kind && x.quantity === quantity);
      assert.ok(e.median_abs_pct <= bar, `${e.median_abs_pct} %`);
      assert.ok(e.interval_coverage_pct >= 75 && e.interval_coverage_pct <= 86, `${e.interval_coverage_pct} % inside`);
    });
});
