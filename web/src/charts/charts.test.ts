import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell, Memory, StageMemory, Time } from '../domain';
import { cellKey, fitMap, usedAxes } from './map';
import { memoryLayout, stageName } from './memory';
import { frontier, type Point, paretoData, paretoSpec, roomOf } from './pareto';
import { scentShape, scentText } from './scent';
import { timeParts } from './steptime';
import { ticks } from './ticks';

const stage = (i: number, activations: number): StageMemory => ({
  stage: i,
  layers: 10,
  reserved_gib: 16 + activations,
  allocated_gib: 14 + activations,
  parameters_gib: 4,
  gradients_gib: 4,
  optimizer_gib: 6,
  activations_gib: activations,
  buffers_gib: 1,
  overhead_gib: 1,
  microbatches_in_flight: 1,
});

function memory(stages: number, capacity = 80): Memory {
  const all = Array.from({ length: stages }, (_, i) => stage(i, 40 - (i * 30) / stages));
  return {
    peak_gib: 56,
    allocated_gib: 54,
    capacity_gib: capacity,
    usable_gib: capacity - 4,
    worst_stage: 0,
    stages: all,
  };
}

describe('memory by stage', () => {
  it('draws every part to scale, in the height there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), fc.integer({ min: 200, max: 900 }), (n, width) => {
        const layout = memoryLayout(memory(n), width, 160, 96, 62);
        expect(layout.bars).toHaveLength(n);
        expect(layout.bottom).toBeLessThanOrEqual(160.001);
        for (const bar of layout.bars) {
          expect(bar.end).toBeCloseTo(96 + bar.stage.reserved_gib * layout.scale, 6);
          expect(bar.end).toBeLessThanOrEqual(layout.right + 0.001);
          expect(bar.height).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('always names the worst stage, and no two in one place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), fc.nat(127), (n, worst) => {
        const layout = memoryLayout({ ...memory(n), worst_stage: worst % n }, 400, 160, 96, 62);
        const named = layout.bars.filter((b) => b.isNamed);
        expect(named.some((b) => b.isWorst)).toBe(true);
        for (const [i, b] of named.entries())
          if (i > 0) expect(b.y - (named[i - 1]?.y ?? 0)).toBeGreaterThanOrEqual(12.9);
      }),
    );
  });

  it('shows capacity inside the scale where bars go past it', () => {
    const layout = memoryLayout(memory(4, 40), 400, 160, 96, 62);
    expect(layout.capacityX).toBeLessThan(layout.right);
    expect(layout.usableX).toBeLessThan(layout.capacityX);
  });

  it('names the stages with the embedding and the head', () => {
    expect([0, 1, 3].map((i) => stageName(i, 4))).toEqual(['embed 0', '1', 'head 3']);
    expect(stageName(0, 1)).toBe('all');
  });
});

describe('ticks', () => {
  it('are round and end inside', () => {
    expect(ticks(75.7, 4)).toEqual([0, 20, 40, 60]);
    expect(ticks(0.07, 4)).toEqual([0, 0.02, 0.04, 0.06]);
    expect(ticks(0, 4)).toEqual([0]);
  });
});

const time: Time = {
  step_time_s: 10,
  forward_s: 3,
  backward_s: 5,
  recompute_s: 0,
  head_s: 0,
  tp: { total_s: 2, exposed_s: 1 },
  cp: { total_s: 0, exposed_s: 0 },
  ep: { total_s: 0, exposed_s: 0 },
  pp: { total_s: 0.5, exposed_s: 0 },
  dp: { total_s: 0.2, exposed_s: 0.1 },
  bubble_s: 0.4,
  wait_for_head_s: 0.3,
  host_s: 1e-9,
  optimizer_s: 0.1,
  other_s: 0.05,
  stragglers_s: 0.05,
};

describe('step time', () => {
  const { parts, absent } = timeParts(time);

  it('has parts that make the step', () => {
    expect(parts.reduce((sum, p) => sum + p.exposed, 0)).toBeCloseTo(10, 6);
    expect(parts.reduce((sum, p) => sum + p.share, 0)).toBeCloseTo(1, 6);
  });

  it('keeps hidden communication and leaves out what is next to nothing', () => {
    expect(parts.map((p) => p.label)).toContain('PP');
    expect(absent).toEqual(['LM head', 'Recompute', 'CP', 'EP', 'Activations to the host', 'Host']);
  });
});

const cell = (tp: number, pp: number, cp: number, speed?: number, over?: number): Cell => ({
  gpus: 64,
  tp,
  pp,
  cp,
  ep: 1,
  fits: speed !== undefined,
  ...(speed !== undefined && { tokens_per_s_per_gpu: speed }),
  ...(over !== undefined && { over_gib: over }),
});

