// Workers and the jobs that wait for them. The urgent goes first, the aborted leaves the queue at once, a worker that an
// aborted or endless job holds is replaced, and so is one whose module has trapped.
import { aborted, PlannerFault } from './errors';
import type { FromWorker, ModuleName, Outcome, Port, Spawner } from './protocol';

export const Urgency = { asked: 0, slice: 1, background: 2 } as const;
export type Urgency = (typeof Urgency)[keyof typeof Urgency];

export interface Job {
  operation: string;
  /** JSON text: what passes from call to call need not be parsed on the way. */
  request: string;
  urgency: Urgency;
  signal?: AbortSignal | undefined;
}

export interface Reply {
  json: string;
  outcome: Outcome;
}

interface Entry extends Job {
  id: number;
  module: ModuleName;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

interface Seat {
  port: Port;
  module: ModuleName;
  state: 'loading' | 'idle' | 'busy' | 'gone';
  entry: Entry | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export interface PoolOptions {
  most: number;
  /** How long an aborted job may go on before its worker is replaced. */
  graceMs?: number;
  /** How long any job may take. */
  limitMs?: number;
}

export class Pool {
  version = '';
  readonly most: number;
  private readonly graceMs: number;
  private readonly limitMs: number;
  private readonly seats: Seat[] = [];
  private readonly waiting: Entry[] = [];
  private readonly compiled = new Map<ModuleName, WebAssembly.Module>();
  private readonly onlyInFull = new Set<string>();
  private lastId = 0;

  constructor(
    private readonly spawner: Spawner,
    { most, graceMs = 300, limitMs = 300_000 }: PoolOptions,
  ) {
    this.most = most;
    this.graceMs = graceMs;
    this.limitMs = limitMs;
  }

  run(job: Job): Promise<Reply> {
    if (job.signal?.aborted) return Promise.reject(aborted());
    return new Promise((resolve, reject) => {
      // The first module has no importers: whoever plans for a topology waits for the other.
      const isFull = this.onlyInFull.has(job.operation) || job.request.includes('"topology":');
      const module = isFull ? 'full' : 'first';
      const entry: Entry = { ...job, id: ++this.lastId, module, resolve, reject };
      job.signal?.addEventListener('abort', () => this.abort(entry), { once: true });
      this.waiting.push(entry);
      this.schedule();
    });
  }

  private schedule() {
    this.waiting.sort((a, b) => a.urgency - b.urgency || a.id - b.id);
    for (const entry of [...this.waiting]) {
      const seats = this.seats.filter((s) => s.module === entry.module);
      const idle = seats.filter((s) => s.state === 'idle');
      const most = entry.module === 'full' ? 1 : this.most;
      // Background work leaves one worker free for what a person asks next.
      const reserved = entry.urgency === Urgency.background && most > 1 ? 1 : 0;
      const seat = idle[0];
      if (seat && idle.length > reserved) this.start(seat, entry);
      else if (seats.length < most && !seats.some((s) => s.state === 'loading')) this.addSeat(entry.module);
    }
  }

  private addSeat(module: ModuleName) {
    const port = this.spawner.port();
    const seat: Seat = { port, module, state: 'loading', entry: undefined, timer: undefined };
    port.onmessage = ({ data }) => this.receive(seat, data);
    port.onerror = ({ message }) => this.receive(seat, { kind: 'failed', message });
    this.seats.push(seat);
    port.postMessage({ kind: 'load', module, url: this.spawner.url(module), compiled: this.compiled.get(module) });
  }

  private start(seat: Seat, entry: Entry) {
    this.waiting.splice(this.waiting.indexOf(entry), 1);
    seat.state = 'busy';
    seat.entry = entry;
    seat.timer = setTimeout(() => {
      this.remove(seat);
      entry.reject(new PlannerFault('The planner did not answer and was restarted.'));
      this.schedule();
    }, this.limitMs);
    seat.port.postMessage({ kind: 'call', id: entry.id, operation: entry.operation, request: entry.request });
  }

  private receive(seat: Seat, message: FromWorker) {
    if (seat.state === 'gone') return;
    if (message.kind === 'ready') {
      this.version = message.version;
      if (message.compiled) this.compiled.set(seat.module, message.compiled);
      seat.state = 'idle';
    } else if (message.kind === 'failed') {
      this.fail(seat, message.message);
    } else {
      this.finish(seat, message);
    }
    this.schedule();
  }

  private finish(seat: Seat, message: Exclude<FromWorker, { kind: 'ready' | 'failed' }>) {
    const entry = seat.entry;
    clearTimeout(seat.timer);
    seat.entry = undefined;
    if (message.kind === 'crash') {
      this.remove(seat);
      entry?.reject(new PlannerFault(`The planner stopped (${message.message}) and was restarted.`));
      return;
    }
    seat.state = 'idle';
    if (!entry) return;
    if (message.kind === 'reply') return entry.resolve(message);
    if (entry.module === 'full') return entry.resolve(unknownOperation(entry.operation));
    this.onlyInFull.add(entry.operation);
    entry.module = 'full';
    this.waiting.push(entry);
  }

  private fail(seat: Seat, message: string) {
    const wasLoading = seat.state === 'loading';
    const held = seat.entry ? [seat.entry] : [];
    this.remove(seat);
    const lost = wasLoading ? this.waiting.filter((e) => e.module === seat.module) : held;
    for (const entry of lost) {
      const i = this.waiting.indexOf(entry);
      if (i >= 0) this.waiting.splice(i, 1);
      entry.reject(new PlannerFault(`The planner could not be ${wasLoading ? 'loaded' : 'run'}: ${message}`));
    }
  }

  private abort(entry: Entry) {
    const i = this.waiting.indexOf(entry);
    if (i >= 0) this.waiting.splice(i, 1);
    entry.reject(aborted());
    const seat = this.seats.find((s) => s.entry === entry);
    if (!seat) return;
    seat.entry = undefined;
    clearTimeout(seat.timer);
    seat.timer = setTimeout(() => {
      this.remove(seat);
      this.schedule();
    }, this.graceMs);
  }

  private remove(seat: Seat) {
    clearTimeout(seat.timer);
    seat.state = 'gone';
    seat.entry = undefined;
    seat.port.terminate();
    const i = this.seats.indexOf(seat);
    if (i >= 0) this.seats.splice(i, 1);
  }
}

const unknownOperation = (operation: string): Reply => ({
  json: JSON.stringify({ error: `Unknown operation '${operation}'.`, type: 'InvalidRequest', field: '', hint: '' }),
  outcome: 1,
});
