import { plannerOf } from './planner.js';
import loadModule from './shardplan.mjs';

export { PlannerError } from './planner.js';

export async function createPlanner() {
  const wasm = new URL('./shardplan.wasm', import.meta.url).href;
  return plannerOf(await loadModule({ locateFile: () => wasm }));
}
