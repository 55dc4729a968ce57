// A number with its unit, in the size that people read it in.
import { fixed } from './format';

const prefixes: Readonly<Record<string, readonly (readonly [size: number, unit: string])[]>> = {
  s: [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ],
  B: [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
    [1, 'B'],
  ],
  'B/s': [
    [1e12, 'TB/s'],
    [1e9, 'GB/s'],
    [1e6, 'MB/s'],
  ],
  'FLOP/s': [
    [1e15, 'PFLOP/s'],
    [1e12, 'TFLOP/s'],
  ],
  FLOP: [
    [1e12, 'TFLOP'],
    [1e9, 'GFLOP'],
    [1e6, 'MFLOP'],
  ],
};

/** Four significant digits, without zeros at the end where fewer say all; whole numbers whole. */
function digits(x: number): string {
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e7) return fixed(x, 0);
  if (size >= 1e7) return large(x);
  if (size !== 0 && size < 1e-4) return power(x);
  const decimals = size === 0 ? 0 : Math.max(0, 3 - Math.floor(Math.log10(Number(size.toPrecision(4)))));
  const text = fixed(x, decimals);
  return Number(x.toPrecision(3)) === x ? text.replace(/\.?0+$/, '') : text;
}

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 4.1 × 10⁻²⁶ */
function power(x: number): string {
  const [digits = '', exponent = ''] = x.toExponential(1).split('e-');
  return `${digits.replace('-', '−')} × 10⁻${[...exponent].map((d) => raised[Number(d)]).join('')}`;
}

const large = (x: number) => {
  const [size, letter] = x >= 1e12 ? [1e12, 'T'] : x >= 1e9 ? [1e9, 'G'] : [1e6, 'M'];
  return `${digits(x / size)} ${letter}`;
};

export interface Written {
  number: string;
  unit: string;
}

export function written(value: number, unit = ''): Written {
  const sizes = prefixes[unit];
  if (sizes) {
    const [size, name] = sizes.find(([s]) => Math.abs(value) >= 0.9995 * s) ?? sizes.at(-1) ?? [1, unit];
    if (value === 0) return { number: '0', unit };
    // Far below the smallest size, only that it is next to nothing is of interest.
    if (Math.abs(value) < 5e-4 * size) return { number: '≈ 0', unit };
    return { number: digits(value / size), unit: name };
  }
  if (unit === 'USD') return { number: `$${digits(value)}`, unit: '' };
  if (unit === 'USD/h') return { number: `$${digits(value)}`, unit: '/h' };
  return { number: digits(value), unit };
}

export function quantityText(value: number, unit = ''): string {
  const { number, unit: name } = written(value, unit);
  return name === '' ? number : `${number} ${name}`;
}
