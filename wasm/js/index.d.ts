/** What a wrong request, or a fault of the planner, says about itself. */
export interface Problem {
  /** One sentence that a person can act on. */
  error: string;
  /** JSON pointer into the request; "" for the whole of it. */
  field: string;
  /** What would be legal. */
  hint?: string;
}

export class PlannerError extends Error implements Problem {
  readonly error: string;
  readonly type: 'InvalidRequest' | 'InternalError';
  readonly field: string;
  readonly hint: string;
  /** Every problem of the request; the first is repeated in the fields above. */
  readonly problems: Problem[];
}

export interface CallOptions {
  /** Called while a search runs, with the combinations that it has looked at. */
  onProgress?: (progress: { done: number; total: number }) => void;
  /** Ends a search; the call rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface Planner {
  readonly version: string;
  /**
   * Runs an operation. `call('describe')` lists them all; `call('describe', { operation })` gives the JSON Schemas of one
   * operation's request and response.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own response; describe gives its schema
  call(operation: string, request?: object, options?: CallOptions): Promise<any>;
  /** The same on JSON texts, at once. kind: 0 an answer, 1 a wrong request, 2 a fault of the planner. */
  handle(operation: string, request: string): { json: string; kind: 0 | 1 | 2 };
}

export function createPlanner(): Promise<Planner>;
