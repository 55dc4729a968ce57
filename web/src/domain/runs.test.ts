import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsBehind } from './evidence';
import type { AccuracyRow } from './responses.generated';
import { countsOf, groupsOf, matching, nameOf, runsOf, summarise, worstFirst } from './runs';

const row = (id: string, measured: number, predicted: number, rest: Partial<AccuracyRow> = {}): AccuracyRow => ({
  id,
  model: 'm',
  gpu: 'h100-sxm-80',
  gpus: 8,
  precision: 'bf16',
  stack: 's',
  kind: 'k',
  architecture: 'dense',
  family: 'nanotron',
  step_time_s: predicted,
  measured_step_time_s: measured,
  step_time_error_pct: 100 * (predicted / measured - 1),
  step_time_interval_s: [0.9 * predicted, 1.1 * predicted],
  memory_interval_gib: [],
  counts_for_step_time: true,
  counts_for_memory: false,
  ...rest,
});

const rows = [
  row('a', 10, 11),
  row('b', 10, 9, { gpu: 'b200-sxm-180' }),
  row('c', 10, 20, { architecture: 'moe', family: 'mbridge' }),
  row('d', 10, 5, { counts_for_step_time: false }),
];

describe('runs', () => {
  it('are the rows that measured the quantity', () => {
    expect(runsOf(rows, 'step_time').map((r) => r.row.id)).toEqual(['a', 'b', 'c']);
    expect(runsOf(rows, 'memory')).toEqual([]);
  });

  it('pass where every facet lets them through, and an empty facet lets all', () => {
    const runs = runsOf(rows, 'step_time');
    expect(matching(runs, {})).toHaveLength(3);
    expect(matching(runs, { gpu: [] })).toHaveLength(3);
    expect(matching(runs, { gpu: ['h100-sxm-80'], architecture: ['moe'] }).map((r) => r.row.id)).toEqual(['c']);
  });

  it('are found by every word that is typed', () => {
    const runs = runsOf(rows, 'step_time');
    expect(matching(runs, {}, 'B200 m').map((r) => r.row.id)).toEqual(['b']);
    expect(matching(runs, {}, ' nobody ')).toEqual([]);
  });

  it('are counted as what one more tick would show', () => {
    const runs = runsOf(rows, 'step_time');
    expect(countsOf(runs, {}, 'source')).toEqual([
      ['nanotron', 2],
      ['mbridge', 1],
    ]);
    expect(countsOf(runs, { gpu: ['b200-sxm-180'] }, 'source')).toEqual([
      ['nanotron', 1],
      ['mbridge', 0],
    ]);
  });

  it('are worst where a factor is largest, above or below', () => {
    expect(worstFirst(runsOf([row('x', 10, 16), row('y', 10, 5)], 'step_time')).map((r) => r.row.id)).toEqual([
      'y',
      'x',
    ]);
  });
});

describe('summaries', () => {
  it('say median, mean, nine tenths, bias and coverage', () => {
    const s = summarise(runsOf(rows, 'step_time'));
    expect(s?.n).toBe(3);
    expect(s?.median).toBeCloseTo(10);
    expect(s?.mean).toBeCloseTo(40);
    expect(s?.p90).toBeCloseTo(82);
    expect(s?.bias).toBeCloseTo(10);
    expect(s?.coverage).toBeCloseTo(100 / 3);
    expect(summarise([])).toBeUndefined();
  });

  it('lie between the least and the largest error', () => {
    const errors = fc.array(fc.double({ min: 0.2, max: 5, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(errors, (ratios) => {
        const runs = runsOf(
          ratios.map((r, i) => row(String(i), 1, r)),
          'step_time',
        );
        const sizes = runs.map((r) => Math.abs(r.error));
        const s = summarise(runs);
        expect(s?.median).toBeGreaterThanOrEqual(Math.min(...sizes) - 1e-9);
        expect(s?.p90).toBeGreaterThanOrEqual((s?.median ?? 0) - 1e-9);
        expect(s?.p90).toBeLessThanOrEqual(Math.max(...sizes) + 1e-9);
      }),
    );
  });

  it('of groups hold every run once', () => {
    const groups = groupsOf(runsOf(rows, 'step_time'), 'architecture');
    expect(groups.map((g) => [g.name, g.n])).toEqual([
      ['dense', 2],
      ['moe', 1],
    ]);
  });
});

it('names GPUs and sources as people do, and leaves others as they are', () => {
  expect(nameOf('gpu', 'h100-sxm-80')).toBe('H100 SXM 80');
  expect(nameOf('source', 'llmfoundry')).toBe('llm-foundry tables');
  expect(nameOf('source', 'our cluster')).toBe('our cluster');
});

it('knows the runs behind every basis that the core states', () => {
  const file = path.join(import.meta.dirname, '../../../presets/calibration/intervals.json');
  const classes = JSON.parse(readFileSync(file, 'utf8')) as { basis: string }[];
  for (const { basis } of classes) expect(runsBehind(basis), basis).toBeDefined();
});
