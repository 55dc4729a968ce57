// What is known of one plan beyond its figures: its step event by event, and every number with its formula.
import { computed } from '@preact/signals';
import type { ExplainResponse, Plan, TimelineResponse } from '../domain';
import { strategyRequest } from '../domain/strategy';
import { Asked } from './asked';
import { inPlanner } from './planner';
import { evaluation, type Question } from './question';
import { page } from './store';

const asked = {
  timeline: new Asked<TimelineResponse>(inPlanner('timeline')),
  explain: new Asked<ExplainResponse>(inPlanner('explain')),
};
export const timeline = asked.timeline.known;
export const explanation = asked.explain.known;

export function detail(question: Question, plan: Plan): void {
  const request = evaluation(question, strategyRequest(plan.strategy), plan.gpus);
  void asked.explain.ask(request);
  void asked.timeline.ask(request);
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
