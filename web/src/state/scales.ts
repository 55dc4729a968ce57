// The values a slider steps through. The window moves only in jumps, so that it stays still while someone drags.

import { type Question, withField } from './question';

/** More than any field takes. */
const mostValue = 1e9;

export interface Scale {
  name: string;
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

/** Those of a ladder that are `whole`. */
const scale = (name: string, least: number, whole: (n: number) => boolean): Scale => ({
  name,
  values: (now) => withNow(ladder(...windowAround(now, least)).filter(whole), now),
});
export const powersOfTwo = (name: string, least: number) => scale(name, least, (n) => Number.isInteger(Math.log2(n)));

export const gpuScale = scale('gpus', 8, (n) => n % 8 === 0);
export const scales: readonly Scale[] = [gpuScale, powersOfTwo('seq_length', 256), powersOfTwo('gbs', 1)];

/** What a scent rests on: the question without the number that the slider changes. */
export const scentBase = (question: Question, name: string): string =>
  JSON.stringify(withField(question, name, undefined));
