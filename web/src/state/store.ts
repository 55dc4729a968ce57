// The one store: the question, the answer to it, and what is chosen. Views read signals and call the functions below.
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Plan, PresetsResponse, RecommendResponse } from '../domain';
import { requestFields } from '../domain/fields.generated';
import type { Json, JsonObject } from '../domain/json';
import { strategyKey, strategyRequest } from '../domain/strategy';
import type { Problem } from '../engine/errors';
import type { Progress } from '../engine/search';
import { savedTheme, saveTheme, type Theme } from './browser';
import { change, type History, redo, startHistory, undo } from './history';
import { type Difference, shownOf } from './link';
import {
  type DetailState,
  firstPage,
  type MapAxis,
  mostPins,
  type PageState,
  type PinState,
  type ServeState,
  type ShownPlan,
  type TrustState,
  type View,
} from './page';
import { type FieldTable, type Question, withField } from './question';
import { type Scale, scales } from './scales';

export interface Answer {
  question: Question;
  response: RecommendResponse;
  seconds: number;
  /** How far a search had come that was stopped. */
  partial: Progress | undefined;
}

export interface Searching extends Progress {
  startedAt: number;
  now: number;
}

/** A link whose figures are not this planner's. */
export interface LinkNotice {
  shown: ShownPlan;
  differences: Difference[];
  /** The link's plan as it is now, and the best one where that is another. */
  planNow: Plan | undefined;
  bestNow: Plan | undefined;
}

export interface Scent {
  /** The question that it belongs to, without the field itself. */
  base: string;
  values: readonly number[];
  /** Tokens/s/GPU of the best plan; null where nothing fits, undefined where it is not known (yet) or not legal. */
  speeds: readonly (number | null | undefined)[];
}

type Words = Readonly<Record<string, string>>;

/** What fields and sliders work on: a question, what is wrong with it, and where what is typed goes. */
export interface Form {
  question: ReadonlySignal<Question>;
  problems: ReadonlySignal<readonly Problem[]>;
  scents: ReadonlySignal<Readonly<Record<string, Scent>>>;
  fields: FieldTable;
  scales: readonly Scale[];
  labels?: Words;
  words?: Words;
  /** What a slider's hatching says. */
  tell?(values: readonly number[], speeds: Scent['speeds'], format: (n: number) => string): string;
  put(request: Question, what: string): void;
}

const timeline = signal<History<PageState>>(startHistory(firstPage));
export const page = computed(() => timeline.value.present);
export const question = computed(() => page.value.request);
export const canUndo = computed(() => timeline.value.past.length > 0);
export const canRedo = computed(() => timeline.value.future.length > 0);

export const answer = signal<Answer | undefined>(undefined);
/** The best so far of a search that goes on. */
export const bestSoFar = signal<RecommendResponse | undefined>(undefined);
export const searching = signal<Searching | undefined>(undefined);
export const problems = signal<readonly Problem[]>([]);
export const fault = signal('');
export const message = signal('');
/** Whether the last search was stopped before it had found a plan. */
export const isStopped = signal(false);
export const linkNotice = signal<LinkNotice | undefined>(undefined);
export const isFirstVisit = signal(false);
export type Presets = Required<PresetsResponse>;
export const presets = signal<Presets | undefined>(undefined);
export const plannerVersion = signal('');
/** Plans on fewer GPUs, for the chart. */
export const smaller = signal<readonly Plan[]>([]);
export const scents = signal<Readonly<Record<string, Scent>>>({});
/** A chosen plan that the ranking does not hold. */
export const outside = signal<Plan | undefined>(undefined);
export const hovered = signal<string | undefined>(undefined);
export const theme = signal<Theme | undefined>(savedTheme());

export const planKey = (plan: Plan) => `${plan.gpus} ${strategyKey(plan.strategy)}`;

export const ranked = computed<readonly Plan[]>(() => (bestSoFar.value ?? answer.value?.response)?.plans ?? []);
export const chosenKey = computed(() => {
  const { plan } = page.value;
  return plan && `${plan.gpus} ${strategyKey(plan.strategy)}`;
});
const known = computed(() => {
  const all = new Map<string, Plan>();
  for (const plan of [...smaller.value, ...(outside.value ? [outside.value] : []), ...ranked.value])
    all.set(planKey(plan), plan);
  return all;
});
export const findPlan = (key: string) => known.value.get(key);

/** The plan that the page is about: the chosen one, the best, or the nearest where nothing fits. */
export const shownPlan = computed<Plan | undefined>(() => {
  const key = chosenKey.value;
  const response = bestSoFar.value ?? answer.value?.response;
  return (key ? known.value.get(key) : undefined) ?? response?.best ?? response?.nearest;
});
export const shownKey = computed(() => shownPlan.value && planKey(shownPlan.value));
export const isBestShown = computed(() => {
  const best = answer.value?.response.best;
  return best !== undefined && shownKey.value === planKey(best);
});

/** The state as a link carries it: with the figures that the page shows, so that another planner can tell what differs. */
export function linkState(): PageState {
  const notice = linkNotice.value;
  const plan = shownPlan.value;
  if (notice) return { ...page.value, shown: notice.shown };
  if (!plan?.fits || problems.value.length > 0 || answer.value?.question !== question.value) return page.value;
  return { ...page.value, shown: shownOf(plan, isBestShown.value, plannerVersion.value) };
}

function set(next: PageState, what: string) {
  timeline.value = change(timeline.value, next, what, performance.now());
}

