// The only file that touches the WebAssembly module.
import loadFirst from '#wasm/first';
import type { FromWorker, ModuleName, ToWorker } from './protocol';

const say = (message: FromWorker) => self.postMessage(message);
const text = (error: unknown) => (error instanceof Error ? error.message : String(error));

let core: Core | undefined;

async function fetchAndCompile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The planner's module could not be fetched (HTTP ${response.status}).`);
  // Some file servers do not know the type that streaming asks for.
  const isTyped = response.headers.get('content-type')?.startsWith('application/wasm');
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function instantiate(glue: typeof loadFirst, compiled: WebAssembly.Module): Promise<Core> {
  return new Promise((resolve, reject) => {
    const instantiateWasm: CoreOptions['instantiateWasm'] = (imports, receive) => {
      WebAssembly.instantiate(compiled, imports).then((instance) => receive(instance, compiled), reject);
      return {};
    };
    glue({ instantiateWasm }).then(resolve, reject);
  });
}

async function load(module: ModuleName, url: string, known: WebAssembly.Module | undefined) {
  const glue = module === 'first' ? loadFirst : (await import('#wasm/full')).default;
  // Without an address the glue carries its module.
  const compiled = url === '' ? undefined : (known ?? (await fetchAndCompile(url)));
  core = compiled ? await instantiate(glue, compiled) : await glue({});
  say({ kind: 'ready', version: core.version(), compiled });
}

function call(id: number, operation: string, request: string) {
  if (!core?.has(operation)) return say({ kind: 'missing', id });
  try {
    const reply = core.handle(operation, request);
    say({ kind: 'reply', id, json: reply.json, outcome: reply.kind });
  } catch (error) {
    say({ kind: 'crash', id, message: text(error) });
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'call') return call(data.id, data.operation, data.request);
  load(data.module, data.url, data.compiled).catch((error) => say({ kind: 'failed', message: text(error) }));
};
