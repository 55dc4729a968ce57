// The errors on the built-in measured runs may not grow unseen: errors.json holds those that were accepted last, with the
// reason. `node tests/accuracy/accept.js 'REASON'` accepts today's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorsByKind } from './errors.js';
import { worsened } from './guard.js';

const { reason, errors } = JSON.parse(readFileSync(join(import.meta.dirname, 'errors.json'), 'utf8'));

test('no kind of run is predicted worse than when errors were last accepted', () => {
  assert.ok(reason.length > 20, 'errors.json says why its errors were accepted');
  assert.deepEqual(worsened(errors, errorsByKind()), []);
});

const one = (median_abs_pct, runs = 10) => ({ dense: { step_time: { runs, median_abs_pct } } });

test('a median that grows by more than a tenth is noticed', () => {
  assert.deepEqual(worsened(one(3), one(3.3)), []);
  assert.deepEqual(worsened(one(3), one(3.5)), [
    'dense: the median error of step_time rose from 3 % to 3.5 %.',
  ]);
});

test('runs that are left out are noticed', () => {
  assert.deepEqual(worsened(one(3), one(1, 9)), ['dense: step_time of 9 runs is predicted, of 10 before.']);
  assert.deepEqual(worsened(one(3), {}), ['dense: no step_time is predicted any more.']);
});

test('a smaller error is welcome', () => assert.deepEqual(worsened(one(3), one(1)), []));
