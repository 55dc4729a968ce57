import { describe, expect, it } from 'vitest';
import type { Strategy } from '.';
import { degrees, details, recomputeName, shardingName, strategyKey, strategyRequest, valueName } from './strategy';

const strategy: Strategy = {
  tp: 4,
  sp: true,
  pp: 4,
  vpp: 20,
  dp: 4,
  cp: 1,
  ep: 1,
  etp: 1,
  zero_stage: 1,
  mbs: 1,
  gbs: 128,
  num_microbatches: 32,
  schedule: 'interleaved',
  recompute: 'selective',
  recompute_modules: ['layernorm'],
  precision: 'bf16',
  layers_per_stage: [20, 20, 20, 20],
};

describe('a strategy', () => {
  it('is an expression whose product is the number of GPUs', () => {
    const { product, folded } = degrees(strategy);
    expect(product.reduce((n, d) => n * d.value, 1)).toBe(64);
    expect(folded).toEqual([{ name: 'VPP', value: 20 }]);
    expect(degrees({ tp: 1, pp: 1, dp: 1 }).product).toEqual([{ name: 'DP', value: 1 }]);
  });

  it('is the same whatever the order of its fields and what follows from them', () => {
    const { gbs: _, num_microbatches: __, ...rest } = strategy;
    const turned = Object.fromEntries(Object.entries(rest).reverse()) as Strategy;
    expect(strategyKey(turned)).toBe(strategyKey(strategy));
    expect(strategyKey({ ...strategy, vpp: 10 })).not.toBe(strategyKey(strategy));
    expect(strategyKey({ ...strategy, fsdp: { shard_size: 8 } })).not.toBe(
      strategyKey({ ...strategy, fsdp: { shard_size: 4 } }),
    );
  });

  it('asks for uneven stages and leaves even ones to the core', () => {
    expect(strategyRequest(strategy)).not.toHaveProperty('layers_per_stage');
    expect(strategyRequest({ ...strategy, layers_per_stage: [19, 21, 20, 20] })).toHaveProperty('layers_per_stage');
  });

  it('may be anything in a link', () => {
    const hostile = { tp: '<b>', layers_per_stage: 5, recompute_modules: null, fsdp: 7 } as unknown as Strategy;
    expect(() => [strategyKey(hostile), degrees(hostile)]).not.toThrow();
  });

  it('has names that people know', () => {
    expect(details(strategy)).toEqual([
      'micro-batch 1 × 32',
      'BF16',
      'ZeRO-1',
      'sequence parallel',
      'recompute norms',
      'interleaved 1F1B',
    ]);
    expect(shardingName({ dp: 8, cp: 1, fsdp: { shard_size: 8 } })).toBe('FSDP');
    expect(shardingName({ dp: 8, cp: 1, fsdp: { shard_size: 4 } })).toBe('HSDP over 4');
    expect(recomputeName({ recompute: 'full', recompute_layer_share: 0.25 })).toBe('full, 25 %');
    expect(valueName('a_new_value')).toBe('a new value');
  });
});
