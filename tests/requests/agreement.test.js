// No operation disagrees with 'evaluate' about the memory or the time of the same plan.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { native, operations } from '../core.js';

// A generator of its own: the same plans every time (mulberry32).
function random(seed) {
  let a = seed;
  return (list) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return list[((t ^ (t >>> 14)) >>> 0) % list.length];
  };
}

function plans(count) {
  const pick = random(20260220);
  const found = [];
  while (found.length < count) {
    const tp = pick([1, 2, 4, 8]);
    const pp = pick([1, 2, 4]);
    const dp = pick([1, 2, 4, 8]);
    const gpus = tp * pp * dp;
    if (gpus > 8 && gpus % 8 !== 0) continue;
    const plan = {
      model: pick(['llama-3.1-8b', 'llama-3.1-70b', 'mixtral-8x7b', 'deepseek-v2']),
      gpu: pick(['h100', 'a100', 'b200']),
      gpus,
      seq_length: pick([2048, 8192, 32768]),
      gbs: dp * pick([8, 16, 64]),
      tp,
      pp,
      dp,
      mbs: pick([1, 2]),
      recompute: pick(['none', 'selective', 'full']),
      sharding: pick(['zero0', 'zero1']),
    };
    const reply = native('evaluate', JSON.stringify(plan));
    if (reply.kind === 0) found.push({ plan, expected: JSON.parse(reply.json).plan });
  }
  return found;
}

// Where an operation takes a plan, and what of its response is that plan's.
const rootOf = (schema) => schema.$defs[schema.$ref.replace('#/$defs/', '')].properties;
function wayIn({ request_schema }) {
  const fields = rootOf(request_schema);
  const has = (name) => name in fields;
  if (['model', 'gpus', 'seq_length', 'gbs', 'tp', 'pp', 'dp', 'mbs', 'recompute', 'sharding'].every(has))
    return (plan) => plan;
  return fields.plan?.$ref === '#/$defs/stated_plan' ? (plan) => ({ plan }) : undefined;
}
const isPlan = ({ response_schema }) => rootOf(response_schema).plan?.$ref === '#/$defs/plan';
const isMemory = ({ response_schema }) => rootOf(response_schema).memory?.$ref === '#/$defs/memory';

// These answer with a plan that they chose; tests/property/choices_property.cpp evaluates what they chose.
const choosing = new Set(['sharding', 'batchsize', 'autotune', 'profile']);

const some = plans(12);
for (const o of operations(native).filter((o) => o.name !== 'evaluate' && !choosing.has(o.name))) {
  const request = wayIn(o);
  if (!request || !(isPlan(o) || isMemory(o))) continue;
  describe(`${o.name} and evaluate`, () => {
    for (const { plan, expected } of some)
      test(JSON.stringify(plan), () => {
        const reply = native(o.name, JSON.stringify(request(plan)));
        assert.equal(reply.kind, 0, reply.json);
        const response = JSON.parse(reply.json);
        assert.deepEqual(response.memory ?? response.plan.memory, expected.memory);
        if (response.plan) assert.deepEqual(response.plan.time, expected.time);
      });
  });
}
