// Each thing of the outside world is touched in one place, and arrows between the rooms point one way.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = import.meta.dirname;
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (f) => /\.tsx?$/.test(f) && !/\.test\.tsx?$|\.generated\.ts$|\.d\.ts$/.test(f),
);

const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
const holding = (pattern: RegExp) => files.filter((f) => pattern.test(textOf(f))).sort();

describe('one place for', () => {
  it('the address, the history and storage', () => {
    expect(holding(/\b(location|history)\.|\b(local|session)Storage\b/)).toEqual([
      'offline/register.ts',
      'state/browser.ts',
    ]);
    expect(textOf('offline/register.ts')).not.toMatch(/location\.(hash|href)|history\.|Storage/);
  });

  it('Vega', () => {
    expect(holding(/from 'vega(-embed|-interpreter)?'/)).toEqual(['charts/vega.tsx']);
  });

  it('the WebAssembly module', () => {
    expect(holding(/#wasm\/(first|full)'/)).toEqual(['engine/worker.ts']);
  });

  it('workers', () => {
    expect(holding(/new (Inline)?Worker\(/)).toEqual(['engine/spawn.single.ts', 'engine/spawn.site.ts']);
  });
});

describe('arrows', () => {
  const rooms: Record<string, readonly string[]> = {
    domain: [],
    engine: ['domain'],
    export: [],
    offline: [],
    state: ['domain', 'engine'],
    charts: ['domain', 'state'],
    ui: ['domain', 'state', 'export'],
    views: ['charts', 'domain', 'engine', 'export', 'offline', 'state', 'ui'],
  };

  it.each(Object.entries(rooms))('from %s go only to %j', (room, allowed) => {
    for (const file of files.filter((f) => f.startsWith(`${room}/`)))
      for (const [, target = ''] of textOf(file).matchAll(/from '(\.[^']+)'/g)) {
        const to = path.join(path.dirname(file), target).split(path.sep)[0] ?? '';
        if (to !== room) expect(allowed, `${file} imports ${target}`).toContain(to);
      }
  });
});
