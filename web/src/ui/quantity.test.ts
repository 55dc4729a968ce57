import { describe, expect, it } from 'vitest';
import { quantityText } from './quantity';

describe('a quantity is written in the size that people read', () => {
  it.each([
    [0.0343, 's', '34.3 ms'],
    [15.1258678, 's', '15.13 s'],
    [13.0007, 's', '13.00 s'],
    [1.5e-6, 's', '1.5 µs'],
    [0.99999, 's', '1.000 s'],
    [0, 's', '0 s'],
    [7.4e-13, 's', '≈ 0 s'],
    [134217728, 'B', '128 MiB'],
    [31316738300, 'B', '29.17 GiB'],
    [450e9, 'B/s', '450 GB/s'],
    [989e12, 'FLOP/s', '989 TFLOP/s'],
    [449222541000, 'FLOP', '449.2 GFLOP'],
    [4.29, 'USD/h', '$4.29 /h'],
    [53588.6289, 'tokens/s', '53,589 tokens/s'],
    [64, undefined, '64'],
    [2401927170, undefined, '2.402 G'],
    [0.5516, undefined, '0.5516'],
    [-0.25, undefined, '−0.25'],
    [4.12238297e-26, undefined, '4.1 × 10⁻²⁶'],
  ] as const)('%s %s', (value, unit, text) => expect(quantityText(value, unit)).toBe(text));
});