/** Replaces everything, as a link does. */
export function openPage(state: PageState): void {
  const { shown: _, ...rest } = state;
  timeline.value = startHistory(rest);
}

/** The page without its plan; a stretch of time belongs to the plan as well. */
function withoutPlan(): PageState {
  const { plan: _, detail, ...rest } = page.value;
  return detail?.explain ? { ...rest, detail: { explain: detail.explain } } : rest;
}

const ask = (request: Question, what: string) => set({ ...withoutPlan(), request }, what);

const trainForm: Form = { question, problems, scents, fields: requestFields, scales, put: ask };
/** The form of serving, once its view is there. */
export const serveForm = signal<Form | undefined>(undefined);
/** The form of the view that is shown. */
export const form = computed(() => (page.value.view === 'serve' && serveForm.value) || trainForm);

export const setServe = (serve: ServeState, what: string): void => set({ ...page.value, serve }, what);

export const setField = (name: string, value: Json | undefined): void => setFields({ [name]: value }, name);

/** Several fields at once; those that are undefined are taken out. */
export function setFields(fields: { [name: string]: Json | undefined }, what = 'fields'): void {
  const { put, question: of } = form.value;
  put(
    Object.entries(fields).reduce((q, [name, value]) => withField(q, name, value), of.value),
    what,
  );
}

export function setQuestion(request: JsonObject): void {
  const view = page.value.view === 'plan' ? 'plan' : 'train';
  set({ ...withoutPlan(), view, request }, `question ${performance.now()}`);
}

export function choose(plan: Plan | undefined): void {
  const rest = withoutPlan();
  const best = answer.value?.response.best;
  const isBest = plan !== undefined && best !== undefined && planKey(plan) === planKey(best);
  const isChosen = plan && !isBest;
  set(isChosen ? { ...rest, plan: { strategy: strategyRequest(plan.strategy), gpus: plan.gpus } } : rest, 'plan');
}

/** A plan that is known only by what differs from the shown one; null takes a field out. */
export function chooseChanged(fields: JsonObject): void {
  const plan = shownPlan.value;
  if (!plan) return;
  const merged = Object.entries({ ...strategyRequest(plan.strategy), ...fields }).filter(([, v]) => v !== null);
  set({ ...withoutPlan(), plan: { strategy: Object.fromEntries(merged) as JsonObject, gpus: plan.gpus } }, 'plan');
}

/** To the next or the previous plan of the ranking. */
export function step(by: 1 | -1): void {
  const at = ranked.value.findIndex((p) => planKey(p) === shownKey.value);
  const next = ranked.value[Math.min(Math.max(at + by, 0), ranked.value.length - 1)];
  if (next) choose(next);
}

const pinOf = (plan: Plan, request: Question): PinState => ({
  request,
  strategy: strategyRequest(plan.strategy),
  gpus: plan.gpus,
});
const isSamePin = (a: PinState) => (b: PinState) => JSON.stringify(a) === JSON.stringify(b);

export const pins = computed<readonly PinState[]>(() => page.value.pins ?? []);
export const isPinned = computed(() => {
  const plan = shownPlan.value;
  const request = answer.value?.question;
  return plan !== undefined && request !== undefined && pins.value.some(isSamePin(pinOf(plan, request)));
});
export const canPin = computed(() => pins.value.length < mostPins);

const setPins = (next: readonly PinState[]) => {
  const { pins: _, ...rest } = page.value;
  set(next.length > 0 ? { ...rest, pins: next } : rest, 'pins');
};

/** Keeps the shown plan for comparison, or lets it go. */
export function togglePin(): void {
  const plan = shownPlan.value;
  const request = answer.value?.question;
  if (!plan || !request) return;
  const pin = pinOf(plan, request);
  if (isPinned.value) setPins(pins.value.filter((p) => !isSamePin(pin)(p)));
  else if (canPin.value) setPins([...pins.value, pin]);
}

export const unpin = (pin: PinState): void => setPins(pins.value.filter((p) => p !== pin));

/** Makes a pinned plan the one that the others are measured against. */
export const leadWith = (pin: PinState): void => setPins([pin, ...pins.value.filter((p) => p !== pin)]);

/** Asks a pinned plan's question, with that plan chosen. */
export const openPin = ({ request, strategy, gpus }: PinState): void =>
  set({ ...withoutPlan(), view: 'train', request, plan: { strategy, gpus } }, 'pin');

export const setView = (view: View): void => set({ ...page.value, view }, 'view');
export const setMap = (map: [MapAxis, MapAxis]): void => set({ ...page.value, map }, 'map');
export const setChart = (chart: 'cost' | 'memory'): void => set({ ...page.value, chart }, 'chart');

/** Goes to the plan that is shown, in detail. */
export const setDetail = (detail: DetailState, what = 'detail'): void =>
  set({ ...page.value, view: 'plan', detail }, what);

/** Opens a number of the shown plan into its formula. */
export const explainNumber = (explain: string): void =>
  setDetail({ ...page.value.detail, explain }, `explain ${explain}`);

/** Goes to the measured runs, as `trust` says which. */
export const setTrust = (trust: TrustState): void => set({ ...page.value, view: 'trust', trust }, 'trust');

export function back(): void {
  timeline.value = undo(timeline.value);
}
export function forward(): void {
  timeline.value = redo(timeline.value);
}

export function setTheme(next: Theme): void {
  batch(() => {
    theme.value = next;
    saveTheme(next);
  });
}
