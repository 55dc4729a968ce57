// Asks the planner whenever the question changes, and in the background what would be if one thing were different.
import { batch, effect, untracked } from '@preact/signals';
import type { EvaluateResponse, Plan, RecommendResponse } from '../domain';
import { InvalidRequest, isAborted, PlannerFault } from '../engine/errors';
import { differences, isSamePlan } from './link';
import type { PageState, ShownPlan } from './page';
import { planner } from './planner';
import { evaluation, type Question } from './question';
import * as store from './store';

/** What nobody waits for comes after the first plan, its code as well. */
const exploring = () => import('./exploring');

/** A search shows itself when it takes longer than a person notices. */
const quietMs = 150;

let current: AbortController | undefined;
let stopping: AbortController | undefined;
/** The plan of a link that has not been compared with this planner's yet. */
let linked: ShownPlan | undefined;

/** What the ranking holds beside the frontier, enough to look through. */
const asked = (question: Question): Question => ({ top: 60, ...question, map: true });

function show(answer: store.Answer) {
  batch(() => {
    store.answer.value = answer;
    store.bestSoFar.value = undefined;
    store.problems.value = [];
    store.fault.value = '';
    store.smaller.value = [];
  });
}

function report(error: unknown, wasStopped: boolean) {
  batch(() => {
    store.bestSoFar.value = undefined;
    store.isStopped.value = wasStopped;
    if (isAborted(error)) return;
    if (error instanceof InvalidRequest) store.problems.value = error.problems;
    else
      store.fault.value =
        error instanceof PlannerFault ? error.message : `The page failed: ${(error as Error).message}`;
  });
}

async function ask(question: Question) {
  current?.abort();
  current = new AbortController();
  const stop = new AbortController();
  stopping = stop;
  store.isStopped.value = false;
  const { signal } = current;
  const startedAt = performance.now();
  const onProgress = (progress: { done: number; size: number | undefined }) => {
    const now = performance.now();
    if (!signal.aborted && (now - startedAt > quietMs || store.searching.value))
      store.searching.value = { ...progress, startedAt, now };
  };
  // One long call reports nothing on its way.
  const timer = setTimeout(() => onProgress({ done: 0, size: undefined }), quietMs);
  const onBest = (best: RecommendResponse) => {
    if (!signal.aborted) store.bestSoFar.value = best;
  };
  try {
    const found = await planner().search(asked(question), { signal, stop: stop.signal, onProgress, onBest });
    if (signal.aborted) return;
    show({ question, ...found });
    if (linked) await compareLink(question, linked, found.response);
    if (!found.partial) void exploring().then(({ explore }) => explore(planner(), question, signal));
  } catch (error) {
    if (!signal.aborted) report(error, stop.signal.aborted);
  } finally {
    clearTimeout(timer);
    if (!signal.aborted) {
      store.searching.value = undefined;
      store.plannerVersion.value = planner().version;
      // With or without an answer, the page now says all that it knows.
      document.documentElement.dataset.ready = 'true';
      exploring()
        .then(({ loadPresets }) => loadPresets(planner()))
        .catch((error) => report(error, false));
    }
  }
}

/** Ends a long search with the best that it has found. */
export function stop(): void {
  stopping?.abort();
}

/** Asks the same question again. */
export function retry(): void {
  void ask(store.question.value);
}

async function evaluate(question: Question, strategy: ShownPlan['strategy'], gpus: number): Promise<Plan | undefined> {
  const { plan } = (await planner().call('evaluate', evaluation(question, strategy, gpus))) as EvaluateResponse;
  return plan;
}

async function compareLink(question: Question, shown: ShownPlan, response: RecommendResponse) {
  linked = undefined;
  const inRanking = response.plans.find((p) => isSamePlan(shown, p));
  const plan = inRanking ?? (await evaluate(question, shown.strategy, shown.gpus).catch(() => undefined));
  const differing = differences(shown.figures, plan);
  const best = response.best;
  const isBeaten = shown.isBest && best !== undefined && !isSamePlan(shown, best);
  if (differing.length > 0 || isBeaten)
    store.linkNotice.value = { shown, differences: differing, planNow: plan, bestNow: isBeaten ? best : undefined };
}

/** Works out a chosen plan that the ranking does not hold. */
async function findChosen(question: Question) {
  const { plan } = store.page.value;
  const key = store.chosenKey.value;
  if (!plan || !key || store.findPlan(key)) return;
  try {
    const found = await evaluate(question, plan.strategy, plan.gpus);
    if (store.chosenKey.value === key) store.outside.value = found;
  } catch (error) {
    if (!isAborted(error)) store.message.value = `The chosen plan cannot be shown: ${(error as Error).message}`;
  }
}

/** Chooses the best plan with these degrees, which the ranking need not hold. */
export async function chooseBestOf(degrees: { [axis: string]: number[] }): Promise<void> {
  const { value } = store.answer;
  if (!value || !current) return;
  const plan = await planner()
    .bestPlan({ ...value.question, ...degrees }, current.signal)
    .catch(() => undefined);
  if (!plan) return;
  if (!store.findPlan(store.planKey(plan))) {
    const { rank: _, ...rest } = plan;
    store.outside.value = rest;
  }
  store.choose(plan);
}

/** Opens what a link holds, and compares it with what this planner says. */
export function openLink(state: PageState): void {
  linked = state.shown;
  store.linkNotice.value = undefined;
  store.openPage(state);
}

export function startAsking(): void {
  effect(() => {
    const question = store.question.value;
    untracked(() => void ask(question));
  });
  effect(() => {
    const { value } = store.answer;
    store.chosenKey.value;
    if (value) untracked(() => void findChosen(value.question));
  });
}
