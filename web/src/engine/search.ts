// `recommend` in slices: progress, a best so far, and a stop that keeps it. A small search is one call.
import type { RecommendResponse } from '../domain';
import type { JsonObject } from '../domain/json';
import { aborted } from './errors';
import { Urgency } from './pool';

export interface Progress {
  done: number;
  /** How many combinations there are; undefined where it is not known how much is left. */
  size: number | undefined;
}

export interface SearchOptions {
  urgency?: Urgency;
  signal?: AbortSignal | undefined;
  /** Ends the search early with the best so far. */
  stop?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  onBest?: ((best: RecommendResponse) => void) | undefined;
}

export interface SearchResult {
  response: RecommendResponse;
  /** From when the planner was there; the first question also waits for it to load. */
  seconds: number;
  /** How much was looked at, where that was not all. */
  partial: Progress | undefined;
}

/** Calls an operation; the answer as JSON text. */
export type Call = (operation: string, request: string, urgency: Urgency, signal?: AbortSignal) => Promise<string>;

const smallSearch = 5_000_000;
const sliceMs = 350;
const bestEveryMs = 1_000;

export async function search(
  call: Call,
  lanes: number,
  question: JsonObject,
  options: SearchOptions = {},
): Promise<SearchResult> {
  const { urgency = Urgency.asked, signal, stop, onProgress } = options;
  const request = JSON.stringify(question);
  const size = (JSON.parse(await call('recommend.size', `{"request":${request}}`, urgency, signal)) as { size: number })
    .size;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  if (size > smallSearch)
    return { ...(await new SlicedSearch(call, request, size, options).run(lanes)), seconds: seconds() };
  onProgress?.({ done: 0, size: undefined });
  const either = AbortSignal.any([signal, stop].filter((s) => s !== undefined));
  const response = JSON.parse(await call('recommend', request, urgency, either));
  return { response, partial: undefined, seconds: seconds() };
}

class SlicedSearch {
  private readonly parts: string[] = [];
  private next = 0;
  private done = 0;
  private fits = 0;
  private step: number;
  private lastBest = performance.now();
  private isMerging = false;

  constructor(
    private readonly call: Call,
    private readonly request: string,
    private readonly size: number,
    private readonly options: SearchOptions,
  ) {
    this.step = Math.max(1, Math.floor(size / 200));
  }

  async run(lanes: number): Promise<Omit<SearchResult, 'seconds'>> {
    const { stop, onProgress } = this.options;
    onProgress?.({ done: 0, size: this.size });
    await Promise.all(Array.from({ length: lanes }, () => this.lane()));
    const isWhole = this.done >= this.size;
    if (!isWhole && this.fits === 0) throw aborted();
    // Where nothing fits, merging also looks for the smallest change, and nobody knows how long that takes.
    if (this.fits === 0) onProgress?.({ done: this.size, size: undefined });
    const response = await this.merge(this.fits === 0 ? stop : undefined);
    return { response, partial: isWhole ? undefined : { done: this.done, size: this.size } };
  }

  private async lane() {
    const { stop, onProgress } = this.options;
    while (this.next < this.size && !stop?.aborted) {
      const begin = this.next;
      const end = Math.min(this.size, begin + this.step);
      this.next = end;
      const part = await this.slice(begin, end);
      if (part === undefined) return;
      this.parts.push(part);
      this.fits += (JSON.parse(part) as { fits: number }).fits;
      this.done += end - begin;
      onProgress?.({ done: this.done, size: this.size });
      void this.showBest();
    }
  }

  // A slice that costs too little is followed by a larger one, and the other way round.
  private async slice(begin: number, end: number): Promise<string | undefined> {
    const { urgency, signal, stop } = this.options;
    const started = performance.now();
    const either = AbortSignal.any([signal, stop].filter((s) => s !== undefined));
    try {
      const part = await this.call(
        'recommend.range',
        `{"request":${this.request},"begin":${begin},"end":${end}}`,
        urgency === Urgency.background ? urgency : Urgency.slice,
        either,
      );
      const factor = sliceMs / Math.max(performance.now() - started, 1);
      this.step = Math.max(1, Math.round((end - begin) * Math.min(Math.max(factor, 0.25), 4)));
      return part;
    } catch (error) {
      if (stop?.aborted && !signal?.aborted) return undefined;
      throw error;
    }
  }

  private async merge(stop?: AbortSignal): Promise<RecommendResponse> {
    const { urgency = Urgency.asked, signal } = this.options;
    const either = AbortSignal.any([signal, stop].filter((s) => s !== undefined));
    return JSON.parse(
      await this.call(
        'recommend.merge',
        `{"request":${this.request},"parts":[${this.parts.join(',')}]}`,
        urgency,
        either,
      ),
    );
  }

  private async showBest() {
    const { onBest, signal, stop } = this.options;
    if (!onBest || this.isMerging || this.fits === 0 || performance.now() - this.lastBest < bestEveryMs) return;
    this.isMerging = true;
    try {
      const best = await this.merge();
      if (this.next < this.size && !signal?.aborted && !stop?.aborted) onBest(best);
    } catch {
      // The search itself reports what is wrong.
    } finally {
      this.isMerging = false;
      this.lastBest = performance.now();
    }
  }
}
