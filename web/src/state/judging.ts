// Measured runs and what the planner says of them: the runs that it carries, or one's own.
import { computed, signal } from '@preact/signals';
import type { AccuracyResponse } from '../domain';
import type { Facet, Only, Quantity } from '../domain/evidence';
import type { Json, JsonObject } from '../domain/json';
import { matching, runsOf } from '../domain/runs';
import { InvalidRequest, isAborted, type Problem } from '../engine/errors';
import type { TrustState } from './page';
import { planner } from './planner';
import { isOwnShown, isTable, runsTexts } from './runs';
import { page, setTrust } from './store';

export interface Judged {
  isWorking: boolean;
  response: AccuracyResponse | undefined;
  problems: readonly Problem[];
}

const nothing: Judged = { isWorking: false, response: undefined, problems: [] };

const carried = signal<Judged>(nothing);
export const own = signal<Judged>(nothing);
export const ownTable = computed(() => runsTexts.value.find((t) => isTable(t.text)));

const problemsOf = (error: unknown): Problem[] =>
  error instanceof InvalidRequest ? error.problems : [{ error: (error as Error).message, field: '' }];

async function judge(to: typeof carried, request: JsonObject, abort: AbortSignal | undefined) {
  to.value = { ...to.value, isWorking: true };
  try {
    const response = (await planner().call('accuracy', request, abort ? { signal: abort } : {})) as AccuracyResponse;
    to.value = { isWorking: false, response, problems: [] };
  } catch (error) {
    if (!isAborted(error)) to.value = { isWorking: false, response: undefined, problems: problemsOf(error) };
  }
}

export function judgeCarried(): void {
  if (!carried.value.response && !carried.value.isWorking) void judge(carried, {}, undefined);
}

let current: AbortController | undefined;

/** With the calibration in use, where there is one: it was made for such runs. */
export function judgeOwn(csv: string, calibration: Json | undefined): void {
  current?.abort();
  if (csv.trim() === '') {
    own.value = nothing;
    return;
  }
  current = new AbortController();
  void judge(own, { csv, ...(calibration !== undefined && { calibration }) }, current.signal);
}

/** The runs of the chosen quantity: all of them, and those that pass the filters. */
export const judged = computed(() => (isOwnShown.value ? own.value : carried.value));
export const quantity = computed<Quantity>(() => page.value.trust?.of ?? 'step_time');
export const only = computed<Only>(() => page.value.trust?.only ?? {});
export const everyRun = computed(() => runsOf(judged.value.response?.rows ?? [], quantity.value));
export const words = computed(() => page.value.trust?.words ?? '');
export const runs = computed(() => matching(everyRun.value, only.value, words.value));
export const chosenRun = computed(() => everyRun.value.find((r) => r.row.id === page.value.trust?.run));

const change = (part: Partial<TrustState>) => setTrust({ ...page.value.trust, ...part });

export const setQuantity = (of: Quantity): void => change({ of });
export const setOnly = (next: Only): void => change({ only: next as NonNullable<TrustState['only']> });
export const setWords = (next: string): void => change({ words: next || undefined });
export const chooseRun = (run: string | undefined): void => change({ run });

/** Lets a value through beside those that pass already, or no longer. */
export function toggle(facet: Facet, value: string): void {
  const now = only.value[facet] ?? [];
  setOnly({ ...only.value, [facet]: now.includes(value) ? now.filter((v) => v !== value) : [...now, value] });
}
