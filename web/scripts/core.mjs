// The core for build scripts: the module is made for a worker, so Node.js stands in for one.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const wasmFolder = path.resolve(process.env.SHARDPLAN_WASM ?? path.join(import.meta.dirname, '../../build/wasm/wasm'));

export async function loadCore(name = 'shardplan') {
  globalThis.importScripts ??= () => {};
  globalThis.self ??= { location: { href: 'file:///' } };
  const glue = await import(pathToFileURL(path.join(wasmFolder, `${name}.mjs`)).href);
  const wasmBinary = await readFile(path.join(wasmFolder, `${name}.wasm`));
  // The glue also looks for Node.js, whose way of loading it does not run as an ES module. It looks once, at its start.
  const { process: node } = globalThis;
  globalThis.process = undefined;
  const loading = glue.default({ wasmBinary });
  globalThis.process = node;
  return loading;
}
