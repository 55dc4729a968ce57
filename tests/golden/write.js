// Writes every expectation, README.md's outputs and the table of constants anew. Read the difference before you commit it.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readme as ofConstants, withTable } from '../accuracy/constants.js';
import { native, operations, root } from '../core.js';
import { cases, expectationOf, write } from './cases.js';
import { refreshed } from './readme.js';

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
const readme = join(root, 'README.md');
write(readme, refreshed(readFileSync(readme, 'utf8')));
write(ofConstants, withTable(readFileSync(ofConstants, 'utf8')));
console.log(`${all.length} expectations are current.`);
