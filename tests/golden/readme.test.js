import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from '../core.js';
import { refreshed } from './readme.js';

const read = (file) => readFileSync(join(root, file), 'utf8');

test('README.md shows what the program prints today (./dev golden)', () => {
  const readme = read('README.md');
  const shown = [...readme.matchAll(/^\$ shardplan (\S+)/gm)].map(([, operation]) => operation);
  for (const operation of ['recommend', 'evaluate', 'accuracy', 'calibrate']) assert(shown.includes(operation), operation);
  assert.match(readme, /<!-- errors:/);
  const today = refreshed(readme).split('\n');
  assert.deepEqual(readme.split('\n').filter((line) => !today.includes(line)).slice(0, 5), []);
  assert(refreshed(readme) === readme, 'the lines are in another order');
});

for (const file of ['README.md', 'CONTRIBUTING.md', 'presets/measured/README.md'])
  test(`every file that ${file} links to is there`, () => {
    const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target);
    for (const link of links) assert(existsSync(join(root, dirname(file), link)), link);
  });
