// Writes every expectation anew, from the command line's responses. Read the difference before you commit it.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { native, operations } from '../core.js';
import { cases, expectationOf, write } from './cases.js';

for (const { name, example } of operations(native)) {
  const folder = join(import.meta.dirname, name);
  mkdirSync(folder, { recursive: true });
  write(join(folder, 'example.request.json'), `${JSON.stringify(example, null, 2)}\n`);
}
const all = cases();
for (const c of all) write(c.expectation, expectationOf(native(c.operation, c.request)));
const wanted = new Set(all.map((c) => c.expectation));
for (const operation of new Set(all.map((c) => c.operation))) {
  const folder = join(import.meta.dirname, operation);
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.response.json')))
    if (!wanted.has(join(folder, file))) rmSync(join(folder, file));
}
console.log(`${all.length} expectations are current.`);
