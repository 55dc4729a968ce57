// Every explained number: its formula, evaluated with its values, gives it; what it refers to exists and has the value
// that it says; and the top ones are those of 'evaluate'.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { native } from '../core.js';

const smoothMax = (x, y) => (x ** 6 + y ** 6) ** (1 / 6);

function evaluated({ formula, terms }) {
  const names = terms.map((t) => t.symbol);
  const run = new Function('max', 'min', 'exp', 'ln', 'smooth_max', ...names, `return ${formula};`);
  return run(Math.max, Math.min, Math.exp, Math.log, smoothMax, ...terms.map((t) => t.value));
}

const near = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b)) + 1e-12, `${what}: ${a} is not ${b}`);

const llama = { model: 'llama-3.1-70b', gpu: 'h100', gpus: 64, seq_length: 8192, gbs: 128 };
const strategies = {
  interleaved: { ...llama, tp: 4, pp: 8, vpp: 5, dp: 2, mbs: 1 },
  'without sequence parallelism': { ...llama, tp: 8, sp: false, pp: 4, dp: 2, zero_stage: 0 },
  'full recomputation': { ...llama, tp: 8, pp: 2, dp: 4, recompute: 'full', recompute_layer_share: 0.5 },
  'selective recomputation': { ...llama, tp: 8, pp: 2, dp: 4, recompute: 'selective', recompute_modules: ['mlp', 'layernorm'] },
  'context parallelism': { ...llama, seq_length: 32768, gbs: 32, tp: 8, cp: 2, pp: 4, dp: 1 },
  'tensor parallelism across nodes': { ...llama, tp: 16, pp: 2, dp: 2, tp_across_domains: true },
  FSDP: { model: 'llama-3.1-8b', gpu: 'h100', gpus: 64, seq_length: 8192, gbs: 128, dp: 64, stack: 'torchtitan', sharding: 'fsdp' },
  HSDP: { model: 'llama-3.1-8b', gpu: 'h100', gpus: 64, seq_length: 8192, gbs: 128, dp: 64, stack: 'torchtitan', fsdp: { shard_size: 8 } },
  'uneven stages': { model: 'llama-3.1-405b', gpu: 'h100', gpus: 1024, seq_length: 8192, gbs: 512, tp: 8, pp: 16, dp: 8 },
  'stated stages': { ...llama, tp: 8, pp: 4, dp: 2, layers_per_stage: [19, 21, 21, 19] },
  experts: { model: 'mixtral-8x7b', gpu: 'h100', gpus: 64, seq_length: 4096, gbs: 256, tp: 2, ep: 8, pp: 2, dp: 16 },
  MLA: { model: 'deepseek-v3', gpu: 'h800', gpus: 2048, seq_length: 4096, gbs: 15360, tp: 1, pp: 16, ep: 64, dp: 128, precision: 'fp8_blockwise' },
  nanotron: { model: 'llama-3.1-8b', gpu: 'h100', gpus: 64, seq_length: 4096, gbs: 256, tp: 4, pp: 4, dp: 4, stack: 'nanotron' },
  'activations on the host': { ...llama, tp: 8, pp: 2, dp: 4, offload_activations: 0.5 },
  'uneven experts': { model: 'mixtral-8x7b', gpu: 'h100', gpus: 64, seq_length: 4096, gbs: 256, tp: 2, ep: 8, pp: 2, dp: 16, expert_imbalance: 1.3 },
  LoRA: { model: 'llama-3.1-8b', gpu: 'h100', gpus: 8, seq_length: 4096, gbs: 32, method: 'lora', dp: 8, recompute: 'full' },
  'QLoRA, sharded, base on the host': { model: 'llama-3.1-70b', gpu: 'rtx-4090', gpus: 2, seq_length: 2048, gbs: 4, method: 'qlora', dp: 2, sharding: 'fsdp', offload_parameters: true, recompute: 'full' },
  DoRA: { model: 'mixtral-8x7b', gpu: 'h100', gpus: 64, seq_length: 4096, gbs: 256, tp: 2, ep: 8, pp: 2, dp: 16, method: 'dora', stack: 'megatron-bridge' },
  'full fine-tuning in bf16': { model: 'llama-3.1-8b', gpu: 'h100', gpus: 1, seq_length: 4096, gbs: 1, method: 'full', stack: 'hf-bf16', optimizer: 'paged_adamw_8bit' },
  calibrated: { ...llama, tp: 8, pp: 4, dp: 2, calibration: { name: 'mine', step_time: 1.2, reserved_memory: 1.1, gemm_rate: 0.9 } },
};

for (const [name, request] of Object.entries(strategies)) {
  test(`formulas give the numbers: ${name}`, () => {
    const reply = JSON.parse(native('explain', JSON.stringify(request)).json);
    assert.equal(reply.error, undefined);
    const byId = new Map(reply.quantities.map((q) => [q.id, q]));
    assert.equal(byId.size, reply.quantities.length, 'each is explained once');
    assert.ok(byId.size > 20);
    for (const q of reply.quantities) {
      near(evaluated(q), q.value, `${q.id} = ${q.formula}`);
      for (const t of q.terms.filter((t) => t.id)) {
        assert.ok(byId.has(t.id), `${q.id} refers to ${t.id}`);
        near(t.value, byId.get(t.id).value, `${q.id}'s ${t.symbol}`);
      }
    }
    const { plan } = JSON.parse(native('evaluate', JSON.stringify(request)).json);
    near(byId.get('step_time_s').value, plan.time.step_time_s, 'step time');
    near(byId.get('peak_bytes').value / 2 ** 30, plan.memory.peak_gib, 'memory');
    near(byId.get('mfu').value, plan.mfu, 'MFU');
    near(byId.get('tokens_per_s').value, plan.tokens_per_s, 'throughput');
    if (plan.usd_per_million_tokens !== undefined)
      near(byId.get('usd_per_million_tokens').value, plan.usd_per_million_tokens, 'cost');
    near(byId.get('oom_probability').value, plan.confidence.oom_probability, 'probability');
    near(byId.get('step_time_high_s').value, plan.confidence.step_time_s[1], 'interval');
  });
}
