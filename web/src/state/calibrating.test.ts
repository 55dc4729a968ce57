import { describe, expect, it } from 'vitest';
import { calibrateRequest } from './calibrating';
import { isTable, type RunsText } from './runs';

const head = 'model,gpu,gpus,step_time_s';
const log = ' [2026-01-01] iteration 10/ 100 | elapsed time per iteration (ms): 900.1 | global batch size: 128 |';
const text = (id: number, own: Partial<RunsText>): RunsText => ({ id, name: '', text: '', plan: '', ...own });

describe('a text of runs', () => {
  it.each([
    [`${head}\nllama,h100,8,3.2`, true],
    [`\n${head}`, true],
    [log, false],
    ['# nThread 1 nGpus 8 minBytes 8 maxBytes 8589934592, a, b, c', false],
    ['[titan] step: 10  loss: 7.1  memory: 40.2GiB(51%)  tps: 7,812  tflops: 452.1', false],
    ['', false],
  ])('is a table or not: %s', (given, expected) => expect(isTable(given)).toBe(expected));
});

describe('the request', () => {
  it('is none without a text', () => expect(calibrateRequest([text(1, { text: ' ' })], '')).toBeUndefined());

  it('of one table is that table', () => {
    expect(calibrateRequest([text(1, { text: head })], ' ours ')).toEqual({
      request: { runs: head, name: 'ours' },
      places: { '': 1 },
    });
  });

  it('of one log carries what ran', () => {
    expect(calibrateRequest([text(1, { text: log, plan: '{"model":"llama-3.1-8b"}' })], '')).toMatchObject({
      request: { runs: log, run: { model: 'llama-3.1-8b' } },
    });
  });

  it('of several logs and tables keeps them apart, and knows where each stands', () => {
    const texts = [
      text(1, { text: `${head}\na` }),
      text(2, { text: log, plan: '{}', name: 'x.log' }),
      text(3, { text: `${head}\nb` }),
    ];
    expect(calibrateRequest(texts, '')).toEqual({
      request: { runs: `${head}\na\nb`, logs: [{ log, run: {}, id: 'x.log' }] },
      places: { '/runs': 1, '/logs/0': 2 },
    });
  });

  it('says what is wrong beside the text', () => {
    expect(calibrateRequest([text(7, { text: log, plan: '{' })], '')).toMatchObject({ problem: { textId: 7 } });
    const texts = [text(1, { text: head }), text(2, { text: 'other,columns,than,those' })];
    expect(calibrateRequest(texts, '')).toMatchObject({ problem: { textId: 2 } });
  });
});
