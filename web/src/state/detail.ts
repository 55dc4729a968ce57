// What is known of one plan beyond its figures: its step event by event, and every number with its formula.
import { computed, signal } from '@preact/signals';
import type { ExplainResponse, Plan, TimelineResponse } from '../domain';
import { strategyRequest } from '../domain/strategy';
import { isAborted } from '../engine/errors';
import { planner } from './planner';
import { evaluation, type Question } from './question';
import { page } from './store';

interface Known<T> {
  /** The plan that it belongs to. */
  key: string;
  response: T | undefined;
  error: string;
}

const nothing = { key: '', response: undefined, error: '' };

export const timeline = signal<Known<TimelineResponse>>(nothing);
export const explanation = signal<Known<ExplainResponse>>(nothing);

async function ask<T>(to: { value: Known<T> }, operation: string, request: Question, key: string, abort: AbortSignal) {
  try {
    const response = (await planner().call(operation, request, { signal: abort })) as T;
    if (!abort.aborted) to.value = { key, response, error: '' };
  } catch (error) {
    if (!isAborted(error)) to.value = { key, response: undefined, error: (error as Error).message };
  }
}

let current: AbortController | undefined;

/** The last answer stays until the next one is there. */
export function detail(question: Question, plan: Plan): void {
  const request = evaluation(question, strategyRequest(plan.strategy), plan.gpus);
  const key = JSON.stringify(request);
  if (key === timeline.value.key && key === explanation.value.key) return;
  current?.abort();
  current = new AbortController();
  void ask(explanation, 'explain', request, key, current.signal);
  void ask(timeline, 'timeline', request, key, current.signal);
}

export const quantities = computed(() => new Map(explanation.value.response?.quantities.map((q) => [q.id, q])));

/** The number that is explained: the step time, where the link names none or one that this plan has not. */
export const explained = computed(
  () => quantities.value.get(page.value.detail?.explain ?? '') ?? quantities.value.get('step_time_s'),
);

/** Numbers into which the explained one goes. */
export const usedIn = computed(() => {
  const id = explained.value?.id;
  return [...quantities.value.values()].filter((q) => q.terms.some((t) => t.id === id));
});

/** How much of a backward pass computes the forward again. */
export const recomputeShare = computed(() => {
  const [part, all] = ['recompute_s', 'stage_backward_s'].map((id) => quantities.value.get(id)?.value ?? 0);
  return part && all ? part / all : 0;
});
