import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../domain/json';
import { firstPage, type PageState, readPage } from './page';
import { decode, encode } from './url';

const packed = (text: string | Buffer, version = 1) => `#p=${version}.${deflateRawSync(text).toString('base64url')}`;

async function stateOf(fragment: string): Promise<PageState> {
  const decoded = await decode(fragment);
  if (!decoded || 'error' in decoded) throw new Error(decoded?.error ?? 'not ours');
  return decoded.state;
}

async function errorOf(fragment: string): Promise<string> {
  const decoded = await decode(fragment);
  return decoded && 'error' in decoded ? decoded.error : '';
}

const json: fc.Arbitrary<JsonObject> = fc
  .dictionary(
    fc.string({ minLength: 1, maxLength: 20 }).filter((k) => !['__proto__', 'constructor', 'prototype'].includes(k)),
    fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonObject>,
  )
  // JSON has one zero.
  .map((o) => JSON.parse(JSON.stringify(o)));

describe('a link', () => {
  it('gives back what was put in, whatever was typed', async () => {
    await fc.assert(
      fc.asyncProperty(json, fc.constantFrom<PageState['view']>('train', 'reference'), async (request, view) => {
        const state: PageState = { view, request };
        expect(await stateOf(await encode(state))).toEqual(state);
      }),
      { numRuns: 60 },
    );
  });

  it('gives back text in any script', async () => {
    const state: PageState = { view: 'train', request: { model: 'ламa 模型 🦙', gpus: '64x' } };
    expect(await stateOf(await encode(state))).toEqual(state);
  });

  it('is short for a question as people ask it', async () => {
    expect((await encode(firstPage)).length).toBeLessThan(250);
  });

  it('has its version outside the compression', async () => {
    expect(await encode(firstPage)).toMatch(/^#p=1\.[\w-]+$/);
  });

  it('is left alone when it is none of ours', async () => {
    expect(await decode('')).toBeUndefined();
    expect(await decode('#section')).toBeUndefined();
  });

  it('never throws, however it is damaged', async () => {
    const whole = await encode(firstPage);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.string({ maxLength: 4 }), async (at, noise) => {
        const decoded = await decode(whole.slice(0, at) + noise + whole.slice(at + 1));
        if (decoded && 'state' in decoded) expect(readPage(decoded.state)).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });

  it('says that it is damaged', async () => {
    expect(await errorOf('#p=')).toContain('damaged');
    expect(await errorOf('#p=1.')).toContain('damaged');
    expect(await errorOf('#p=1.%%%')).toContain('damaged');
    expect(await errorOf('#p=1.AAAA')).toContain('damaged');
    expect(await errorOf(packed('not json'))).toContain('damaged');
    expect(await errorOf(packed('[1,2]'))).toContain('damaged');
    expect(await errorOf(packed('{"view":"train"}'))).toContain('damaged');
    expect(await errorOf(packed('{"view":"admin","request":{}}'))).toContain('damaged');
    expect(await errorOf(packed(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])))).toContain('damaged');
  });

  it('says that it comes from a newer planner', async () => {
    expect(await errorOf(packed('{}', 2))).toContain('newer');
  });

  it('is refused when it would not end', async () => {
    expect(await errorOf(`#p=1.${'A'.repeat(200_000)}`)).toContain('too large');
    const bomb = packed(`{"request":{"model":"${'a'.repeat(20_000_000)}"}}`);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await errorOf(bomb)).toContain('too large');
  });

  it('cannot reach a prototype', async () => {
    const state = await stateOf(
      packed('{"request":{"__proto__":{"polluted":1},"gpus":8,"model":{"__proto__":{"polluted":1}}}}'),
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((state.request as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(state.request)).toBe(Object.prototype);
    expect(state.request.gpus).toBe(8);
  });

  it('takes nothing but what the schema names', async () => {
    const state = await stateOf(
      packed('{"request":{},"theme":"x","map":["tp","pp"],"plan":{"strategy":{"tp":1},"gpus":8,"x":1}}'),
    );
    expect(state).toEqual({ view: 'train', request: {}, map: ['tp', 'pp'], plan: { strategy: { tp: 1 }, gpus: 8 } });
  });
});

describe('fixtures', () => {
  const folder = path.join(import.meta.dirname, 'fixtures');
  const files = readdirSync(folder);

  it('exist for every version', () => {
    expect(files.map((f) => Number(/^v(\d+)\./.exec(f)?.[1]))).toContain(1);
  });

  it.each(files)('%s opens as it always did', async (file) => {
    const { link, state } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    expect(await stateOf(link)).toEqual(state);
  });
});
