// Parts of a step in the order in which the bar and the table show them.
import type { Time } from '../domain';

export interface TimePart {
  label: string;
  fill: string;
  exposed: number;
  share: number;
  /** Communication only: what is hidden behind compute counts here as well. */
  total: number | undefined;
}

type Source = readonly [label: string, fill: string, exposed: (t: Time) => number, total?: (t: Time) => number];

const sources: readonly Source[] = [
  ['Forward', 'forward', (t) => t.forward_s],
  ['Backward', 'backward', (t) => t.backward_s],
  ['LM head', 'head', (t) => t.head_s],
  ['Recompute', 'recomp', (t) => t.recompute_s],
  ['TP', 'tp', (t) => t.tp.exposed_s, (t) => t.tp.total_s],
  ['CP', 'cp', (t) => t.cp.exposed_s, (t) => t.cp.total_s],
  ['EP', 'ep', (t) => t.ep.exposed_s, (t) => t.ep.total_s],
  ['PP', 'pp', (t) => t.pp.exposed_s, (t) => t.pp.total_s],
  ['DP', 'dp', (t) => t.dp.exposed_s, (t) => t.dp.total_s],
  ['Bubble, fill and drain', 'bubble', (t) => t.bubble_s],
  ['Wait for head stage', 'over', (t) => t.wait_for_head_s],
  ['Activations to the host', 'over', (t) => t.offload_s ?? 0],
  ['Host', 'host', (t) => t.host_s],
  ['Optimizer', 'optim', (t) => t.optimizer_s],
  ['Other', 'other', (t) => t.other_s],
  ['Stragglers', 'over', (t) => t.stragglers_s],
];

/** Less than this is nothing to look at. */
const leastShare = 5e-5;

/** Parts that take time, and the names of those that take none or next to none. */
export function timeParts(time: Time): { parts: TimePart[]; absent: string[] } {
  const all = sources.map(([label, fill, exposed, total]) => ({
    label,
    fill,
    exposed: exposed(time),
    share: exposed(time) / time.step_time_s,
    total: total?.(time),
  }));
  const isThere = (p: TimePart) => Math.max(p.exposed, p.total ?? 0) > leastShare * time.step_time_s;
  return { parts: all.filter(isThere), absent: all.filter((p) => !isThere(p)).map((p) => p.label) };
}
