import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Pool, Urgency } from './pool';
import type { FromWorker, ModuleName, Port, Spawner, ToWorker } from './protocol';

/** A worker that answers when the test says so. */
class FakePort implements Port {
  onmessage: Port['onmessage'] = null;
  onerror: Port['onerror'] = null;
  isGone = false;
  module: ModuleName | undefined;
  calls: Extract<ToWorker, { kind: 'call' }>[] = [];

  postMessage(message: ToWorker) {
    if (message.kind === 'load') this.module = message.module;
    else this.calls.push(message);
  }
  terminate() {
    this.isGone = true;
  }
  say(data: FromWorker) {
    this.onmessage?.({ data });
  }
  ready() {
    this.say({ kind: 'ready', version: '1.0', compiled: undefined });
  }
  answer(json: string) {
    this.say({ kind: 'reply', id: this.calls.at(-1)?.id ?? 0, json, outcome: 0 });
  }
}

let ports: FakePort[];
const spawner: Spawner = {
  port() {
    const port = new FakePort();
    ports.push(port);
    return port;
  },
  url: () => '',
};
const at = (i: number): FakePort => {
  const port = ports[i];
  if (!port) throw new Error(`There is no worker ${i}.`);
  return port;
};
const job = (operation: string, urgency: Urgency = Urgency.asked, signal?: AbortSignal) => ({
  operation,
  request: '{}',
  urgency,
  signal,
});

beforeEach(() => {
  ports = [];
  vi.useFakeTimers();
});

describe('a pool', () => {
  it('asks the module with every operation where a question has a topology', () => {
    const pool = new Pool(spawner, { most: 4 });
    pool.run({ operation: 'recommend', request: '{"topology":{}}', urgency: Urgency.asked }).catch(() => undefined);
    expect(ports.map((port) => port.module)).toContain('full');
  });

  it('starts one worker for one question, and uses it again', async () => {
    const pool = new Pool(spawner, { most: 4 });
    const first = pool.run(job('a'));
    at(0).ready();
    at(0).answer('"one"');
    expect((await first).json).toBe('"one"');
    const second = pool.run(job('b'));
    at(0).answer('"two"');
    expect((await second).json).toBe('"two"');
    expect(ports).toHaveLength(1);
    expect(pool.version).toBe('1.0');
  });

  it('never has more workers than it may', () => {
    const pool = new Pool(spawner, { most: 2 });
    for (let i = 0; i < 5; ++i) void pool.run(job(`op${i}`));
    at(0).ready();
    at(1).ready();
    expect(ports).toHaveLength(2);
    expect(at(0).calls).toHaveLength(1);
    expect(at(1).calls).toHaveLength(1);
  });

  it('takes the urgent first', async () => {
    const pool = new Pool(spawner, { most: 1 });
    const background = pool.run(job('background', Urgency.background));
    void pool.run(job('slice', Urgency.slice));
    void pool.run(job('asked'));
    at(0).ready();
    at(0).answer('1');
    at(0).answer('2');
    at(0).answer('3');
    await background;
    expect(at(0).calls.map((c) => c.operation)).toEqual(['asked', 'slice', 'background']);
  });

  it('keeps a worker free from background work', () => {
    const pool = new Pool(spawner, { most: 2 });
    for (let i = 0; i < 3; ++i) void pool.run(job('background', Urgency.background));
    at(0).ready();
    at(1).ready();
    expect(at(0).calls.length + at(1).calls.length).toBe(1);
    void pool.run(job('asked'));
    expect(at(0).calls.length + at(1).calls.length).toBe(2);
  });

  it('drops an aborted job that waits', async () => {
    const pool = new Pool(spawner, { most: 1 });
    const controller = new AbortController();
    const old = pool.run(job('old', Urgency.asked, controller.signal));
    const next = pool.run(job('new'));
    controller.abort();
    at(0).ready();
    at(0).answer('"new"');
    await expect(old).rejects.toThrow('aborted');
    expect((await next).json).toBe('"new"');
    expect(at(0).calls.map((c) => c.operation)).toEqual(['new']);
  });

  it('goes on with a worker that an aborted job gives back in time', async () => {
    const pool = new Pool(spawner, { most: 1, graceMs: 300 });
    const controller = new AbortController();
    const old = pool.run(job('old', Urgency.asked, controller.signal));
    at(0).ready();
    controller.abort();
    await expect(old).rejects.toThrow('aborted');
    const next = pool.run(job('new'));
    vi.advanceTimersByTime(200);
    at(0).answer('"old"');
    at(0).answer('"new"');
    expect((await next).json).toBe('"new"');
    vi.advanceTimersByTime(1000);
    expect(at(0).isGone).toBe(false);
  });

  it('replaces a worker that an aborted job holds', async () => {
    const pool = new Pool(spawner, { most: 1, graceMs: 300 });
    const controller = new AbortController();
    const old = pool.run(job('old', Urgency.asked, controller.signal));
    at(0).ready();
    controller.abort();
    await expect(old).rejects.toThrow('aborted');
    const next = pool.run(job('new'));
    vi.advanceTimersByTime(301);
    expect(at(0).isGone).toBe(true);
    at(1).ready();
    at(1).answer('"new"');
    expect((await next).json).toBe('"new"');
  });

  it('replaces a worker whose module has trapped, and says so', async () => {
    const pool = new Pool(spawner, { most: 1 });
    const broken = pool.run(job('a'));
    at(0).ready();
    at(0).say({ kind: 'crash', id: 1, message: 'unreachable' });
    await expect(broken).rejects.toThrow('The planner stopped (unreachable) and was restarted.');
    expect(at(0).isGone).toBe(true);
    const next = pool.run(job('b'));
    at(1).ready();
    at(1).answer('2');
    expect((await next).json).toBe('2');
  });

  it('gives up on a job that never ends', async () => {
    const pool = new Pool(spawner, { most: 1, limitMs: 1000 });
    const endless = pool.run(job('a'));
    at(0).ready();
    vi.advanceTimersByTime(1001);
    await expect(endless).rejects.toThrow('did not answer');
    expect(at(0).isGone).toBe(true);
  });

  it('says that it could not be loaded, and tries again when it is asked again', async () => {
    const pool = new Pool(spawner, { most: 1 });
    const failed = pool.run(job('a'));
    at(0).say({ kind: 'failed', message: 'HTTP 404' });
    await expect(failed).rejects.toThrow('could not be loaded: HTTP 404');
    const again = pool.run(job('a'));
    at(1).ready();
    at(1).answer('1');
    expect((await again).json).toBe('1');
  });

  it('fetches the full module for what the first one lacks, and remembers it', async () => {
    const pool = new Pool(spawner, { most: 1 });
    const described = pool.run(job('describe'));
    at(0).ready();
    at(0).say({ kind: 'missing', id: 1 });
    expect(at(1).module).toBe('full');
    at(1).ready();
    at(1).answer('{}');
    expect((await described).json).toBe('{}');
    void pool.run(job('describe'));
    expect(at(0).calls).toHaveLength(1);
    expect(at(1).calls).toHaveLength(2);
  });

  it('calls an operation unknown that no module has', async () => {
    const pool = new Pool(spawner, { most: 1 });
    const unknown = pool.run(job('no-such'));
    at(0).ready();
    at(0).say({ kind: 'missing', id: 1 });
    at(1).ready();
    at(1).say({ kind: 'missing', id: 1 });
    expect(await unknown).toMatchObject({ outcome: 1 });
  });
});
