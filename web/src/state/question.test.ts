import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestFields } from '../domain/fields.generated';
import { readField as read, readConfig, textOf, withField } from './question';

const readField = (name: string, text: string) => read(name, text, requestFields);

describe('a field', () => {
  it('reads numbers as people write them', () => {
    expect(readField('gpus', '64')).toBe(64);
    expect(readField('gpus', ' 16,384 ')).toBe(16384);
    expect(readField('usd_per_gpu_hour', '2.50')).toBe(2.5);
  });

  it('keeps what it cannot read, letter for letter', () => {
    for (const text of ['64x', '1,6384', '8k', '1e3', '0x10', '٦٤', '9007199254740993', '1.2.3', '-'])
      expect(readField('gpus', text)).toBe(text);
  });

  it('is left out where it is empty', () => {
    expect(readField('gpus', '  ')).toBeUndefined();
    expect(readField('tp', '')).toBeUndefined();
  });

  it('reads lists with commas, semicolons or spaces', () => {
    expect(readField('tp', '4, 8')).toEqual([4, 8]);
    expect(readField('tp', '4;8 16')).toEqual([4, 8, 16]);
    expect(readField('tp', '4, x')).toEqual([4, 'x']);
  });

  it('shows the number that it read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (n) => {
        expect(readField('gpus', textOf(n))).toBe(n);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1 }), (list) => {
        expect(readField('tp', textOf(list))).toEqual(list);
      }),
    );
  });

  it('never loses what was typed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = readField('gpus', text);
        if (typeof value === 'string') expect(textOf(value)).toBe(text.trim());
      }),
    );
  });
});

it('withField leaves the others and their order alone', () => {
  const question = { model: 'a', gpus: 8, gbs: 1 };
  expect(withField(question, 'gpus', undefined)).toEqual({ model: 'a', gbs: 1 });
  expect(withField(question, 'gpus', 16)).toEqual({ model: 'a', gpus: 16, gbs: 1 });
  expect(question.gpus).toBe(8);
});

it('readConfig says what is wrong', () => {
  expect(readConfig('{"hidden_size": 4096}')).toEqual({ config: { hidden_size: 4096 } });
  expect(readConfig('[]')).toEqual({ error: expect.stringContaining('not an object') });
  expect(readConfig('{"hidden_size": ')).toEqual({ error: expect.stringContaining('not JSON') });
});
