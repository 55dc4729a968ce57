// Captures of real machines, where there are any beside the repository, against what a person reads in them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { native, root } from '../core.js';
import { facts } from './facts.js';

const folder = join(root, '../shared/topologies');
const skip = !existsSync(folder) && 'there are no captures here';

const counted = (words) => {
  const counts = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return Object.entries(counts)
    .map(([word, n]) => `${word}:${n}`)
    .sort()
    .join(' ');
};

const classOf = (link) => {
  if (link.class !== 'XGMI') return link.class ?? 'unknown';
  return (link.count ?? 1) > 1 ? `XGMI*${link.count}` : 'XGMI';
};

const sorted = (text) => text.split(' ').sort().join(' ');

function compare(t, want) {
  assert.equal(t.gpus.length, want.gpus);
  assert.equal(t.nics.length, want.nics);
  assert.equal(counted(t.links.map(classOf)), sorted(want.links ?? ''));
  if (want.accelerator) assert.equal([...new Set(t.gpus.map((g) => g.accelerator))].join(' '), want.accelerator);
  else for (const gpu of t.gpus) assert.equal(gpu.accelerator, undefined);
  if (want.name) assert.equal(t.gpus[0].name, want.name);
  const numa = want.numa ?? t.gpus.map(() => '-1').join(' ');
  assert.equal(t.gpus.map((g) => g.numa_node).join(' '), numa);
  assert.equal((t.missing ?? []).join(' '), want.missing ?? '');
  if (!want.warnings) assert.deepEqual(t.warnings, []);
  for (const begin of want.warnings ?? [])
    assert(
      t.warnings.some((w) => w.startsWith(begin)),
      `no warning begins with: ${begin}`,
    );
  // Nothing unknown is given as zero.
  for (const link of t.links) assert.notEqual(link.gb_per_s, 0);
  for (const nic of t.nics) assert.notEqual(nic.gb_per_s, 0);
  for (const gpu of t.gpus) assert.notEqual(gpu.memory_gib, 0);
}

describe('captures', { skip }, () => {
  for (const [kind, files] of Object.entries(facts))
    for (const [file, want] of Object.entries(files))
      test(`${kind}/${file}`, () => {
        const document = readFileSync(join(folder, kind, file), 'utf8');
        const reply = native('topology', JSON.stringify({ document }));
        const answer = JSON.parse(reply.json);
        if (want.error === undefined) {
          assert.equal(reply.kind, 0, reply.json);
          return compare(answer, want);
        }
        assert.equal(reply.kind, 1);
        assert.equal(answer.error, want.error);
        assert(answer.hint);
      });
});
