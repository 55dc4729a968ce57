// The package as a user gets it: packed, installed into an empty project, called from Node.js.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { native, operations, root } from '../core.js';

const search = { model: 'llama-3.1-405b', gpu: 'h100', gpus: 4096, seq_length: 8192, gbs: 2048, top: 2 };

describe('the npm package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardplan-'));
  let shardplan;
  let planner;

  before(async () => {
    const npm = (...args) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [{ filename }] = JSON.parse(npm('pack', '--json', join(root, 'dist/npm')));
    writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
    npm('install', '--no-audit', '--no-fund', '--offline', `./${filename}`);
    // Resolved as the user's own code resolves it.
    writeFileSync(join(folder, 'index.js'), "export * from 'shardplan';\n");
    shardplan = await import(pathToFileURL(join(folder, 'index.js')));
    planner = await shardplan.createPlanner();
  });
  after(() => rmSync(folder, { recursive: true }));

  test('has the version of the core', () => {
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/shardplan/package.json'), 'utf8'));
    assert.equal(version, planner.version);
  });

  test('gives the bytes of the command line', () => {
    for (const { name, example } of operations(native)) {
      const request = JSON.stringify(example);
      assert.deepEqual(planner.handle(name, request), native(name, request), name);
    }
  });

  test('answers with objects', async () => {
    const { best, plans } = await planner.call('recommend', { model: 'llama-3.1-8b', gpus: 8 });
    assert.deepEqual(plans[0], best);
    assert.equal((await planner.call('health')).status, 'ok');
  });

  test('reports progress, and answers the same', async () => {
    const seen = [];
    const sliced = await planner.call('recommend', search, { onProgress: (p) => seen.push(p) });
    assert.deepEqual(sliced, await planner.call('recommend', search));
    assert(seen.length > 1);
    assert(seen.every(({ done, total }, i) => done <= total && done > (seen[i - 1]?.done ?? 0)));
    assert.equal(seen.at(-1).done, seen.at(-1).total);
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const stopped = planner.call('recommend', search, { signal: controller.signal, onProgress: () => controller.abort() });
    await assert.rejects(stopped, { name: 'AbortError' });
    await assert.rejects(planner.call('health', {}, { signal: AbortSignal.abort(new Error('no')) }), /no/);
  });

  test('rejects a wrong request with what the core says of it', async () => {
    for (const options of [{}, { onProgress: () => {} }]) {
      const wrong = planner.call('recommend', { model: 'llama-3.1-8b', gpuz: 8, gbs: -1 }, options);
      await assert.rejects(wrong, (error) => {
        assert(error instanceof shardplan.PlannerError);
        assert.equal(error.type, 'InvalidRequest');
        assert.equal(error.field, '/gpuz');
        assert.equal(error.hint, "Did you mean 'gpu'?");
        assert.equal(error.problems.length, 2);
        return true;
      });
    }
  });
});
