// A planner around the WebAssembly module: JSON objects in and out, errors as rejections, long searches in slices.

/** A wrong request ("InvalidRequest") or a fault of the planner ("InternalError"), as the core describes it. */
export class PlannerError extends Error {
  constructor({ error, type, field, hint, problems }) {
    super(hint ? `${error} ${hint}` : error);
    this.name = 'PlannerError';
    Object.assign(this, { error, type, field, hint, problems });
  }
}

const sliceMs = 50; // of work between two looks at the signal
const firstSlice = 20_000; // combinations; later slices are as long as the machine's speed allows

// Lets timers, events and rendering have their turn.
const pause = () => new Promise((resolve) => setTimeout(resolve));

/**
 * The reply to `recommend`, worked out slice by slice; its bytes are those of the reply in one go.
 * @param {(operation: string, request: string) => {json: string, kind: number}} handle
 */
export async function recommendInSlices(handle, request, { onProgress, signal } = {}) {
  const sized = handle('recommend.size', `{"request":${request}}`);
  // Where the request is wrong, the whole operation words the error best.
  if (sized.kind !== 0) return handle('recommend', request);
  const total = JSON.parse(sized.json).size;
  const parts = [];
  for (let begin = 0, length = firstSlice; begin < total; ) {
    const end = Math.min(total, begin + Math.round(length));
    const started = performance.now();
    const part = handle('recommend.range', `{"request":${request},"begin":${begin},"end":${end}}`);
    if (part.kind !== 0) return part;
    parts.push(part.json);
    const took = Math.max(performance.now() - started, 1);
    length *= Math.min(2, Math.max(0.5, sliceMs / took));
    begin = end;
    onProgress?.({ done: end, total });
    await pause();
    signal?.throwIfAborted();
  }
  return handle('recommend.merge', `{"request":${request},"parts":[${parts}]}`);
}

/** @param module what the Emscripten factory resolves to */
export function plannerOf(module) {
  const handle = (operation, request) => module.handle(operation, request);
  return {
    version: module.version(),
    handle,
    async call(operation, request = {}, { onProgress, signal } = {}) {
      signal?.throwIfAborted();
      const text = JSON.stringify(request);
      const inSlices = operation === 'recommend' && (onProgress || signal);
      const reply = inSlices ? await recommendInSlices(handle, text, { onProgress, signal }) : handle(operation, text);
      const body = JSON.parse(reply.json);
      if (reply.kind !== 0) throw new PlannerError(body);
      return body;
    },
  };
}
