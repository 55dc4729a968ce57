// Accepts today's errors: node tests/accuracy/accept.js 'why they are what they are now'
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsByKind } from './errors.js';

const [reason] = process.argv.slice(2);
if (!reason) {
  console.error("accept.js 'REASON': say why the errors changed; it stays beside them.");
  process.exit(2);
}
const table = { reason, errors: errorsByKind() };
writeFileSync(join(import.meta.dirname, 'errors.json'), `${JSON.stringify(table, null, 1)}\n`);
