// An operation's last answer about one plan; it stays until the next one is there.
import { signal } from '@preact/signals';
import type { Problem } from '../engine/errors';
import type { Question } from './question';

export interface Known<T> {
  /** The request that it answers. */
  key: string;
  response: T | undefined;
  error: string;
  /** What is wrong with the request, field by field. */
  problems: readonly Problem[];
}

const nothing = { key: '', response: undefined, error: '', problems: [] };

export class Asked<T> {
  readonly known = signal<Known<T>>(nothing);
  #current: AbortController | undefined;
  #key = '';

  /** `keeps`: the last good answer stays where the next request has none. */
  constructor(
    private readonly call: (request: Question, options: { signal: AbortSignal }) => Promise<unknown>,
    private readonly keeps = false,
  ) {}

  async ask(request: Question): Promise<void> {
    const key = JSON.stringify(request);
    if (key === this.#key) return;
    this.#key = key;
    this.#current?.abort();
    const abort = new AbortController();
    this.#current = abort;
    try {
      const response = (await this.call(request, { signal: abort.signal })) as T;
      if (!abort.signal.aborted) this.known.value = { ...nothing, key, response };
    } catch (error) {
      if (abort.signal.aborted) return;
      const { problems = [] } = error as { problems?: readonly Problem[] };
      const response = this.keeps ? this.known.value.response : undefined;
      this.known.value = { key, response, error: (error as Error).message, problems };
    }
  }

  /** As before the first question. */
  clear(): void {
    this.#current?.abort();
    this.#key = '';
    this.known.value = nothing;
  }
}
