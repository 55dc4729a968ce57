// Everything that an emitted command or file says is an option of the framework's current version.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { native } from '../core.js';
import { cases } from '../golden/cases.js';
import { ofArtefact, ofBatch, ofCommand, ofFile, ofVariable } from './check.js';

const ask = (operation, request) => {
  const { json, kind } = native(operation, JSON.stringify(request));
  assert.equal(kind, 0, json);
  return JSON.parse(json);
};

const llama = { model: 'llama-3.1-70b', gpu: 'h100', gpus: 64, seq_length: 8192, gbs: 128 };
const deepseek = { model: 'deepseek-v3', gpu: 'h100', gpus: 256, seq_length: 4096, gbs: 1024, tp: 2, pp: 8, ep: 16 };
const small = { model: 'llama-3.1-8b', gpu: 'h100', gpus: 16, seq_length: 8192, gbs: 64 };
const plans = {
  interleaved: { ...llama, tp: 4, pp: 8, vpp: 5, dp: 2 },
  'no pipeline': { ...llama, tp: 8, dp: 8, stack: 'megatron-core' },
  'embedding and loss on stages': { model: 'llama-3.1-405b', gpus: 1024, seq_length: 8192, gbs: 256, tp: 8, pp: 16, vpp: 8 },
  'uneven stages': { ...llama, tp: 8, pp: 4, dp: 2, layers_per_stage: [21, 21, 21, 17] },
  'selective recomputation': { ...llama, tp: 4, pp: 4, dp: 4, recompute: 'selective', recompute_modules: ['layernorm', 'mlp'] },
  'full recomputation': { ...llama, tp: 4, pp: 4, dp: 4, recompute: 'full', recompute_layer_share: 0.5 },
  'context parallelism': { ...llama, tp: 4, pp: 4, cp: 2, dp: 2, cp_comm: 'a2a' },
  experts: { ...deepseek, recompute: 'selective', recompute_modules: ['mla_up_proj', 'layernorm', 'moe_act'], precision: 'fp8_blockwise' },
  'experts in slices': { model: 'mixtral-8x7b', gpus: 64, seq_length: 4096, gbs: 256, tp: 4, etp: 2, ep: 4, pp: 2 },
  windows: { model: 'gpt-oss-120b', gpus: 64, seq_length: 8192, gbs: 256, tp: 2, ep: 8, pp: 2 },
  fsdp: { ...small, dp: 16, sharding: 'fsdp', stack: 'torchtitan', recompute: 'full' },
  'fsdp with tensor and context parallelism': { ...small, tp: 2, cp: 2, dp: 4, sharding: 'fsdp', stack: 'torchtitan' },
  hsdp: { ...small, dp: 16, fsdp: { shard_size: 8 }, stack: 'torchtitan', precision: 'fp8' },
  'fsdp with a pipeline': { ...small, pp: 2, vpp: 2, dp: 8, sharding: 'fsdp', stack: 'torchtitan' },
  'torchtitan, experts': { model: 'qwen3-30b-a3b', gpus: 16, seq_length: 4096, gbs: 64, dp: 16, ep: 8, sharding: 'fsdp', stack: 'torchtitan' },
  'zero3 on the host': { ...small, dp: 16, sharding: 'zero3', stack: 'deepspeed', offload_optimizer: true },
  'zero2 in fp16': { ...small, gpu: 'a100', dp: 16, sharding: 'zero2', stack: 'deepspeed', precision: 'fp16' },
  replicated: { ...small, tp: 8, dp: 2, sharding: 'none' },
  'MXFP8 on Blackwell': { ...llama, gpu: 'b200', tp: 4, pp: 4, dp: 4, precision: 'mxfp8', cuda_graphs: 'full_iteration' },
  'NVFP4 on Blackwell': { ...llama, gpu: 'b200', tp: 4, pp: 4, dp: 4, precision: 'nvfp4', cuda_graphs: 'partial' },
  'activations on the host': { ...small, tp: 8, dp: 2, offload_activations: 0.5, optimizer: 'adamw_8bit' },
  'one GPU': { model: 'gpt2', gpus: 1, seq_length: 1024, gbs: 8 },
  'no model': { nodes: 2, gpus: 8, tp: 2, pp: 2, dp: 4, sharding: 'zero3', micro_batch: 1, grad_accum: 16, script: 'train.py' },
};
for (const optimizer of ['adamw_bf16', 'lion', 'muon', 'sgd_momentum', 'adafactor']) plans[optimizer] = { ...small, tp: 8, dp: 2, optimizer };
for (const network_type of ['infiniband', 'roce', 'efa', 'tcpx', 'tcpxo', 'ethernet', 'slingshot'])
  plans[network_type] = { ...small, tp: 8, dp: 2, network_type, nccl_version: '2.21.5' };

