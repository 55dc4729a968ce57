import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallerSizes } from './exploring';
import { scales } from './scales';
import { thinned } from './scenting';

describe.each(scales)('the scale of $name', ({ values }) => {
  it('holds the present value, goes up and has few steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (now) => {
        const all = values(now);
        expect(all).toContain(now);
        expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
        expect(all.length).toBeGreaterThan(4);
        expect(all.length).toBeLessThan(24);
      }),
    );
  });

  it('ends, whatever a link says', () => {
    expect(values(Number.MAX_VALUE).length).toBeLessThan(24);
  });
});

it('a thinned scale keeps the present value', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 8, max: 4096 }), (most, now) => {
      const all = scales[0]?.values(now) ?? [];
      const few = thinned(all, now, most);
      expect(few).toContain(now);
      expect(few.length).toBeLessThanOrEqual(Math.max(most, 1));
    }),
  );
});

it('smaller sizes fill nodes of eight and are smaller', () => {
  expect(smallerSizes(64)).toEqual([48, 32, 24, 16, 8]);
  expect(smallerSizes(8)).toEqual([]);
  for (const size of smallerSizes(16384)) expect(size % 8).toBe(0);
});
