import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacity, change, count, gib, large, partSeconds, percent, probability, seconds, speed, usd } from './format';

describe('numbers', () => {
  it('have the digits that tell plans apart', () => {
    expect([seconds(17.6712), seconds(17.83)]).toEqual(['17.67', '17.83']);
    expect(seconds(113.66)).toBe('113.7');
    expect(seconds(0.41234)).toBe('0.412');
    expect(gib(64.52)).toBe('64.5');
    expect(gib(8.834)).toBe('8.83');
    expect(speed(1157.3765)).toBe('1,157');
    expect(speed(85.31)).toBe('85.3');
    expect(percent(0.5257)).toBe('52.6');
  });

  it('have their currency', () => {
    expect(usd(1.0296)).toBe('$1.03');
    expect(usd(0.10535)).toBe('$0.105');
    expect(usd(0.06416)).toBe('$0.0642');
    expect(usd(1234.5)).toBe('$1,234.50');
  });

  it('are grouped', () => {
    expect(count(122529627)).toBe('122,529,627');
  });

  it('say less than, not nothing', () => {
    expect(partSeconds(1e-9, 14)).toBe('< 0.01');
    expect(partSeconds(0, 14)).toBe('0.00');
    expect(partSeconds(0.05, 14)).toBe('0.05');
    expect(probability(1.2e-19)).toBe('< 0.1 %');
    expect(probability(0.0302)).toBe('3.0 %');
    expect(probability(1)).toBe('> 99.9 %');
  });

  it('keep a capacity as it is stated', () => {
    expect([capacity(79.65), capacity(192), capacity(140.4)]).toEqual(['79.65', '192', '140.4']);
  });

  it('come in steps of a thousand', () => {
    expect([large(70553706500), large(1048576), large(671026419000)]).toEqual(['70.6 B', '1.05 M', '671 B']);
  });

  it('show a change with its sign', () => {
    expect(change(18.02, 17.67)).toBe('−1.94 %');
    expect(change(10, 13)).toBe('+30.0 %');
  });

  it('never show NaN', () => {
    fc.assert(
      fc.property(fc.double(), (x) => {
        for (const text of [gib(x), seconds(x), count(x), percent(x)])
          expect(text).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });
});
