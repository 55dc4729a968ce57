// The pinned plans, each evaluated with the question that it answers.
import { signal } from '@preact/signals';
import type { EvaluateResponse } from '../domain';
import { isAborted } from '../engine/errors';
import type { PinState } from './page';
import { planner } from './planner';
import { evaluation } from './question';

export interface Compared {
  pin: PinState;
  response: EvaluateResponse | undefined;
  /** Why there is none. */
  error: string;
}

export const compared = signal<readonly Compared[]>([]);

const known = new Map<string, Compared>();

async function evaluate(pin: PinState, signal: AbortSignal): Promise<Compared> {
  const request = evaluation(pin.request, pin.strategy, pin.gpus);
  const key = JSON.stringify(request);
  const before = known.get(key);
  if (before) return { ...before, pin };
  try {
    const response = (await planner().call('evaluate', request, { signal })) as EvaluateResponse;
    known.set(key, { pin, response, error: '' });
    return { pin, response, error: '' };
  } catch (error) {
    if (isAborted(error)) throw error;
    return { pin, response: undefined, error: (error as Error).message };
  }
}

let current: AbortController | undefined;

export async function compare(pins: readonly PinState[]): Promise<void> {
  current?.abort();
  const abort = new AbortController();
  current = abort;
  try {
    const all: Compared[] = [];
    for (const pin of pins) all.push(await evaluate(pin, abort.signal));
    if (!abort.signal.aborted) compared.value = all;
  } catch (error) {
    if (!isAborted(error)) throw error;
  }
}
