// An operation's last answer about one plan; it stays until the next one is there.
import { signal } from '@preact/signals';
import { isAborted } from '../engine/errors';
import { planner } from './planner';
import type { Question } from './question';

export interface Known<T> {
  /** The request that it answers. */
  key: string;
  response: T | undefined;
  error: string;
}

export class Asked<T> {
  readonly known = signal<Known<T>>({ key: '', response: undefined, error: '' });
  readonly #operation: string;
  #current: AbortController | undefined;
  #key = '';

  constructor(operation: string) {
    this.#operation = operation;
  }

  async ask(request: Question): Promise<void> {
    const key = JSON.stringify(request);
    if (key === this.#key) return;
    this.#key = key;
    this.#current?.abort();
    const abort = new AbortController();
    this.#current = abort;
    try {
      const response = (await planner().call(this.#operation, request, { signal: abort.signal })) as T;
      if (!abort.signal.aborted) this.known.value = { key, response, error: '' };
    } catch (error) {
      if (!isAborted(error)) this.known.value = { key, response: undefined, error: (error as Error).message };
    }
  }

  /** As before the first question. */
  clear(): void {
    this.#current?.abort();
    this.#key = '';
    this.known.value = { key: '', response: undefined, error: '' };
  }
}
