// Colours are chosen so that people with the three common deficiencies tell the parts apart. This checks it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

type Rgb = [number, number, number];

const css = readFileSync(path.join(import.meta.dirname, 'styles/tokens.css'), 'utf8');
const themes = ['light', 'dark'] as const;

function token(name: string, theme: (typeof themes)[number]): Rgb {
  const match = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  const hex = match?.[theme === 'light' ? 1 : 2];
  if (!hex) throw new Error(`There is no colour --${name}.`);
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255) as Rgb;
}

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

const luminance = (rgb: Rgb) => {
  const [r, g, b] = rgb.map(linear) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const times = (m: readonly (readonly number[])[], v: readonly number[]) =>
  m.map((row) => row.reduce((sum, x, i) => sum + x * (v[i] ?? 0), 0)) as Rgb;

// Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB.
const visions = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
type Vision = keyof typeof visions;

function oklab(rgb: Rgb, vision: Vision): Rgb {
  const seen = times(visions[vision], rgb.map(linear)).map((c) => Math.min(Math.max(c, 0), 1));
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    seen,
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms,
  );
}

const distance = (a: Rgb, b: Rgb, vision: Vision) => {
  const [x, y] = [oklab(a, vision), oklab(b, vision)];
  return Math.hypot(...x.map((c, i) => c - (y[i] ?? 0)));
};

const cases = themes.flatMap((theme) => (Object.keys(visions) as Vision[]).map((vision) => ({ theme, vision })));

function least(
  names: readonly string[],
  pairs: (i: number, j: number) => boolean,
  theme: (typeof themes)[number],
  vision: Vision,
) {
  let nearest = { names: '', distance: Number.POSITIVE_INFINITY };
  for (const [i, a] of names.entries())
    for (const [j, b] of names.entries()) {
      if (i >= j || !pairs(i, j)) continue;
      const d = distance(token(a, theme), token(b, theme), vision);
      if (d < nearest.distance) nearest = { names: `${a} ${b}`, distance: d };
    }
  return nearest;
}

describe.each(cases)('in the $theme theme with $vision', ({ theme, vision }) => {
  it('any two parts of memory are told apart', () => {
    const parts = ['c-weights', 'c-grads', 'c-optim', 'c-acts', 'c-comm', 'c-over'];
    expect(least(parts, () => true, theme, vision)).toSatisfy((n: { distance: number }) => n.distance >= 0.1);
  });

  it('neighbours in the bar of time are told apart', () => {
    const bar = ['c-weights', 'c-grads', 'c-acts', 'c-tp', 'c-cp', 'c-ep', 'c-pp', 'c-dp', 'c-idle', 'c-over'];
    expect(least(bar, (i, j) => j === i + 1, theme, vision)).toSatisfy((n: { distance: number }) => n.distance >= 0.1);
  });

  it('bins of free memory are told apart', () => {
    const bins = ['h-0', 'h-1', 'h-2', 'h-3', 'h-4'];
    expect(least(bins, () => true, theme, vision)).toSatisfy((n: { distance: number }) => n.distance >= 0.07);
  });
});

describe.each(themes)('text in the %s theme', (theme) => {
  it.each(['ink', 'ink-2', 'ink-3', 'accent', 'warn', 'bad'])('%s can be read on paper and on the question', (ink) => {
    for (const ground of ['paper', 'sunken', 'raised'])
      expect(contrast(token(ink, theme), token(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it('can be read on every colour of the map', () => {
    for (const level of ['m-1', 'm-2', 'm-3', 'm-4', 'm-5'])
      expect(contrast(token('ink', theme), token(level, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it('has borders of controls that can be seen', () => {
    for (const ground of ['paper', 'sunken'])
      expect(contrast(token('edge', theme), token(ground, theme))).toBeGreaterThanOrEqual(3);
  });
});
