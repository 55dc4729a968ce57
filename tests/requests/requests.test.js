// Requests as users of other planners write them run unchanged, and wrong ones are told what is wrong: natively and in
// WebAssembly, with the same bytes.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { native, operations, root, wasm, wasmFolder } from '../core.js';
import { errorSchema } from '../schema/error.js';
import { contradicting, extremes, withoutEach, wrongRequests } from './wrong.js';

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
const isError = ajv.compile(errorSchema);
const all = operations(native).map((o) => ({ ...o, isResponse: ajv.compile(o.response_schema) }));
const known = new Map(all.map((o) => [o.name, o]));

const isBuilt = existsSync(join(wasmFolder, 'shardplan.wasm'));
const module = isBuilt && (await wasm('shardplan'));
test('the WebAssembly module is built', { skip: !isBuilt && 'it is not: only the command line is tested' }, () => {});

// The reply of both, which is one.
function both(operation, body) {
  const reply = native(operation, body);
  if (isBuilt) assert.deepEqual(module.handle(operation, body), reply);
  return reply;
}

const folders = {
  'bodies of ours': join(import.meta.dirname, 'bodies'),
  'bodies of the planners': join(root, '../shared/requests'),
};
const missing = new Set();
for (const [title, folder] of Object.entries(folders)) {
  const isThere = existsSync(folder);
  describe(title, { skip: !isThere && 'they are not on this machine' }, () => {
    for (const file of isThere ? readdirSync(folder).filter((f) => f.endsWith('.json')) : []) {
      const body = readFileSync(join(folder, file), 'utf8');
      const { operation } = JSON.parse(body);
      const o = known.get(operation);
      if (!o) missing.add(operation);
      test(file, { skip: !o && `there is no operation ${operation} yet` }, () => {
        const { json, kind } = both(operation, body);
        assert.equal(kind, 0, json);
        assert(o.isResponse(JSON.parse(json)), ajv.errorsText(o.isResponse.errors));
      });
    }
  });
}

test('every operation that has bodies is there', () => assert.deepEqual([...missing], []));

test('every body of ours is of an operation', () => {
  const own = readdirSync(folders['bodies of ours']).map((file) => file.replace(/(-\d)?\.json$/, ''));
  for (const name of own) assert(known.has(name), `${name} is no operation`);
});

// A refusal as the contract has it, without internals.
function told(reply) {
  assert.equal(reply.kind, 1, `not refused: ${reply.json.slice(0, 500)}`);
  const error = JSON.parse(reply.json);
  assert(isError(error), ajv.errorsText(isError.errors));
  assert.equal(error.type, 'InvalidRequest');
  assert.doesNotMatch(reply.json, /\.cpp|std::|0x[0-9a-f]{6}|\/(work|home|usr|tmp)\//);
  return error.problems;
}

// Where it is asked what is legal or fits, "nothing" is an answer; it says why.
function saysNo({ json, kind }) {
  if (kind !== 0) return false;
  const { valid, checks, plans, points, sizes, warnings, findings, best, nearest } = JSON.parse(json);
  return (
    (valid === false && checks.length > 0) ||
    (plans?.length === 0 && warnings.length > 0) ||
    (points?.length === 0 && sizes.every((s) => s.why_not)) ||
    (!best && !nearest && findings?.[0].startsWith('No combination of the axes is legal'))
  );
}

for (const o of all) {
  describe(`wrong requests of ${o.name}`, () => {
    for (const { name, request, told: expected } of wrongRequests(o))
      test(name, () => {
        const problems = told(both(o.name, JSON.stringify(request)));
        for (const { path, says } of expected) {
          const at = problems.filter((p) => p.field === path || p.field.startsWith(`${path}/`));
          assert(at.length > 0, `nothing is said of ${path}`);
          assert(
            at.some((p) => `${p.error} ${p.hint ?? ''}`.includes(says)),
            `of ${path}: ${at[0].error}`,
          );
          if (says === 'Unknown field') assert(at[0].hint, `no hint for ${path}`);
        }
      });

    for (const { name, request, needed } of withoutEach(o))
      test(`without ${name}`, () => {
        const reply = both(o.name, JSON.stringify(request));
        if (!needed) return reply.kind === 0 || told(reply);
        const problems = told(reply);
        assert(
          problems.some((p) => p.field === `/${name}` && p.error.includes('missing')),
          reply.json,
        );
      });

    for (const { name, request } of contradicting(o))
      test(name, () => {
        const reply = both(o.name, JSON.stringify(request));
        if (!saysNo(reply)) told(reply);
      });

    test('numbers at the ends of their ranges, empty fields', () => {
      for (const request of extremes(o)) {
        const body = JSON.stringify(request);
        const reply = native(o.name, body);
        if (reply.kind !== 0) told(reply);
        else assert(o.isResponse(JSON.parse(reply.json)), `${body}: ${ajv.errorsText(o.isResponse.errors)}`);
      }
    });
  });
}
