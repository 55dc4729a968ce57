// A strategy as the page names, compares and asks for it.
import type { JsonObject } from './json';
import type { Strategy } from './responses.generated';

/** Follows from the rest, so it neither tells strategies apart nor belongs into a request. */
const derived = new Set(['gbs', 'num_microbatches', 'layers_per_stage']);

// What a link holds may be anything.
const isUneven = (layers: unknown) => Array.isArray(layers) && new Set(layers).size > 1;

/** The fields with which `evaluate` gives this plan again. */
export function strategyRequest(strategy: Strategy): JsonObject {
  const fields = Object.entries(strategy).filter(([name]) => !derived.has(name));
  const layers = strategy.layers_per_stage;
  return {
    ...Object.fromEntries(fields),
    ...(layers && isUneven(layers) && { layers_per_stage: layers }),
  } as JsonObject;
}

const inOrder = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([k, v]) => [k, inOrder(v)])
    : value;

/** The same text for the same strategy, whatever the order of its fields. */
export const strategyKey = (strategy: Strategy | JsonObject): string =>
  JSON.stringify(inOrder(strategyRequest(strategy as Strategy)));

export interface Degree {
  name: string;
  value: number;
}

/** Degrees whose product is the number of GPUs, and those that are folded into it. What is 1 is left out. */
export function degrees(s: Strategy): { product: Degree[]; folded: Degree[] } {
  const list = (...pairs: [string, number | undefined][]) =>
    pairs.filter(([, v]) => v !== undefined && v > 1).map(([name, value]) => ({ name, value: value as number }));
  const product = list(['TP', s.tp], ['PP', s.pp], ['CP', s.cp], ['DP', s.dp]);
  return {
    product: product.length > 0 ? product : [{ name: 'DP', value: 1 }],
    folded: list(['VPP', s.vpp], ['EP', s.ep], ['ETP', s.etp !== s.tp && (s.ep ?? 1) > 1 ? s.etp : 1]),
  };
}

const named: Record<string, string> = {
  bf16: 'BF16',
  fp16: 'FP16',
  fp32: 'FP32',
  fp8: 'FP8',
  fp8_blockwise: 'FP8, blockwise',
  mxfp8: 'MXFP8',
  nvfp4: 'NVFP4',
  adamw: 'AdamW',
  adamw_bf16: 'AdamW, BF16 states',
  adamw_8bit: 'AdamW, 8-bit states',
  lion: 'Lion',
  sgd_momentum: 'SGD with momentum',
  adafactor: 'Adafactor',
  muon: 'Muon',
  adamw_4bit: 'AdamW, 4-bit states',
  paged_adamw: 'AdamW, paged',
  paged_adamw_8bit: 'AdamW, 8-bit states, paged',
  lion_8bit: 'Lion, 8-bit states',
  paged_lion: 'Lion, paged',
  paged_lion_8bit: 'Lion, 8-bit states, paged',
  sgd: 'SGD',
  came: 'CAME',
  adam_mini: 'Adam-mini',
  galore: 'GaLore',
  galore_8bit: 'GaLore, 8-bit states',
  apollo: 'APOLLO',
  apollo_mini: 'APOLLO-Mini',
  sophia: 'Sophia',
  ademamix: 'AdEMAMix',
  ademamix_8bit: 'AdEMAMix, 8-bit states',
  grokadamw: 'GrokAdamW',
  schedule_free_adamw: 'schedule-free AdamW',
  schedule_free_sgd: 'schedule-free SGD',
  lomo: 'LOMO',
  adalomo: 'AdaLomo',
  full: 'full',
  lora: 'LoRA',
  qlora: 'QLoRA',
  dora: 'DoRA',
  qdora: 'QDoRA',
  int8: 'INT8',
  nf4: 'NF4',
  nf4_double: 'NF4, double quantisation',
  zero0: 'ZeRO-0',
  zero1: 'ZeRO-1',
  zero2: 'ZeRO-2',
  zero3: 'ZeRO-3',
  fsdp: 'FSDP',
  hsdp: 'HSDP',
  gpipe: 'GPipe',
  '1f1b': '1F1B',
  interleaved: 'interleaved 1F1B',
  'zb-h1': 'zero-bubble H1',
  'zb-h2': 'zero-bubble H2',
  'zb-v': 'zero-bubble V',
  dualpipe: 'DualPipe',
  'dualpipe-v': 'DualPipe-V',
  p2p: 'ring',
  all_gather: 'all-gather',
  a2a: 'all-to-all',
  full_iteration: 'full iteration',
};

/** A value of a choice as people write it. */
export const valueName = (value: string): string => named[value] ?? value.replaceAll('_', ' ');

export function shardingName(s: Strategy): string {
  if (!s.fsdp) return valueName(`zero${s.zero_stage ?? 0}`);
  const isWhole = s.fsdp.shard_size === (s.dp ?? 1) * (s.cp ?? 1);
  return isWhole ? 'FSDP' : `HSDP over ${s.fsdp.shard_size}`;
}

const modules: Record<string, string> = {
  core_attn: 'attention',
  layernorm: 'norms',
  mlp: 'MLP',
  moe_act: 'MoE act',
  mla_up_proj: 'MLA up',
};

export function recomputeName(s: Strategy): string {
  if (s.recompute === 'selective')
    return [s.recompute_modules ?? 'selective']
      .flat()
      .map((m) => modules[m] ?? valueName(m))
      .join(' + ');
  if (s.recompute === 'full') return `full, ${Math.round(100 * (s.recompute_layer_share ?? 1))} %`;
  return s.recompute ?? 'none';
}

/** Everything beside the degrees, in a sentence's order. */
export function details(s: Strategy): string[] {
  const recompute = { none: 'no recompute', selective: `recompute ${recomputeName(s)}`, full: 'full recompute' }[
    s.recompute ?? 'none'
  ];
  const share =
    s.recompute === 'full' && (s.recompute_layer_share ?? 1) < 1
      ? ` of ${Math.round(100 * (s.recompute_layer_share ?? 1))} %`
      : '';
  const parts = [
    `micro-batch ${s.mbs} × ${s.num_microbatches}`,
    valueName(s.precision ?? ''),
    shardingName(s),
    s.sp ? 'sequence parallel' : '',
    recompute + share,
    (s.pp ?? 1) > 1 ? valueName(s.schedule ?? '') : '',
    (s.cp ?? 1) > 1 && s.cp_comm ? `CP by ${valueName(s.cp_comm)}` : '',
    s.offload_optimizer ? 'optimizer on the host' : '',
  ];
  return parts.filter((p) => p !== '');
}
