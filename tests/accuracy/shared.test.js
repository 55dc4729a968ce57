// Over the measured runs that lie beside the repository where there are any: the whole file, natively and in WebAssembly.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { native, root, wasm } from '../core.js';

const measured = join(root, '../shared/measured');
const csv = (name) => readFileSync(join(measured, name), 'utf8');
const asked = (name) => JSON.stringify({ csv: csv(name) });

describe('measured runs', { skip: !existsSync(measured) && 'they are not here' }, () => {
  test('all of training.csv takes less than five seconds; every row is predicted or has a reason', () => {
    const startedAt = performance.now();
    const reply = JSON.parse(native('accuracy', asked('training.csv')).json);
    assert.ok(performance.now() - startedAt < 5000);
    assert.equal(reply.rows.length + reply.skipped.length, csv('training.csv').trimEnd().split('\n').length - 1);
    for (const s of reply.skipped) assert.ok(s.reason.length > 10, s.id);
  });

  test('every row that is meant for memory has a figure', () => {
    const { rows } = JSON.parse(native('accuracy', asked('training.csv')).json);
    const meant = rows.filter((r) => r.counts_for_memory);
    assert.ok(meant.length > 1000);
    assert.deepEqual(meant.filter((r) => !(r.memory_gib > 0)), []);
  });

  for (const name of ['training.csv', 'feasibility.csv'])
    test(`WebAssembly gives the same bytes for ${name}`, async () => {
      const module = await wasm('shardplan');
      assert.ok(native('accuracy', asked(name)).json === module.handle('accuracy', asked(name)).json);
    });

  test('fit or out of memory is right for 98.5 % of the runs, and 1 % at most of those that failed are said to fit', () => {
    const { feasibility } = JSON.parse(native('accuracy', asked('feasibility.csv')).json);
    assert.ok(feasibility.fit_accuracy_pct >= 98.5);
    assert.ok(feasibility.false_fits_pct <= 1);
  });
});
