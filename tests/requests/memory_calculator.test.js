// The worked examples of llm-memory-calculator's guide, call by call: what one call answers is what the next one takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { native } from '../core.js';

const call = (operation, request) => {
  const { json, kind } = native(operation, JSON.stringify(request));
  assert.equal(kind, 0, json);
  return JSON.parse(json);
};

test('every TP x PP for 8 GPUs', () => {
  const { options } = call('get_various_parallelization', { model: 'llama2_7b', total_nodes: 8 });
  const whole = options.filter((o) => o.tp * o.pp === 8).map((o) => [o.tp, o.pp]);
  assert.deepEqual(whole, [[1, 8], [2, 4], [4, 2], [8, 1]]);
  for (const o of options) assert.equal(o.gpus, o.tp * o.pp * o.replicas);
});

test('hardware, best strategy, prefill and decode', () => {
  const { hardware } = call('get_hardware_config', { name: 'A100_80GB' });
  assert.equal(hardware[0].memory_gb, 80);
  const common = { model: 'llama2_7b', batch_size: 32, input_tokens: 2048, system_name: hardware[0] };
  const { best, plans } = call('get_best_parallelization_strategy', {
    ...common, stage: 'decode', total_nodes: 8, output_tokens: 512, bits: 'bf16', debug: false,
  });
  assert.equal(best.gpus, 8, 'no GPU stays idle');
  assert.ok(plans.every((p) => p.tokens_per_s <= best.tokens_per_s));
  const layout = { tensor_parallel: best.strategy.tp, pipeline_parallel: best.strategy.pp };
  const prefill = call('estimate_prefill_performance', { ...common, ...layout });
  const decode = call('estimate_decode_performance', { ...common, ...layout, output_tokens: 512 });
  assert.ok(prefill.fits && decode.fits);
  const ratio = prefill.plan.tokens_per_s / prefill.plan.requests_per_s;
  assert.ok(Math.abs(ratio - 2048) < 1e-6, 'tokens per second are tokens per second');
  assert.ok(decode.plan.latency_ms < prefill.plan.latency_ms);
});

test('the same machine by name, by its figures, and as that library spells it', () => {
  const ask = (system_name) =>
    call('get_best_parallelization_strategy', { model: 'llama2_7b', total_nodes: 8, batch_size: 32, system_name }).best.latency_ms;
  const { hardware } = call('get_hardware_config', { name: 'A100_80GB_GPU' });
  assert.equal(ask('A100_80GB'), ask('A100_80GB_GPU'));
  assert.equal(ask('A100_80GB'), ask(hardware[0]));
});

test('the smallest system holds the batch', () => {
  const { min_nodes, memory, too_small } = call('get_minimum_system_size', {
    model: 'llama2_70b', batch_size: 16, input_tokens: 2048, output_tokens: 512, system_name: 'A100_80GB', bits: 'bf16',
  });
  assert.ok(min_nodes >= 2 && min_nodes <= 8);
  assert.ok(memory.max_concurrency >= 16);
  assert.ok(too_small.gpus < min_nodes && too_small.missing_gib > 0);
});

test('the frontier over batches', () => {
  const { pareto } = call('get_pareto_optimal_performance', {
    stage: 'decode', model: 'llama2_7b', total_nodes: 8, batch_list: [8, 16, 32, 64], system_name: 'A100_80GB', bits: 'bf16',
  });
  assert.ok(pareto.length > 1);
  for (let i = 1; i < pareto.length; i++) {
    assert.ok(pareto[i].latency_ms > pareto[i - 1].latency_ms);
    assert.ok(pareto[i].tokens_per_s > pareto[i - 1].tokens_per_s);
  }
});

test('every machine in the list can be asked for', () => {
  const { hardware } = call('get_hardware_config', {});
  for (const name of ['A100_40GB', 'A100_80GB', 'H100_80GB', 'MI300X', 'TPUv4', 'TPUv5e'])
    assert.equal(call('get_hardware_config', { name }).hardware.length, 1);
  assert.ok(hardware.length > 40);
});
