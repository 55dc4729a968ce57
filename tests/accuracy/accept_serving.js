// Writes today's errors on a file of measured serving: node tests/accuracy/accept_serving.js FILE.csv
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { servingErrors, text } from './serving.js';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('accept_serving.js FILE.csv: measured serving.');
  process.exit(2);
}
writeFileSync(join(import.meta.dirname, 'serving.json'), text(servingErrors(readFileSync(file, 'utf8'))));
