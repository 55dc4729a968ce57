import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { constants, readme, users, withTable } from './constants.js';

test('the table of constants in core/estimate/README.md is today\'s', () => {
  const text = readFileSync(readme, 'utf8');
  assert.equal(text, withTable(text), './dev golden writes it');
});

test('every constant lies within its bounds and is used', () => {
  const used = new Set([...users('generations'), ...users('stacks')].flatMap((u) => [...u.uses]));
  for (const c of constants()) {
    assert.ok(c.value >= c.low && c.value <= c.high, c.name);
    assert.ok(used.has(c.name), `${c.name} is used`);
  }
});

test('no generation has more than a dozen constants, no stack more than half a dozen of its own', () => {
  for (const u of users('generations')) assert.ok(u.uses.size <= 12, `${u.id}: ${u.uses.size}`);
  for (const u of users('stacks')) assert.ok(u.uses.size <= 6, `${u.id}: ${u.uses.size}`);
});
