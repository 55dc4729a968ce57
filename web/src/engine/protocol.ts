// What the page and a worker say to each other. A worker does one thing at a time and knows nothing of the page.

/** 'first' answers the first plan and is small; 'full' has every operation and is fetched when one is asked for. */
export type ModuleName = 'first' | 'full';

/** As the core's binding numbers them: an answer, a wrong request, a fault of ours. */
export type Outcome = 0 | 1 | 2;

export type ToWorker =
  | { kind: 'load'; module: ModuleName; url: string; compiled: WebAssembly.Module | undefined }
  | { kind: 'call'; id: number; operation: string; request: string };

export type FromWorker =
  | { kind: 'ready'; version: string; compiled: WebAssembly.Module | undefined }
  | { kind: 'failed'; message: string }
  | { kind: 'reply'; id: number; json: string; outcome: Outcome }
  | { kind: 'missing'; id: number }
  | { kind: 'crash'; id: number; message: string };

/** The part of a Worker that the pool uses, so that a test may stand in for it. */
export interface Port {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message: string }) => void) | null;
}

export interface Spawner {
  port(): Port;
  url(module: ModuleName): string;
}
