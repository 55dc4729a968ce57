import { readFile } from 'node:fs/promises';
import { plannerOf } from './planner.js';
import loadModule from './shardplan.mjs';

export { PlannerError } from './planner.js';

export async function createPlanner() {
  // Given its bytes, the module needs nothing of the browser that it was made for.
  return plannerOf(await loadModule({ wasmBinary: await readFile(new URL('./shardplan.wasm', import.meta.url)) }));
}
