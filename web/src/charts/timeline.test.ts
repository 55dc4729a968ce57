import { describe, expect, it } from 'vitest';
import type { TimelineResponse } from '../domain';
import { blocks, endOf, firstSpan, strengthOf, strips, tail, timeTicks, within, zoomed } from './timeline';

const t = {
  chunks: 2,
  simulated_s: 10,
  dp_s: 1,
  optimizer_s: 0.5,
  other_s: 0,
  events: {
    stage: [0, 0, 1, 1],
    chunk: [0, 1, 0, 1],
    microbatch: [0, 0, 12, 0],
    kind: ['forward', 'backward', 'forward', 'weight_gradient'],
    start_s: [0, 5, 1, 7],
    end_s: [4, 9, 4, 8],
  },
} as unknown as TimelineResponse;
const g = { width: 100, rowHeight: 20, rowGap: 2 };

describe('blocks', () => {
  it('stand where their time is, on the row of their stage', () => {
    const all = blocks(t, { from: 0, to: 10 }, 0.25, g);
    expect(all.map((b) => [b.x, b.y, b.fill])).toEqual([
      [0, 0, 'forward'],
      [50, 0, 'backward'],
      [10, 22, 'forward'],
      [70, 22, 'wgrad'],
    ]);
    expect(all[1]?.recompute).toBeCloseTo(10);
    expect(all[0]?.recompute).toBe(0);
  });

  it('are cut at the ends of what is shown, and numbered where there is room', () => {
    const all = blocks(t, { from: 3, to: 6 }, 0, g);
    expect(all.map((b) => b.index)).toEqual([0, 1, 2]);
    expect(all[0]?.x).toBe(0);
    for (const b of all) expect(b.x + b.width).toBeLessThanOrEqual(100);
    expect(blocks(t, { from: 0, to: 100 }, 0, g).map((b) => b.label)).toEqual(['', '', '', '']);
  });

  it('of later chunks are fainter', () => {
    expect(strengthOf(0, 5)).toBe(1);
    expect(strengthOf(4, 5)).toBeCloseTo(0.55);
    expect(strengthOf(0, 1)).toBe(1);
  });
});

it('the step ends with what all stages do together', () => {
  expect(tail(t).map((p) => [p.label, p.span.from, p.span.to])).toEqual([
    ['DP', 10, 11],
    ['optimizer', 11, 11.5],
  ]);
  expect(endOf(t)).toBe(11.5);
});

it('the strip has one path for each stage and kind', () => {
  expect(strips(t, g).map((s) => s.key)).toEqual(['0 forward', '0 backward', '1 forward', '1 weight_gradient']);
});

describe('a stretch', () => {
  it('is all of a short step', () => expect(firstSpan(t)).toEqual({ from: 0, to: 11.5 }));

  it('stays inside the step', () => {
    expect(within({ from: -1, to: 2 }, 10)).toEqual({ from: 0, to: 3 });
    expect(within({ from: 9, to: 12 }, 10)).toEqual({ from: 7, to: 10 });
    expect(within({ from: -5, to: 50 }, 10)).toEqual({ from: 0, to: 10 });
  });

  it('is zoomed around a time', () => {
    const z = zoomed({ from: 2, to: 6 }, 0.5, 4, 10);
    expect(z).toEqual({ from: 3, to: 5 });
    expect(zoomed(z, 100, 4, 10)).toEqual({ from: 0, to: 10 });
  });

  it('has round ticks', () => {
    expect(timeTicks({ from: 0, to: 1.2 }, 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]);
    expect(timeTicks({ from: 3.31, to: 3.45 }, 4)).toEqual([3.35, 3.4, 3.45]);
  });
});
