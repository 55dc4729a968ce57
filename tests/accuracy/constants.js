// The fitted constants as the table of core/estimate/README.md: value, prior, bounds, and the presets that use them.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../core.js';

const presets = join(root, 'presets');
const begin = '<!-- constants: written by tests/accuracy/constants.js -->\n';
const end = '<!-- /constants -->';

/** Names of constants that a file of presets uses. */
function usesOf(file) {
  return new Set([...readFileSync(file, 'utf8').matchAll(/"\$(\w+)"/g)].map((m) => m[1]));
}

/** [{id, uses}] of a folder of presets. */
export function users(folder) {
  return readdirSync(join(presets, folder))
    .filter((f) => f.endsWith('.json'))
    .toSorted()
    .map((f) => ({ id: basename(f, '.json'), uses: usesOf(join(presets, folder, f)) }));
}

export function constants() {
  return JSON.parse(readFileSync(join(presets, 'calibration/constants.json'), 'utf8'));
}

export function constantsTable() {
  const all = [...users('generations'), ...users('stacks')];
  const rows = constants().map(
    (c) =>
      `| ${c.name} | ${c.value} | ${c.prior} | ${c.low} to ${c.high} | ${c.absorbs} | ${all
        .filter((u) => u.uses.has(c.name))
        .map((u) => u.id)
        .join(', ')} |`,
  );
  return ['| constant | value | prior | bounds | absorbs | used by |', '|---|---|---|---|---|---|', ...rows, ''].join('\n');
}

/** The text with today's table between its marks. */
export function withTable(text) {
  return text.slice(0, text.indexOf(begin) + begin.length) + constantsTable() + text.slice(text.indexOf(end));
}

export const readme = join(root, 'core/estimate/README.md');
