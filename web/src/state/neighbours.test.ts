import { expect, it } from 'vitest';
import { fieldOf, neighbours, otherField } from './neighbours';

const problem = (error: string, hint: string, field = '/gpus') => ({ error, field, hint });

it('offers what a hint names', () => {
  expect(neighbours(problem("Unknown model 'x'.", "Did you mean 'llama-3.1-70b'?", '/model'), 'x')).toEqual([
    'llama-3.1-70b',
  ]);
  expect(neighbours(problem('No units for this precision.', 'Use bf16 or fp16.', '/precision'), 'fp8')).toEqual([
    'bf16',
    'fp16',
  ]);
});

it('offers whole nodes around a number of GPUs', () => {
  const nodes = problem('60 GPUs do not fill nodes of 8.', 'Use a multiple of 8, or set gpus_per_node.');
  expect(neighbours(nodes, 60)).toEqual([56, 64]);
  expect(neighbours(nodes, 3)).toEqual([8]);
  expect(otherField(nodes)).toBe('gpus_per_node');
});

it('offers the nearer end of a range', () => {
  const range = problem("'gbs' must be a number from 1 to 100000000, got 0.", 'Global batch.', '/gbs');
  expect(neighbours(range, 0)).toEqual([1]);
  expect(neighbours(range, 2e8)).toEqual([100000000]);
});

it('offers nothing where nothing is known', () => {
  expect(neighbours(problem('Expected a whole number.', ''), '64x')).toEqual([]);
  expect(otherField(problem('Expected a whole number.', ''))).toBeUndefined();
});

it('finds the field of a path', () => {
  expect(fieldOf(problem('', '', '/tp/0'))).toBe('tp');
  expect(fieldOf(problem('', '', ''))).toBe('');
});
