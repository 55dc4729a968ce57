// The core as its callers reach it: the command line, and the WebAssembly modules under Node.js.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
export const program = resolve(root, process.env.SHARDPLAN ?? 'build/release/native/shardplan');
export const wasmFolder = resolve(root, process.env.SHARDPLAN_WASM ?? 'build/wasm/wasm');

/** One request through the command line. An exit status is 0 (an answer), 2 (a wrong request) or 1 (a fault of ours). */
export function native(operation, request) {
  const run = spawnSync(program, [operation, '-', '--json'], { input: request, maxBuffer: 1 << 28 });
  if (run.error && run.error.code !== 'EPIPE') throw run.error; // it need not read a request that it will not run
  const kind = { 0: 0, 2: 1, 1: 2 }[run.status];
  return { json: run.stdout.toString().replace(/\n$/, ''), kind };
}

/** A module of build/wasm: "shardplan", "shardplan-first" or "shardplan-single". */
export async function wasm(name) {
  const { default: load } = await import(resolve(wasmFolder, `${name}.mjs`));
  return load(name.endsWith('-single') ? {} : { wasmBinary: readFileSync(resolve(wasmFolder, `${name}.wasm`)) });
}

/** Every operation with its help, example and schemas. */
export function operations(handle) {
  const list = JSON.parse(handle('describe', '{}').json).operations;
  return list.map(({ name }) => JSON.parse(handle('describe', JSON.stringify({ operation: name })).json).operations[0]);
}
