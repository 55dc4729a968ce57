// Whole trainings whose GPU-hours were published, against 'estimate' with the strategy that was published. What the
// source does not say stands in the table; nothing in the planner was fitted to these rows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { native } from '../core.js';

const runs = JSON.parse(readFileSync(join(import.meta.dirname, 'runs.json'), 'utf8'));

function estimate(request) {
  const { json, kind } = native('estimate', JSON.stringify(request));
  assert.equal(kind, 0, json);
  return JSON.parse(json);
}

for (const { run, reported_gpu_hours, tolerance, phases } of runs)
  test(run, (t) => {
    const answers = phases.map(({ request }) => estimate(request));
    for (const [i, { name }] of phases.entries()) {
      const { time, goodput, plan } = answers[i];
      t.diagnostic(
        `${name}: ${(time.gpu_hours / 1e6).toFixed(2)} M GPU-hours, step ${plan.time.step_time_s.toFixed(2)} s, ` +
          `MFU ${(100 * plan.mfu).toFixed(1)} %, effective ${(100 * goodput.effective_training_time_ratio).toFixed(1)} %`,
      );
      assert.ok(answers[i].assumptions.length > 0);
    }
    const ours = answers.reduce((sum, a) => sum + a.time.gpu_hours, 0);
    const error = ours / reported_gpu_hours - 1;
    t.diagnostic(
      `ours ${(ours / 1e6).toFixed(3)} M, reported ${(reported_gpu_hours / 1e6).toFixed(3)} M: ${(100 * error).toFixed(1)} %`,
    );
    assert.ok(Math.abs(error) <= tolerance, `${(100 * error).toFixed(1)} % off`);
  });
