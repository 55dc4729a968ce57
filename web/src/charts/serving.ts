// Throughput against interactivity as a Vega-Lite specification, and memory and a decode step as parts of one bar.
import type { TopLevelSpec } from 'vega-lite';
import type { InferenceResponse, ServingMemory, ServingPlan, ServingStep } from '../domain';
import { axisText, color, frame } from './theme';

type Kind = 'one pool' | 'two pools';

export interface ServingPoint {
  kind: Kind;
  plan: string;
  users: number;
  perUser: number;
  perGpu: number;
  ttft: number;
  tpot: number;
  isWithin: boolean;
}

/** Points that no other beats, of plans with one pool and with two, from the slowest for a user on. */
export function servingPoints({ pareto, pareto_disaggregated = [] }: InferenceResponse): ServingPoint[] {
  const of = (kind: Kind, points: InferenceResponse['pareto']) =>
    points.map((p) => ({
      kind,
      plan: p.summary,
      users: p.users,
      perUser: p.tokens_per_s_per_user,
      perGpu: p.tokens_per_s_per_gpu,
      ttft: p.ttft_ms,
      tpot: p.tpot_ms,
      isWithin: p.within_limits,
    }));
  return [...of('one pool', pareto), ...of('two pools', pareto_disaggregated)].sort((a, b) => a.perUser - b.perUser);
}

export interface ServingData {
  [name: string]: readonly object[];
  points: ServingPoint[];
  chosen: { perUser: number; perGpu: number; text: string }[];
  /** The slowest that the limit on TPOT lets a user wait, and the left end of what it rules out. */
  limit: { perUser: number; from: number; text: string }[];
}

export function servingData(
  response: InferenceResponse,
  plan: ServingPlan | undefined,
  tpotLimitMs: unknown,
): ServingData {
  const perUser = typeof tpotLimitMs === 'number' && tpotLimitMs > 0 ? 1000 / tpotLimitMs : undefined;
  return {
    points: servingPoints(response),
    chosen: plan ? [{ perUser: plan.tokens_per_s_per_user, perGpu: plan.tokens_per_s_per_gpu, text: 'this plan' }] : [],
    limit: perUser === undefined ? [] : [{ perUser, from: 0, text: `TPOT ${tpotLimitMs} ms` }],
  };
}

const x = {
  field: 'perUser',
  type: 'quantitative',
  scale: { zero: true, nice: true },
  axis: { ...axisText, title: 'tokens/s of one user', titleAnchor: 'end', grid: false, tickCount: 6 },
} as const;
const y = {
  field: 'perGpu',
  type: 'quantitative',
  scale: { zero: true, nice: true },
  axis: { ...axisText, title: null, tickCount: 5, domain: false, ticks: false, format: ',.0f' },
} as const;
const byKind = {
  field: 'kind',
  type: 'nominal',
  scale: { domain: ['one pool', 'two pools'], range: [color('m-5'), color('c-acts')] },
  legend: null,
} as const;
const tooltip = [
  { field: 'plan', title: 'plan' },
  { field: 'users', title: 'requests at once', format: ',.0f' },
  { field: 'perUser', title: 'tokens/s of a user', format: '.1f' },
  { field: 'perGpu', title: 'tokens/s per GPU', format: ',.0f' },
  { field: 'ttft', title: 'TTFT ms', format: ',.0f' },
  { field: 'tpot', title: 'TPOT ms', format: '.1f' },
];

export const servingSpec: TopLevelSpec = {
  ...frame,
  padding: { left: 0, top: 6, bottom: 0, right: 8 },
  layer: [
    {
      data: { name: 'limit' },
      mark: { type: 'rect', color: 'url(#hatch)' },
      encoding: { x: { ...x, field: 'from' }, x2: { field: 'perUser' } },
    },
    {
      data: { name: 'limit' },
      mark: { type: 'rule', color: color('bad'), strokeWidth: 1.25, strokeDash: [4, 3] },
      encoding: { x },
    },
    {
      data: { name: 'limit' },
      mark: { type: 'text', align: 'left', dx: 5, fontSize: 11, color: color('bad') },
      encoding: { x, y: { value: 6 }, text: { field: 'text' } },
    },
    {
      data: { name: 'points' },
      mark: { type: 'line', strokeWidth: 1.25, interpolate: 'step-before' },
      encoding: { x, y, color: byKind, order: { field: 'perUser' } },
    },
    {
      data: { name: 'points' },
      transform: [{ filter: 'datum.isWithin' }],
      mark: { type: 'point', filled: true, size: 38, opacity: 1 },
      encoding: { x, y, color: byKind, tooltip },
    },
    {
      data: { name: 'points' },
      transform: [{ filter: '!datum.isWithin' }],
      mark: { type: 'point', filled: true, size: 34, fill: color('paper'), strokeWidth: 1.25, opacity: 1 },
      encoding: { x, y, stroke: byKind, tooltip },
    },
    {
      data: { name: 'chosen' },
      mark: { type: 'point', size: 200, filled: false, stroke: color('accent'), strokeWidth: 2 },
      encoding: { x, y },
    },
    {
      data: { name: 'chosen' },
      mark: { type: 'text', align: 'left', dx: 10, dy: -12, fontSize: 11, fontWeight: 600, color: color('accent') },
      encoding: { x, y, text: { field: 'text' } },
    },
  ],
};

export interface Part {
  label: string;
  fill: string;
  value: number;
  share: number;
}

type Sources<T> = readonly (readonly [label: string, fill: string, of: (t: T) => number | undefined])[];

const memorySources: Sources<ServingMemory> = [
  ['weights', 'weights', (m) => m.weights_gib],
  ['LoRA adapters', 'grads', (m) => m.adapters_gib],
  ['KV cache', 'optim', (m) => m.kv_cache_gib],
  ['activations, graphs', 'acts', (m) => m.activations_gib],
  ['left to the driver', 'over', (m) => m.overhead_gib],
];

const stepSources: Sources<ServingStep> = [
  ['linear layers', 'weights', (s) => s.gemm_ms],
  ['experts', 'ep', (s) => s.experts_ms],
  ['attention', 'optim', (s) => s.attention_ms],
  ['element-wise', 'grads', (s) => s.elementwise_ms],
  ['LM head', 'head', (s) => s.head_ms],
  ['communication', 'comm', (s) => s.communication_ms],
  ['drafting', 'dp', (s) => s.draft_ms],
  ['others’ prompts', 'acts', (s) => s.prompts_ms],
  ['engine, host', 'over', (s) => s.engine_ms],
];

/** Parts that are there, as shares of a whole. */
function partsOf<T>(sources: Sources<T>, of: T, whole: number): Part[] {
  return sources.flatMap(([label, fill, read]) => {
    const value = read(of) ?? 0;
    return value > 0 ? [{ label, fill, value, share: value / whole }] : [];
  });
}

export const memoryParts = (memory: ServingMemory): Part[] => partsOf(memorySources, memory, memory.capacity_gib);

export function stepParts(step: ServingStep): Part[] {
  const all = partsOf(stepSources, step, 1);
  const whole = all.reduce((sum, p) => sum + p.value, 0);
  return all.map((p) => ({ ...p, share: p.value / whole }));
}
