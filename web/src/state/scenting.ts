// What becomes of the best speed if one number of the question changed.
import type { Question } from './question';
import { type Scale, scentBase, thinned } from './scales';
import type { Scent } from './store';

type Speed = number | null | undefined;

/** What becomes of the best speed along one scale, around what is asked. */
export async function scent(
  question: Question,
  scale: Scale,
  most: number,
  best: (question: Question) => Promise<Speed>,
): Promise<Scent | undefined> {
  const now = question[scale.name];
  if (typeof now !== 'number') return undefined;
  const values = thinned(scale.values(now), now, most);
  const speeds: Speed[] = [];
  for (const value of values) speeds.push(await best({ ...question, [scale.name]: value }));
  return { base: scentBase(question, scale.name), values, speeds };
}