describe('the map', () => {
  const cells = [
    cell(1, 1, 1, undefined, 90),
    cell(1, 1, 2, undefined, 50),
    cell(2, 1, 1, 900),
    cell(2, 1, 2, 1000),
    cell(2, 2, 1, 500),
  ];

  it('takes the best of what fits and the nearest of what does not', () => {
    const map = fitMap(cells, 64, ['tp', 'pp']);
    expect(map.cells.get(cellKey(1, 1))).toMatchObject({ speed: undefined, over: 50 });
    expect(map.cells.get(cellKey(2, 1))).toMatchObject({ speed: 1000, level: 5 });
    expect(map.cells.get(cellKey(2, 2))).toMatchObject({ speed: 500, level: 1 });
    expect(map.cells.has(cellKey(1, 2))).toBe(false);
    expect([map.rows, map.columns]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('is of one cluster size', () => {
    expect(fitMap(cells, 32, ['tp', 'pp']).cells.size).toBe(0);
  });

  it('knows along which axes plans differ', () => {
    expect(usedAxes(cells, ['tp', 'pp', 'cp', 'ep'])).toEqual(['tp', 'pp', 'cp']);
  });
});

const point = (key: string, cost: number | null, speed: number, gpus = 64): Point => ({
  key,
  gpus,
  cost,
  peak: 100 / speed,
  speed,
  free: 10,
  room: 2,
  text: key,
});

describe('speed against cost', () => {
  it('has a frontier that nothing beats', () => {
    const somePoints = fc.array(
      fc
        .record({ cost: fc.integer({ min: 1, max: 50 }), speed: fc.integer({ min: 1, max: 50 }) })
        .map(({ cost, speed }) => point(`${cost} ${speed}`, cost, speed)),
    );
    fc.assert(
      fc.property(somePoints, (all) => {
        const front = frontier(all, 'cost');
        for (const f of front)
          expect(
            all.some(
              (p) => (p.cost ?? 0) <= (f.cost ?? 0) && p.speed >= f.speed && (p.cost !== f.cost || p.speed !== f.speed),
            ),
          ).toBe(false);
        for (const p of all) expect(front.some((f) => (f.cost ?? 0) <= (p.cost ?? 0) && f.speed >= p.speed)).toBe(true);
      }),
    );
  });

  it('leaves out what costs several times the least, and says how many', () => {
    const all = [point('a', 1, 10), point('b', 1.9, 9), point('c', 8, 1)];
    expect(paretoData(all, undefined, 'cost')).toMatchObject({ beyond: 1, points: [{ key: 'a' }, { key: 'b' }] });
    expect(paretoData(all, 'c', 'cost').beyond).toBe(0);
    expect(paretoData(all, undefined, 'memory').beyond).toBe(0);
  });

  it('names a curve at its end, where there are several', () => {
    const all = [point('a', 1, 10), point('b', 1.5, 7), point('c', 1.2, 5, 32)];
    expect(paretoData(all, undefined, 'cost').ends.map((p) => p.key)).toEqual(['b', 'c']);
    expect(paretoData(all.slice(0, 2), undefined, 'cost').ends).toEqual([]);
  });

  it('does without plans that have no price', () => {
    expect(paretoData([point('a', null, 1)], undefined, 'cost').points).toEqual([]);
    expect(paretoData([point('a', null, 1)], undefined, 'memory').points).toHaveLength(1);
  });

  it('bins free memory', () => {
    expect([0, 3.9, 4, 8, 16, 32, 100].map(roomOf)).toEqual([0, 0, 1, 2, 3, 4, 4]);
  });

  it('reads every colour from the tokens', () => {
    for (const reading of ['cost', 'memory'] as const)
      expect(JSON.stringify(paretoSpec(reading))).not.toMatch(/#[0-9a-f]{6}/i);
  });
});

describe('a scent', () => {
  it('hatches where nothing fits, up to midway to what does', () => {
    const { hatched, line } = scentShape([0, 0.25, 0.5, 0.75, 1], [null, null, 100, 80, null]);
    expect(hatched).toEqual([
      [0, 93],
      [217, 248],
    ]);
    expect(line).toMatch(/^M124\.0 3\.0L186\.0/);
  });

  it('leaves a gap where nothing is known', () => {
    expect(scentShape([0, 1], [undefined, undefined])).toEqual({ line: '', area: '', hatched: [] });
  });

  it('says it in words', () => {
    const text = (speeds: (number | null | undefined)[]) => scentText([8, 16, 32, 64], speeds, String);
    expect(text([null, null, 5, 6])).toBe('nothing fits at 16');
    expect(text([5, 6, null, null])).toBe('fits at 16, not at 32');
    expect(text([null, 5, 6, null])).toBe('nothing fits at 8; fits at 32, not at 64');
    expect(text([null, null, null, null])).toBe('nothing fits at any of these');
    expect(text([1, 2, 3, undefined])).toBe('');
  });
});
