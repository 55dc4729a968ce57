// How to serve a model: the question in the link, the answer to it, and what else is said of it.
import { computed, signal } from '@preact/signals';
import type { InferenceResponse, ServingPlan } from '../domain';
import { servingFields, servingWords } from '../domain/serving.generated';
import { InvalidRequest, isAborted } from '../engine/errors';
import { Asked } from './asked';
import { inPlanner, planner } from './planner';
import type { Question } from './question';
import { gpuScale, powersOfTwo, type Scale, scentBase } from './scales';
import { scent } from './scenting';
import { type Form, page, type Scent, serveForm, setServe } from './store';

const answers = new Asked<InferenceResponse>(inPlanner('inference'), true);
const others = new Asked<InferenceResponse>(inPlanner('inference'));
const scents = signal<Readonly<Record<string, Scent>>>({});

const nothingAsked: Question = {};
export const served = computed<Question>(() => page.value.serve?.request ?? nothingAsked);
export const answer = computed(() => answers.known.value.response);
export const fault = computed(() => (answers.known.value.problems.length > 0 ? '' : answers.known.value.error));
/** The same question in other number formats. */
export const formats = computed(() => others.known.value.response?.precisions ?? []);

/** What is sent: enough plans to look through, and no number formats, which come afterwards. */
const requestOf = (question: Question): Question => ({ top: 20, ...question, precisions: false });

/** Whether the answer belongs to what stands in the fields. */
export const isCurrent = computed(() => answers.known.value.key === JSON.stringify(requestOf(served.value)));
export const isWrong = computed(() => isCurrent.value && answers.known.value.error !== '');

const scales: readonly Scale[] = [
  gpuScale,
  powersOfTwo('users', 1),
  powersOfTwo('requests_per_s', 1),
  powersOfTwo('input_tokens', 16),
  powersOfTwo('output_tokens', 16),
];

const labels = {
  engine: 'Engine',
  input_tokens: 'Input tokens',
  output_tokens: 'Output tokens',
  prefix_cache_hit_rate: 'Prefix-cache hits',
  precision: 'Weights',
  kv_cache: 'KV cache',
  memory_share: 'Share of memory',
  speculative: 'Drafted by',
  speculative_tokens: 'Drafted tokens',
  acceptance_rate: 'Acceptance',
  draft_model: 'Draft model',
  lora_adapters: 'LoRA adapters',
  lora_rank: 'Their rank',
  users: 'Users at once',
  requests_per_s: 'Requests per second',
  ttft_limit_ms: 'TTFT at most',
  tpot_limit_ms: 'TPOT at most',
  request_limit_s: 'Request at most',
  least_tokens_per_s: 'Tokens/s at least',
  dp: 'Attention DP',
  replicas: 'Replicas',
  disaggregated: 'Also pools of their own',
};

const counted = (n: number, word: string) => `${n} ${word}`;

/** Up to where the limits are kept, in words. */
export function limitText(
  values: readonly number[],
  speeds: readonly (number | null | undefined)[],
  format: (n: number) => string,
): string {
  const kept = values.filter((_, i) => typeof speeds[i] === 'number');
  const missed = values.filter((_, i) => speeds[i] === null);
  const [first, last] = [kept[0], kept.at(-1)];
  if (first === undefined || last === undefined) return missed.length > 0 ? 'no plan at any of these' : '';
  const below = missed.filter((v) => v < first).at(-1);
  const above = missed.find((v) => v > last);
  return [
    below === undefined ? '' : `no plan up to ${format(below)}`,
    above === undefined ? '' : `a plan at ${format(last)}, none at ${format(above)}`,
  ]
    .filter(Boolean)
    .join('; ');
}

const form: Form = {
  question: served,
  problems: computed(() => (isCurrent.value ? answers.known.value.problems : [])),
  scents,
  fields: servingFields,
  scales,
  labels,
  words: servingWords,
  tell: limitText,
  put: (request, what) => setServe({ request }, what),
};
serveForm.value = form;

/** What is asked first: to serve what was to be trained, on one node. */
export function firstServing({ model, gpu, system }: Question): Question {
  return {
    ...(model !== undefined && { model }),
    ...(gpu !== undefined && { gpu }),
    ...(system !== undefined && { system }),
    gpus: 8,
    input_tokens: 2048,
    output_tokens: 512,
    users: 64,
    ttft_limit_ms: 1000,
    tpot_limit_ms: 40,
    objective: 'throughput',
    disaggregated: true,
  };
}

export const openServing = (): void => {
  if (!page.value.serve) setServe({ request: firstServing(page.value.request) }, 'view');
};

/** The plan that the view is about: the chosen one, the best, or the nearest where none keeps the limits. */
export const shownPlan = computed<ServingPlan | undefined>(() => {
  const { value } = answer;
  const chosen = page.value.serve?.plan;
  return value?.plans.find((p) => p.summary === chosen) ?? value?.best ?? value?.nearest;
});

export function choosePlan({ rank, summary }: ServingPlan): void {
  setServe({ request: served.value, ...(rank > 1 && { plan: summary }) }, 'plan');
}

/** A change as the core words it, `field value`. */
export function changeOf(text: string): [name: string, value: number | string] {
  const space = text.indexOf(' ');
  const value = text.slice(space + 1);
  return [text.slice(0, space), Number.isFinite(Number(value)) ? Number(value) : value];
}

export const describeLoad = ({ users, requests_per_s }: Question): string =>
  typeof requests_per_s === 'number'
    ? counted(requests_per_s, 'requests/s')
    : counted(typeof users === 'number' ? users : 1, users === 1 ? 'user' : 'users');

const remembered = new Map<string, number | null>();
const mostRemembered = 2000;

async function bestSpeed(question: Question, signal: AbortSignal): Promise<number | null | undefined> {
  const request = { ...question, top: 1, precisions: false, disaggregated: false };
  const key = JSON.stringify(request);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  try {
    const { best } = (await planner().background('inference', request, signal)) as InferenceResponse;
    const speed = best?.tokens_per_s_per_gpu ?? null;
    remembered.set(key, speed);
    if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value ?? '');
    return speed;
  } catch (error) {
    if (isAborted(error) || !(error instanceof InvalidRequest)) throw error;
    return undefined;
  }
}

/** Work that nobody waits for, in seconds of one search. */
const budgetS = 8;
const pauseMs = 200;
const mostPoints = 12;

let current: AbortController | undefined;

/** Answers the question, then what would be with other formats and at other sizes. */
export async function askServing(question: Question): Promise<void> {
  current?.abort();
  const abort = new AbortController();
  current = abort;
  const startedAt = performance.now();
  await answers.ask(requestOf(question));
  const seconds = Math.max((performance.now() - startedAt) / 1000, 0.02);
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  if (abort.signal.aborted || !isCurrent.value || answers.known.value.error) return;
  await others.ask({ ...question, top: 1, precisions: true, disaggregated: false });
  const most = Math.min(mostPoints, Math.floor(budgetS / seconds / 4));
  if (most < 4) return;
  try {
    for (const scale of scales) {
      const found = await scent(question, scale, most, scentBase, (asked) => bestSpeed(asked, abort.signal));
      if (abort.signal.aborted) return;
      if (found) scents.value = { ...scents.value, [scale.name]: found };
    }
  } catch (error) {
    // What nobody asked for need not be answered.
    if (!isAborted(error)) console.info('Exploration ended:', error);
  }
}