describe('options of what is launched', () => {
  for (const [name, plan] of Object.entries(plans))
    test(name, () => {
      const { artefacts } = ask('launch', plan);
      assert(artefacts.length >= 5);
      assert.deepEqual(artefacts.flatMap(ofArtefact), []);
    });
  for (const c of cases().filter((c) => c.operation === 'launch' && !c.name.startsWith('error')))
    test(`the golden case ${c.name}`, () => {
      assert.deepEqual(ask('launch', JSON.parse(c.request)).artefacts.flatMap(ofArtefact), []);
    });
});

describe('options of batch scripts', () => {
  for (const launcher of ['torchrun', 'deepspeed', 'accelerate', 'megatron', 'fsdp', 'torchtitan'])
    test(launcher, () => {
      const { files } = ask('slurm', { ...plans.fsdp, launcher, partition: 'gpu', account: 'a', qos: 'q', container_image: 'nvcr.io/x:1', gres: launcher === 'fsdp' });
      assert.deepEqual(files.flatMap(ofFile), []);
    });
});

const learners = {
  dpo: {},
  ipo: {},
  kto: { reference: 'offloaded' },
  orpo: {},
  simpo: {},
  ppo: {},
  grpo: { rollout: 'colocated' },
  rloo: { rollout: 'separate', gpus: 16, minibatches: 2 },
};
describe('options of training on preferences', () => {
  for (const [algorithm, more] of Object.entries(learners))
    for (const method of ['full', 'lora', 'qlora'])
      test(`${algorithm}, ${method}`, () => {
        if (method !== 'full' && more.reference) return;
        const { artefacts } = ask('rlhf', {
          model: 'llama-3.2-3b', gpu: 'h100', gpus: 8, batch_size: 64, seq_length: 2048, stack: 'hf-trl', algorithm, method, ...more,
        });
        assert(artefacts.length >= 1);
        assert.deepEqual(artefacts.flatMap(ofArtefact), []);
      });
  for (const c of cases().filter((c) => c.operation === 'rlhf' && !c.name.startsWith('error')))
    test(`the golden case ${c.name}`, () => {
      assert.deepEqual(ask('rlhf', JSON.parse(c.request)).artefacts.flatMap(ofArtefact), []);
    });
});

// Options that were dropped or never were: the seeds' and others.
test('what a framework does not have is found', () => {
  const wrong = [
    [ofCommand('torchrun --standalone --nproc-per-node 8 pretrain_gpt.py --use-flash-attn-v2 --bf16'), 'megatron: there is no --use-flash-attn-v2'],
    [ofCommand('torchrun pretrain_gpt.py --data-parallel-size 4'), 'megatron: there is no --data-parallel-size'],
    [ofCommand('torchrun pretrain_gpt.py --recompute-granularity all'), 'megatron: --recompute-granularity does not take all'],
    [ofCommand('torchrun --use-env train.py'), 'torchrun: there is no --use-env'],
    [ofCommand('vllm serve m --speculative-model d'), 'vllm: there is no --speculative-model'],
    [ofCommand('vllm serve m --swap-space 4'), 'vllm: there is no --swap-space'],
    [ofCommand('deepspeed --num_gpu 8 train.py --deepspeed'), 'deepspeed: there is no --num_gpu'],
    [ofCommand('trl dpo --accelerate_config a.yaml --max_prompt_length 512'), 'trl: there is no --max_prompt_length'],
    [ofCommand('trl ppo --bf16 true'), 'trl: there is no ppo'],
    [ofFile({ name: 'accelerate.yaml', text: 'distributed_type: MULTI_NODE\n' }), 'accelerate.yaml: no type MULTI_NODE'],
    [ofFile({ name: 'ds_config.json', text: '{"zero_optimization": {"stage": 3, "cpu_ofload": true}}' }), 'ds_config.json: there is no zero_optimization.cpu_ofload'],
    [ofVariable({ name: 'NCCL_TIMEOUT' }), 'there is no variable NCCL_TIMEOUT'],
    [ofBatch('#SBATCH --gpus-per-nodes=8\nx\nsrun --ntasks-per-node 1 torchrun a.py\n'), 'sbatch: there is no --gpus-per-nodes'],
  ];
  for (const [problems, expected] of wrong) assert(problems.includes(expected), `${expected}: ${problems}`);
});
