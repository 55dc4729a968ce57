// Numbers as text. Digits enough to tell plans apart, and no more than an estimate is worth.

const formats = new Map<number, Intl.NumberFormat>();

export function fixed(x: number, decimals: number): string {
  if (!Number.isFinite(x)) return '–';
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(x).replace(/^-/, '−');
}

export const count = (n: number): string => fixed(n, 0);

/** Three significant digits, or all digits before the point. */
function three(x: number): string {
  const size = Math.abs(x);
  return fixed(
    x,
    size >= 100 || x === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(size))),
  );
}

/** Seconds of a whole step. */
export const seconds = (s: number): string => (s >= 100 ? fixed(s, 1) : s >= 1 ? fixed(s, 2) : three(s));

/** Seconds of a part of a step, with the decimals that the step has. */
export function partSeconds(s: number, step: number): string {
  const decimals = step >= 100 ? 1 : step >= 1 ? 2 : 4;
  return s > 0 && s < 0.5 * 10 ** -decimals ? `< ${fixed(10 ** -decimals, decimals)}` : fixed(s, decimals);
}

export const gib = (g: number): string => (g >= 9.95 ? fixed(g, 1) : fixed(g, 2));

/** A capacity as stated, without digits that say nothing. */
export const capacity = (g: number): string => String(Math.round(g * 100) / 100);

export const speed = (tokens: number): string => (tokens >= 100 ? count(tokens) : three(tokens));

export const usd = (dollars: number): string => `$${dollars >= 1 ? fixed(dollars, 2) : three(dollars)}`;

export const percent = (share: number): string => fixed(100 * share, 1);

export const probability = (p: number): string => (p < 0.001 ? '< 0.1 %' : p > 0.999 ? '> 99.9 %' : `${percent(p)} %`);

/** 70.6 B, 1.05 M. */
export function large(n: number): string {
  for (const [size, letter] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (n >= size) return `${three(n / size)} ${letter}`;
  return three(n);
}

export const change = (from: number, to: number): string => {
  const share = to / from - 1;
  const decimals = Math.abs(share) < 0.0995 ? 2 : 1;
  return `${share > 0 ? '+' : ''}${fixed(100 * share, decimals)} %`;
};
