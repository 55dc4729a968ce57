// One planner for the page and for `window.shardplan`.
import type { RecommendResponse } from '../domain';
import type { JsonObject } from '../domain/json';
import { InvalidRequest, PlannerFault } from './errors';
import { Pool, type PoolOptions, Urgency } from './pool';
import type { Spawner } from './protocol';
import { type Progress, type SearchOptions, type SearchResult, search } from './search';

export interface CallOptions {
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

const beyondAnySpace = 1e15;

export class Planner {
  private readonly pool: Pool;

  constructor(spawner: Spawner, options: PoolOptions) {
    this.pool = new Pool(spawner, options);
  }

  /** Version of the core; empty until a worker is ready. */
  get version() {
    return this.pool.version;
  }

  /** Any operation by its name. Rejects with InvalidRequest, PlannerFault or AbortError. */
  async call(operation: string, request: JsonObject = {}, options: CallOptions = {}): Promise<unknown> {
    if (operation === 'recommend') return (await this.search(request, options)).response;
    return JSON.parse(await this.text(operation, JSON.stringify(request), Urgency.asked, options.signal));
  }

  async background(operation: string, request: JsonObject, signal: AbortSignal): Promise<unknown> {
    return JSON.parse(await this.text(operation, JSON.stringify(request), Urgency.background, signal));
  }

  search(request: JsonObject, options: SearchOptions = {}): Promise<SearchResult> {
    return search(this.text, this.pool.most, request, options);
  }

  /** The best plan alone, without the search for a smallest change where nothing fits. */
  async bestPlan(request: JsonObject, signal: AbortSignal): Promise<RecommendResponse['best']> {
    const body = JSON.stringify({ ...request, top: 1, map: false });
    const everything = `{"request":${body},"begin":0,"end":${beyondAnySpace}}`;
    const part = await this.text('recommend.range', everything, Urgency.background, signal);
    if ((JSON.parse(part) as { fits: number }).fits === 0) return undefined;
    const merged = await this.text(
      'recommend.merge',
      `{"request":${body},"parts":[${part}]}`,
      Urgency.background,
      signal,
    );
    return (JSON.parse(merged) as RecommendResponse).best;
  }

  private readonly text = async (operation: string, request: string, urgency: Urgency, signal?: AbortSignal) => {
    const { json, outcome } = await this.pool.run({ operation, request, urgency, signal });
    if (outcome === 0) return json;
    const reply = JSON.parse(json);
    throw outcome === 1 ? new InvalidRequest(reply) : new PlannerFault(reply.error);
  };
}
