// The command line and every WebAssembly module give the expected bytes. (golden_test.cpp says so of the core itself.)
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { native, operations, wasm } from '../core.js';
import { cases, expectationOf, expected } from './cases.js';

const all = cases();

describe('the command line', () => {
  for (const c of all)
    test(`${c.operation}/${c.name}`, () => assert.equal(expectationOf(native(c.operation, c.request)), expected(c)));
});

// Text, as JavaScript has it, cannot hold bytes that are not UTF-8.
const texts = all.filter((c) => c.name !== 'error-not-utf8');
// The first load of the page reads no topologies: the page asks the whole module then, by the same rule.
const hasTopology = (c) => c.request.includes('"topology":');
const modules = {
  shardplan: () => texts,
  'shardplan-first': (module) => texts.filter((c) => module.has(c.operation) && !hasTopology(c)),
  'shardplan-single': () => texts.filter((c) => c.name === 'example'), // shardplan.wasm in other clothes
};
for (const [name, chosen] of Object.entries(modules)) {
  const module = await wasm(name);
  describe(`${name}.mjs`, () => {
    for (const c of chosen(module))
      test(`${c.operation}/${c.name}`, () =>
        assert.equal(expectationOf(module.handle(c.operation, c.request.toString())), expected(c)));
  });
}

test('the first module says that it reads no topology', async () => {
  const module = await wasm('shardplan-first');
  const asked = texts.filter((c) => ['recommend', 'evaluate'].includes(c.operation) && hasTopology(c));
  assert(asked.length > 0);
  for (const c of asked) {
    const { json, kind } = module.handle(c.operation, c.request.toString());
    assert.equal(kind, 1);
    assert.equal(JSON.parse(json).error, 'This part of the planner reads no topology.');
  }
});

test('every operation has an example and a wrong request', () => {
  for (const { name } of operations(native)) {
    const of = all.filter((c) => c.operation === name).map((c) => c.name);
    assert(of.includes('example'), `${name} has no example`);
    assert(of.some((n) => n.startsWith('error-')), `${name} has no wrong request`);
  }
});
