import firstUrl from '#wasm/first.wasm?url';
import fullUrl from '#wasm/full.wasm?url';
import type { Port, Spawner } from './protocol';

export const spawner: Spawner = {
  port: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }) as Port,
  url: (module) => new URL(module === 'first' ? firstUrl : fullUrl, document.baseURI).href,
};
