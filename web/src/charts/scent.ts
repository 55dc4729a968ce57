// The mark under a slider: a line of speeds, hatched where nothing fits.
export interface ScentShape {
  line: string;
  area: string;
  /** Stretches where nothing fits, as left and right ends. */
  hatched: [number, number][];
}

export const scentWidth = 248;
export const scentHeight = 22;
const top = 3;
/** The mark shows at least this share of the best speed. */
const leastBand = 0.4;

/** `positions` of the values run from 0 to 1. */
export function scentShape(positions: readonly number[], speeds: readonly (number | null | undefined)[]): ScentShape {
  const best = Math.max(0, ...speeds.map((s) => s ?? 0));
  const x = (i: number) => (positions[i] ?? 0) * scentWidth;
  const known = speeds.flatMap((s, i) => (typeof s === 'number' ? [{ i, s }] : []));
  const least = Math.min(best, ...known.map(({ s }) => s));
  // Differences are what one looks for, but a small one must not look like a large one.
  const base = Math.max(0, best - Math.max(1.5 * (best - least), leastBand * best));
  const y = (s: number) => scentHeight - 2 - ((scentHeight - 2 - top) * (s - base)) / Math.max(best - base, 1e-9);
  const line = known.map(({ i, s }, n) => `${n === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(s).toFixed(1)}`).join('');
  const [first, last] = [known[0], known.at(-1)];
  const area =
    first && last ? `${line}L${x(last.i).toFixed(1)} ${scentHeight}L${x(first.i).toFixed(1)} ${scentHeight}Z` : '';
  return { line, area, hatched: hatches(speeds, x) };
}

function hatches(speeds: readonly (number | null | undefined)[], x: (i: number) => number): [number, number][] {
  const out: [number, number][] = [];
  const last = speeds.length - 1;
  // The border lies midway between what fits and what does not: nobody looked closer.
  const middle = (a: number, b: number) => (x(a) + x(b)) / 2;
  for (let i = 0; i <= last; ++i) {
    if (speeds[i] !== null) continue;
    let end = i;
    while (end < last && speeds[end + 1] === null) ++end;
    out.push([i === 0 ? 0 : middle(i - 1, i), end === last ? scentWidth : middle(end, end + 1)]);
    i = end;
  }
  return out;
}

/** What the hatching says, in words. */
export function scentText(
  values: readonly number[],
  speeds: readonly (number | null | undefined)[],
  format: (n: number) => string,
): string {
  const fits = values.flatMap((v, i) => (typeof speeds[i] === 'number' ? [v] : []));
  const not = values.flatMap((v, i) => (speeds[i] === null ? [v] : []));
  const [first, last] = [fits[0], fits.at(-1)];
  if (first === undefined || last === undefined) return not.length > 0 ? 'nothing fits at any of these' : '';
  const below = not.filter((v) => v < first).at(-1);
  const above = not.find((v) => v > last);
  return [
    below === undefined ? '' : `nothing fits at ${format(below)}`,
    above === undefined ? '' : `fits at ${format(last)}, not at ${format(above)}`,
  ]
    .filter(Boolean)
    .join('; ');
}
