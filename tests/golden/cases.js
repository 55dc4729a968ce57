// tests/golden/OPERATION/CASE.request.json holds the bytes of a request, CASE.response.json what is expected of its response:
// length and hash of its bytes, and for people its content, shortened where it is long.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const longest = 8000; // characters of an expectation's content

export function cases() {
  const found = [];
  for (const operation of readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name).sort()) {
    for (const file of readdirSync(join(folder, operation)).sort()) {
      if (!file.endsWith('.request.json')) continue;
      const path = join(folder, operation, file);
      const expectation = path.replace('.request.', '.response.');
      found.push({ operation, name: file.replace('.request.json', ''), request: readFileSync(path), expectation });
    }
  }
  return found;
}

// FNV-1a, 64 bits.
function hash(bytes) {
  let h = 0xcbf29ce484222325n;
  for (const byte of bytes) h = BigInt.asUintN(64, (h ^ BigInt(byte)) * 0x100000001b3n);
  return h.toString(16).padStart(16, '0');
}

function shortened(value, depth) {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return Array.isArray(value) ? `[${value.length}]` : '{...}';
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shortened(v, depth - 1)]));
  const shown = value.length > 3 && typeof value[0] === 'object' ? value.slice(0, 1) : value;
  const rest = value.length - shown.length;
  return [...shown.map((v) => shortened(v, depth - 1)), ...(rest > 0 ? [`... ${rest} more`] : [])];
}

/** The text of CASE.response.json. */
export function expectationOf({ json, kind }) {
  const bytes = Buffer.from(json);
  const head = { kind: ['answer', 'wrong request', 'fault'][kind], bytes: bytes.length, fnv1a: hash(bytes) };
  const content = JSON.parse(json);
  if (json.length > longest) {
    for (let depth = 12; depth > 1; --depth) {
      const text = JSON.stringify({ ...head, response: shortened(content, depth) }, null, 1);
      if (text.length <= longest) return `${text}\n`;
    }
  }
  return `${JSON.stringify({ ...head, response: content }, null, 1)}\n`;
}

export const expected = (c) => (existsSync(c.expectation) ? readFileSync(c.expectation, 'utf8') : '');

export function write(path, text) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
