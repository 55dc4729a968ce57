// Legal values that a problem of a request points at, to be offered as buttons beside the field.
import type { Json } from '../domain/json';
import type { Problem } from '../engine/errors';

const quoted = /'([^']+)'/g;

function multiplesAround(value: number, of: number): number[] {
  const below = Math.floor(value / of) * of;
  return [below, below + of].filter((n) => n > 0);
}

/** The field of a path such as /tp/0. */
export const fieldOf = (problem: Problem): string => problem.field.split('/')[1] ?? '';

export function neighbours(problem: Problem, value: Json | undefined): Json[] {
  const hint = problem.hint ?? '';
  if (hint.startsWith('Did you mean')) return [...hint.matchAll(quoted)].map((m) => m[1] ?? '');
  const multiple = /multiple of (\d+)/.exec(hint);
  if (multiple && typeof value === 'number') return multiplesAround(value, Number(multiple[1]));
  const either = /^Use ([\w-]+) or ([\w-]+)\.$/.exec(hint);
  if (either) return [either[1] ?? '', either[2] ?? ''];
  const range = /a number from ([\d.]+) to ([\d.]+)/.exec(problem.error);
  if (range && typeof value === 'number') return [value < Number(range[1]) ? Number(range[1]) : Number(range[2])];
  return [];
}

/** Another field that a hint says to set or to leave out. */
export function otherField(problem: Problem): string | undefined {
  return /\bset (\w+)\.$/.exec(problem.hint ?? '')?.[1];
}
