interface Core {
  handle(operation: string, request: string): { json: string; kind: 0 | 1 | 2 };
  has(operation: string): boolean;
  version(): string;
}
interface CoreOptions {
  instantiateWasm?(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}
declare module '#wasm/first' {
  export default function load(options: CoreOptions): Promise<Core>;
}
declare module '#wasm/full' {
  export default function load(options: CoreOptions): Promise<Core>;
}
declare module '#wasm/first.wasm?url' {
  const url: string;
  export default url;
}
declare module '#wasm/full.wasm?url' {
  const url: string;
  export default url;
}
declare module '#spawn' {
  export const spawner: import('./protocol').Spawner;
}
