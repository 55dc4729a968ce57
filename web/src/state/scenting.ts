// What becomes of the best speed if one number of the question changed.
import type { Question } from './question';
import type { Scale } from './scales';
import type { Scent } from './store';

/** Fewer values, evenly taken, with the present one among them. */
export function thinned(values: readonly number[], now: number, most: number): number[] {
  const every = Math.ceil(values.length / Math.max(most, 1));
  const offset = values.indexOf(now) % every;
  return values.filter((_, i) => i % every === offset);
}

type Speed = number | null | undefined;

/** What becomes of the best speed along one scale, around what is asked. */
export async function scent(
  question: Question,
  scale: Scale,
  most: number,
  baseOf: (question: Question, name: string) => string,
  best: (question: Question) => Promise<Speed>,
): Promise<Scent | undefined> {
  const now = question[scale.name];
  if (typeof now !== 'number') return undefined;
  const values = thinned(scale.values(now), now, most);
  const speeds: Speed[] = [];
  for (const value of values) speeds.push(await best({ ...question, [scale.name]: value }));
  return { base: baseOf(question, scale.name), values, speeds };
}
