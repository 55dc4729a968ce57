import type { JsonObject } from '../domain/json';
import type { Planner } from '../engine/planner';

let current: Planner | undefined;

export function setPlanner(planner: Planner): void {
  current = planner;
}

/** The page's one planner. */
export function planner(): Planner {
  if (!current) throw new Error('The planner is asked before it is there.');
  return current;
}

/** An operation of the page's planner, to be called later. */
export const inPlanner =
  (operation: string) =>
  (request: JsonObject, options: { signal: AbortSignal }): Promise<unknown> =>
    planner().call(operation, request, options);
