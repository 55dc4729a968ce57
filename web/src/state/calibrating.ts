// One's own runs -> a calibration, and from there into the question.
import { signal } from '@preact/signals';
import type { CalibrateResponse } from '../domain';
import type { JsonObject } from '../domain/json';
import { strategyRequest } from '../domain/strategy';
import { InvalidRequest, isAborted, type Problem } from '../engine/errors';
import { planner } from './planner';
import { evaluation } from './question';
import { isTable, type RunsText } from './runs';
import { question, setField, shownPlan } from './store';

export const calibrated = signal<CalibrateResponse | undefined>(undefined);
export const isCalibrating = signal(false);
/** What is wrong, by the text that it stands beside; 0 for none of them. */
export const textProblems = signal<readonly (Problem & { textId: number })[]>([]);
export const calibrationLabel = signal('');

/** Where a problem of a request belongs, by the start of its path. */
type Places = { readonly [path: string]: number };
type Asked = { request: JsonObject; places: Places } | { problem: Problem & { textId: number } };

function planOf(text: RunsText): JsonObject | Problem {
  try {
    return text.plan.trim() === '' ? {} : (JSON.parse(text.plan) as JsonObject);
  } catch (error) {
    return { error: `What ran is not JSON: ${(error as Error).message}`, field: '' };
  }
}
const isProblem = (x: JsonObject | Problem): x is Problem => typeof x.error === 'string';

const headOf = (text: string) => text.trimStart().split('\n', 1)[0]?.trim();

/** Tables become one, as far as their columns are the same. */
function oneTable(tables: readonly RunsText[]): string | undefined {
  const head = headOf(tables[0]?.text ?? '');
  if (tables.some((t) => headOf(t.text) !== head)) return undefined;
  return tables.map((t, i) => (i === 0 ? t.text.trim() : t.text.trim().split('\n').slice(1).join('\n'))).join('\n');
}

export function calibrateRequest(texts: readonly RunsText[], name: string): Asked | undefined {
  const filled = texts.filter((t) => t.text.trim() !== '');
  const [first] = filled;
  if (!first) return undefined;
  const named = name.trim() === '' ? {} : { name: name.trim() };
  const plans = new Map<number, JsonObject>();
  for (const text of filled.filter((t) => !isTable(t.text))) {
    const plan = planOf(text);
    if (isProblem(plan)) return { problem: { ...plan, textId: text.id } };
    plans.set(text.id, plan);
  }
  if (filled.length === 1) {
    const run = plans.get(first.id);
    const hasPlan = run && Object.keys(run).length > 0;
    return { request: { runs: first.text, ...(hasPlan && { run }), ...named }, places: { '': first.id } };
  }
  const tables = filled.filter((t) => isTable(t.text));
  const table = tables.length > 0 ? oneTable(tables) : '';
  if (table === undefined) {
    const error = 'These tables have different columns. Put them into one, or take one out.';
    return { problem: { error, field: '', textId: tables[1]?.id ?? 0 } };
  }
  const logs = filled.filter((t) => !isTable(t.text));
  return {
    request: {
      ...(table !== '' && { runs: table }),
      logs: logs.map((t, i) => ({ log: t.text, run: plans.get(t.id) ?? {}, id: t.name || `log ${i + 1}` })),
      ...named,
    },
    places: {
      ...(tables[0] && { '/runs': tables[0].id }),
      ...Object.fromEntries(logs.map((t, i) => [`/logs/${i}`, t.id])),
    },
  };
}

const placed = (problem: Problem, places: Places) => {
  const path = Object.keys(places).find(
    (p) => problem.field === p || problem.field.startsWith(p === '' ? '' : `${p}/`),
  );
  return { ...problem, textId: path === undefined ? 0 : (places[path] ?? 0) };
};

let current: AbortController | undefined;

export async function calibrate(texts: readonly RunsText[], name: string): Promise<void> {
  current?.abort();
  const asked = calibrateRequest(texts, name);
  if (!asked || 'problem' in asked) {
    isCalibrating.value = false;
    calibrated.value = undefined;
    textProblems.value = asked ? [asked.problem] : [];
    return;
  }
  current = new AbortController();
  const { signal } = current;
  isCalibrating.value = true;
  try {
    const response = (await planner().call('calibrate', asked.request, { signal })) as CalibrateResponse;
    calibrated.value = response;
    textProblems.value = [];
  } catch (error) {
    if (isAborted(error)) return;
    calibrated.value = undefined;
    const problems =
      error instanceof InvalidRequest ? error.problems : [{ error: (error as Error).message, field: '' }];
    textProblems.value = problems.map((p) => placed(p, asked.places));
  }
  isCalibrating.value = false;
}

/** What probably ran: the shown plan; of a log that lists its own arguments only what those do not say. */
export function likelyPlan(text: string): JsonObject {
  const plan = shownPlan.value;
  const listsArguments = /tensor_model_parallel_size\s*\.{2,}/.test(text);
  const all = plan ? evaluation(question.value, strategyRequest(plan.strategy), plan.gpus) : question.value;
  const { calibration: _, ...rest } = all;
  if (!listsArguments) return rest;
  const { model, gpu, system, stack } = rest;
  return Object.fromEntries(
    Object.entries({ model, gpu, system, stack }).filter(([, v]) => v !== undefined),
  ) as JsonObject;
}

/** Every answer from now on rests on this calibration. */
export function useCalibration({ calibration }: CalibrateResponse): void {
  setField('calibration', calibration as unknown as JsonObject);
}
