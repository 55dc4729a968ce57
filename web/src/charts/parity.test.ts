import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import type { Run } from '../domain/runs';
import { errorSpec, extent, logTicks, parityData, paritySpec, series, seriesOf } from './parity';

const run = (id: string, measured: number, predicted: number, family = 'nanotron'): Run =>
  ({
    row: { id, model: 'm', gpu: 'g', gpus: 8, family, source: 's' },
    measured,
    predicted,
    error: 100 * (predicted / measured - 1),
    low: 0,
    high: 0,
  }) as Run;

const runs = [run('a', 1, 1.1), run('b', 100, 20), run('c', 4, 12, 'vtrain')];

describe('the parity chart', () => {
  it.each(['step_time', 'memory'] as const)('compiles for %s without a warning', (quantity) => {
    const warnings: unknown[] = [];
    const keep = (...all: unknown[]) => warnings.push(...all);
    const logger = { level: () => 0, error: keep, warn: keep, info: keep, debug: keep } as never;
    for (const spec of [paritySpec(quantity, [0.1, 100]), errorSpec(quantity, [0.1, 100])]) compile(spec, { logger });
    expect(warnings).toEqual([]);
  });

  it('keeps far misses at the edge, and counts them', () => {
    const data = parityData(runs, 'c');
    expect(data.beyond).toBe(2);
    expect(data.dots.map((d) => d.ratio)).toEqual([1.1, 0.5, 2]);
    expect(data.chosen.map((d) => d.id)).toEqual(['c']);
    expect(data.dots[1]?.error).toBe('−80.0 %');
  });

  it('shows every reading', () => {
    const [low, high] = extent(runs);
    for (const r of runs)
      for (const x of [r.measured, r.predicted]) {
        expect(x).toBeGreaterThan(low);
        expect(x).toBeLessThan(high);
      }
    expect(extent([])).toEqual([0.1, 10]);
  });

  it('has few round ticks', () => {
    expect(logTicks([0.05, 500])).toEqual([0.1, 0.3, 1, 3, 10, 30, 100, 300]);
    expect(logTicks([0.8, 40])).toEqual([1, 2, 5, 10, 20]);
  });
});

it('gives each series a hue and a shape of its own, and the rest the last', () => {
  expect(new Set(series.map((s) => s.color)).size).toBe(series.length);
  expect(new Set(series.map((s) => s.shape)).size).toBe(series.length);
  expect(seriesOf('vtrain')).toBe(1);
  expect(seriesOf('anyone')).toBe(series.length - 1);
  expect(seriesOf(undefined)).toBe(series.length - 1);
});
