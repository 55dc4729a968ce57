// From file:// a module worker is refused and nothing can be fetched: the worker is a classic one that carries its module.
import type { Port, Spawner } from './protocol';
import InlineWorker from './worker.ts?worker&inline';

export const spawner: Spawner = {
  port: () => new InlineWorker() as Port,
  url: () => '',
};
