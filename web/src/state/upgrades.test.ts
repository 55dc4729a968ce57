import { expect, it } from 'vitest';
import { currentVersion, upgrade } from './upgrades';

const ladder = {
  1: (s: unknown) => ({ ...(s as object), two: true }),
  2: (s: unknown) => ({ ...(s as object), three: true }),
};

it('goes up one version at a time', () => {
  expect(upgrade(1, { one: true }, 3, ladder)).toEqual({ one: true, two: true, three: true });
  expect(upgrade(2, { one: true }, 3, ladder)).toEqual({ one: true, three: true });
});

it('leaves a state of the current version alone', () => {
  const state = { request: {} };
  expect(upgrade(currentVersion, state)).toBe(state);
});

it('refuses a version from which there is no way', () => {
  expect(() => upgrade(0, {}, 3, ladder)).toThrow('no way');
  expect(() => upgrade(0, {})).toThrow('no way');
});
