// The values a slider steps through. The window moves only in jumps, so that it stays still while someone drags.

import { type Question, withField } from './question';

/** More than any field takes. */
const mostValue = 1e9;

export type ScaleName = 'gpus' | 'seq_length' | 'gbs';

export interface Scale {
  name: ScaleName;
  values(now: number): number[];
}

/** Powers of two and, between them, halfway: 8, 12, 16, 24, ... from low to high. */
function ladder(low: number, high: number): number[] {
  const values: number[] = [];
  for (let power = 1; power <= high; power *= 2)
    for (const value of [power, power * 1.5])
      if (Number.isInteger(value) && value >= low && value <= high) values.push(value);
  return values;
}

/** A window of a factor of 128 around a value; it begins at a power of four. */
function windowAround(value: number, least: number): [number, number] {
  const now = Math.min(value, mostValue);
  const low = Math.max(least, 4 ** Math.floor(Math.log2(Math.max(now, 1)) / 2 - 1.5));
  return [low, low * 128];
}

const withNow = (values: number[], now: number) =>
  [...new Set([...values, now])].filter((v) => v >= 1).sort((a, b) => a - b);

export const scales: readonly Scale[] = [
  {
    name: 'gpus',
    values(now) {
      const [low, high] = windowAround(now, 8);
      return withNow(
        ladder(low, high).filter((n) => n % 8 === 0),
        now,
      );
    },
  },
  {
    name: 'seq_length',
    values(now) {
      const [low, high] = windowAround(now, 256);
      return withNow(
        ladder(low, high).filter((n) => Number.isInteger(Math.log2(n))),
        now,
      );
    },
  },
  {
    name: 'gbs',
    values(now) {
      const [low, high] = windowAround(now, 1);
      return withNow(
        ladder(low, high).filter((n) => Number.isInteger(Math.log2(n))),
        now,
      );
    },
  },
];

/** What a scent rests on: the question without the number that the slider changes. */
export const scentBase = (question: Question, name: ScaleName): string =>
  JSON.stringify(withField(question, name, undefined));

/** Fewer values, evenly taken, with the present one among them. */
export function thinned(values: readonly number[], now: number, most: number): number[] {
  const every = Math.ceil(values.length / Math.max(most, 1));
  const offset = values.indexOf(now) % every;
  return values.filter((_, i) => i % every === offset);
}
