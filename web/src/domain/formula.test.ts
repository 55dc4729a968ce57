import { describe, expect, it } from 'vitest';
import { loadCore } from '../../scripts/core.mjs';
import { evaluate, readFormula } from './formula';
import type { ExplainResponse } from './responses.generated';

describe('a formula', () => {
  it.each([
    ['2 * (p - 1) / v', 2 * 7 * (1 / 5)],
    ['p / v / 2', 8 / 5 / 2],
    ['-p + 10', 2],
    ['p - v - 1', 2],
    ['max(p, min(v, 100)) * 1.5e1', 120],
    ['1 / (1 + exp(-v * ln(p / 8)))', 0.5],
    ['smooth_max(0, p)', 8],
  ])('%s is read and worked out', (text, value) => {
    expect(evaluate(readFormula(text), { p: 8, v: 5 })).toBeCloseTo(value, 10);
  });

  it.each(['', 'p +', '(p', 'p)', 'p $ v', 'max(p', '* p'])("'%s' is none", (text) => {
    expect(() => readFormula(text)).toThrow(/^The formula/);
  });

  it('multiplies what stands after a division as well', () => {
    expect(readFormula('a / b * c')).toEqual({
      kind: 'product',
      over: [
        { kind: 'symbol', name: 'a' },
        { kind: 'symbol', name: 'c' },
      ],
      under: [{ kind: 'symbol', name: 'b' }],
    });
  });
});

const common = { gpu: 'h100', gpus: 64, seq_length: 8192, gbs: 128, mbs: 1 };
const plans = [
  { ...common, model: 'llama-3.1-70b', tp: 4, pp: 8, vpp: 5, dp: 2, recompute: 'full' },
  { ...common, model: 'llama-3.1-70b', dp: 64, sharding: 'fsdp', stack: 'torchtitan' },
  { ...common, model: 'llama-3.1-8b', seq_length: 131072, tp: 8, cp: 8, dp: 1 },
  { ...common, model: 'mixtral-8x7b', tp: 2, pp: 4, dp: 8, ep: 8 },
  { ...common, model: 'deepseek-v3', gpus: 512, gbs: 2048, tp: 1, pp: 8, dp: 64, ep: 64 },
];

it.each(plans)('every formula of $model says the value that stands beside it', async (plan) => {
  const core = await loadCore();
  const reply = core.handle('explain', JSON.stringify(plan));
  expect(reply.kind, reply.json).toBe(0);
  const { quantities } = JSON.parse(reply.json) as ExplainResponse;
  expect(quantities.length).toBeGreaterThan(20);
  const ids = new Set(quantities.map((q) => q.id));
  for (const q of quantities) {
    const value = evaluate(readFormula(q.formula), Object.fromEntries(q.terms.map((t) => [t.symbol, t.value])));
    // Answers carry nine digits; differences of large terms keep fewer.
    expect(Math.abs(value - q.value), `${q.id} = ${q.formula}`).toBeLessThanOrEqual(1e-5 * Math.abs(q.value) + 1e-12);
    for (const t of q.terms) if (t.id) expect(ids.has(t.id), `${q.id} refers to ${t.id}`).toBe(true);
  }
});
