// What a person may ask next, worked out while nobody waits for it: smaller clusters for the chart, and under each slider
// the best speed if only that number changed.
import type { Plan, PresetsResponse, RecommendResponse } from '../domain';
import { isAborted } from '../engine/errors';
import type { Planner } from '../engine/planner';
import type { Question } from './question';
import { scales, scentBase } from './scales';
import { scent } from './scenting';
import * as store from './store';

/** Work of one exploration, in seconds of the search that it repeats. */
const budgetS = 10;
const pauseMs = 250;
const fewestPoints = 4;

const remembered = new Map<string, number | null>();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Names and sizes for the search fields. */
export async function loadPresets(planner: Planner): Promise<void> {
  const lists = { models: [], accelerators: [], systems: [], networks: [], stacks: [] };
  store.presets.value ??= { ...lists, ...((await planner.call('presets')) as PresetsResponse) };
}

export async function explore(planner: Planner, question: Question, signal: AbortSignal): Promise<void> {
  try {
    await pause(pauseMs);
    const seconds = Math.max(store.answer.value?.seconds ?? 0, 0.02);
    if (signal.aborted) return;
    if (seconds * 6 < budgetS) await compareSizes(planner, question, signal);
    const most = Math.floor(budgetS / seconds / scales.length);
    if (most >= fewestPoints) {
      const best = (asked: Question) => speed(planner, asked, signal);
      for (const scale of scales) {
        const found = await scent(question, scale, most, scentBase, best);
        if (signal.aborted) return;
        if (found) store.scents.value = { ...store.scents.value, [scale.name]: found };
      }
    }
  } catch (error) {
    // What nobody asked for need not be answered.
    if (!isAborted(error)) console.info('Exploration ended:', error);
  }
}

/** Halves and three quarters of the asked size that still fill nodes of eight. */
export function smallerSizes(gpus: number): number[] {
  const sizes: number[] = [];
  for (let size = gpus; size >= Math.max(8, gpus / 16); size /= 2)
    for (const n of [size, (size * 3) / 4]) if (n % 8 === 0 && n < gpus) sizes.push(n);
  return sizes;
}

async function compareSizes(planner: Planner, question: Question, signal: AbortSignal) {
  const { gpus } = question;
  if (typeof gpus !== 'number' || question.gpu_counts !== undefined) return;
  const sizes = smallerSizes(gpus);
  if (sizes.length === 0) return;
  const request = { ...question, top: 20, gpu_counts: sizes };
  const response = (await planner.background('recommend', request, signal)) as RecommendResponse;
  if (!signal.aborted) store.smaller.value = response.plans satisfies Plan[];
}

async function speed(planner: Planner, question: Question, signal: AbortSignal): Promise<number | null | undefined> {
  const key = JSON.stringify(question);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  try {
    const best = (await planner.bestPlan(question, signal))?.tokens_per_s_per_gpu ?? null;
    remembered.set(key, best);
    if (remembered.size > 2000) remembered.delete(remembered.keys().next().value ?? '');
    return best;
  } catch (error) {
    if (isAborted(error)) throw error;
    return undefined;
  }
}
