// Undo and redo of whole states. Changes of the same thing in quick succession are one step.

export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** What changed last, and when. */
  last: { what: string; at: number } | undefined;
}

const mostSteps = 200;
const togetherMs = 1_500;

export const startHistory = <T>(present: T): History<T> => ({ past: [], present, future: [], last: undefined });

export function change<T>(h: History<T>, present: T, what: string, at: number): History<T> {
  const continues = h.last?.what === what && at - h.last.at < togetherMs && h.past.length > 0;
  const past = continues ? h.past : [...h.past, h.present].slice(-mostSteps);
  return { past, present, future: [], last: { what, at } };
}

export function undo<T>(h: History<T>): History<T> {
  const present = h.past.at(-1);
  if (present === undefined) return h;
  return { past: h.past.slice(0, -1), present, future: [h.present, ...h.future], last: undefined };
}

export function redo<T>(h: History<T>): History<T> {
  const [present, ...future] = h.future;
  if (present === undefined) return h;
  return { past: [...h.past, h.present], present, future, last: undefined };
}
