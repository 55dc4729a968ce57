import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAborted } from './errors';
import { type Call, search } from './search';

interface Range {
  begin: number;
  end: number;
}

/** A core whose searches have `size` combinations, of which every hundredth fits. */
function fakeCore(size: number, fits = (r: Range) => Math.floor(r.end / 100) - Math.floor(r.begin / 100)) {
  const ranges: Range[] = [];
  const operations: string[] = [];
  const call: Call = async (operation, request, _, signal) => {
    operations.push(operation);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal?.aborted) throw new DOMException('', 'AbortError');
    const body = JSON.parse(request);
    if (operation === 'recommend.size') return JSON.stringify({ size });
    if (operation === 'recommend') return JSON.stringify({ plans: ['whole'] });
    if (operation === 'recommend.merge') return JSON.stringify({ plans: body.parts });
    ranges.push(body);
    return JSON.stringify({ fits: fits(body), begin: body.begin });
  };
  return { call, ranges, operations };
}

describe('a search', () => {
  it('is one call where it is small', async () => {
    const { call, operations } = fakeCore(1000);
    const { response, partial } = await search(call, 2, { model: 'x' });
    expect(response.plans).toEqual(['whole']);
    expect(partial).toBeUndefined();
    expect(operations).toEqual(['recommend.size', 'recommend']);
  });

  it('looks at every combination once, in however many lanes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5_000_001, max: 2e9 }),
        fc.integer({ min: 1, max: 4 }),
        async (size, lanes) => {
          const { call, ranges } = fakeCore(size);
          const { partial } = await search(call, lanes, {});
          const inOrder = ranges.sort((a, b) => a.begin - b.begin);
          expect(inOrder[0]?.begin).toBe(0);
          expect(inOrder.at(-1)?.end).toBe(size);
          for (const [i, r] of inOrder.entries()) if (i > 0) expect(r.begin).toBe(inOrder[i - 1]?.end);
          expect(partial).toBeUndefined();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('says how far it is', async () => {
    const seen: number[] = [];
    const { call } = fakeCore(10_000_000);
    await search(call, 2, {}, { onProgress: ({ done }) => seen.push(done) });
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(10_000_000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('keeps the best when it is stopped', async () => {
    const stop = new AbortController();
    const { call } = fakeCore(100_000_000);
    const result = await search(
      call,
      2,
      {},
      { stop: stop.signal, onProgress: ({ done }) => done > 500_000 && stop.abort() },
    );
    expect(result.partial?.done).toBeGreaterThan(0);
    expect(result.partial?.done).toBeLessThan(100_000_000);
    expect(result.response.plans.length).toBeGreaterThan(0);
  });

  it('has nothing to keep where nothing was found before the stop', async () => {
    const stop = new AbortController();
    const { call, operations } = fakeCore(100_000_000, () => 0);
    const stopped = search(call, 1, {}, { stop: stop.signal, onProgress: ({ done }) => done > 0 && stop.abort() });
    await expect(stopped).rejects.toSatisfy(isAborted);
    expect(operations).not.toContain('recommend.merge');
  });

  it('ends at once when it is aborted', async () => {
    const controller = new AbortController();
    const { call, operations } = fakeCore(100_000_000);
    const aborted = search(
      call,
      2,
      {},
      { signal: controller.signal, onProgress: ({ done }) => done > 0 && controller.abort() },
    );
    await expect(aborted).rejects.toSatisfy(isAborted);
    expect(operations).not.toContain('recommend.merge');
  });

  it('hands over what is wrong with a request', async () => {
    const call: Call = async () => {
      throw new Error('Unknown model.');
    };
    await expect(search(call, 2, {})).rejects.toThrow('Unknown model.');
  });
});
