import { describe, expect, it } from 'vitest';
import type { InferenceResponse, ServingMemory, ServingPlan } from '../domain';
import { changeOf, describeLoad, firstServing, limitText } from '../state/serving';
import { memoryParts, servingData, servingPoints, stepParts } from './serving';

const point = (perUser: number, perGpu: number, isWithin = true) => ({
  summary: 'TP 8',
  gpus: 8,
  users: 4,
  tokens_per_s_per_user: perUser,
  tokens_per_s_per_gpu: perGpu,
  ttft_ms: 100,
  tpot_ms: 1000 / perUser,
  within_limits: isWithin,
});
const response = { pareto: [point(50, 10), point(10, 90, false)], pareto_disaggregated: [point(30, 70)] };

describe('throughput against speed for a user', () => {
  it('draws both kinds from the slowest for a user on', () => {
    const all = servingPoints(response as InferenceResponse);
    expect(all.map((p) => [p.kind, p.perUser, p.isWithin])).toEqual([
      ['one pool', 10, false],
      ['two pools', 30, true],
      ['one pool', 50, true],
    ]);
  });

  it('draws the limit where a user waits as long as it allows', () => {
    const plan = { tokens_per_s_per_user: 30, tokens_per_s_per_gpu: 50 } as ServingPlan;
    const { limit, chosen } = servingData(response as InferenceResponse, plan, 40);
    expect(limit).toEqual([{ perUser: 25, from: 0, text: 'TPOT 40 ms' }]);
    expect(chosen).toMatchObject([{ perUser: 30, perGpu: 50 }]);
  });

  it.each([undefined, 'forty', 0, -1])('draws no limit of %s', (limit) => {
    expect(servingData(response as InferenceResponse, undefined, limit)).toMatchObject({ limit: [], chosen: [] });
  });
});

describe('parts', () => {
  const memory: ServingMemory = {
    weights_gib: 16,
    kv_cache_gib: 56,
    activations_gib: 2,
    overhead_gib: 6,
    capacity_gib: 80,
    kv_bytes_per_token: 1,
    kv_cache_tokens: 1,
    max_concurrency: 1,
  };

  it('of memory are shares of the capacity; what is absent is left out', () => {
    const parts = memoryParts(memory);
    expect(parts.map((p) => p.share)).toEqual([0.2, 0.7, 0.025, 0.075]);
    expect(parts.map((p) => p.label)).not.toContain('LoRA adapters');
  });

  it('of a step are shares of their sum', () => {
    const parts = stepParts({
      gemm_ms: 6,
      attention_ms: 2,
      experts_ms: 0,
      communication_ms: 1,
      elementwise_ms: 0,
      head_ms: 0,
      engine_ms: 1,
      prompts_ms: 0,
    });
    expect(parts.map((p) => [p.label, p.share])).toEqual([
      ['linear layers', 0.6],
      ['attention', 0.2],
      ['communication', 0.1],
      ['engine, host', 0.1],
    ]);
  });
});

describe('the question of serving', () => {
  it('begins with what was to be trained', () => {
    expect(firstServing({ model: 'm', system: 's', gbs: 4 })).toMatchObject({ model: 'm', system: 's', gpus: 8 });
    expect(firstServing({ model: 'm', gpu: 'g' })).not.toHaveProperty('system');
  });

  it('reads a change as the core words it', () => {
    expect(changeOf('tpot_limit_ms 26.3')).toEqual(['tpot_limit_ms', 26.3]);
    expect(changeOf('kv_cache fp8')).toEqual(['kv_cache', 'fp8']);
  });

  it('says the load in words', () => {
    expect(describeLoad({ users: 1 })).toBe('1 user');
    expect(describeLoad({ users: 64 })).toBe('64 users');
    expect(describeLoad({ requests_per_s: 4 })).toBe('4 requests/s');
  });

  it('says up to where the limits are kept', () => {
    expect(limitText([1, 2, 4, 8], [5, 6, null, null], String)).toBe('a plan at 2, none at 4');
    expect(limitText([1, 2, 4], [null, 6, undefined], String)).toBe('no plan up to 1');
    expect(limitText([1, 2], [null, null], String)).toBe('no plan at any of these');
    expect(limitText([1, 2], [undefined, undefined], String)).toBe('');
  });
});
