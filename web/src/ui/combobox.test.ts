import { expect, it } from 'vitest';
import { matches, type Option } from './combobox';

const option = (value: string, label: string, words: string): Option => ({
  value,
  label,
  note: '',
  words: `${value} ${label} ${words}`.toLowerCase(),
});
const options = [
  option('llama-2-70b', 'Llama 2 70B', 'meta-llama/Llama-2-70b-hf 69b 68b'),
  option('llama-3.1-70b', 'Llama 3.1 70B', 'meta-llama/Llama-3.1-70B 70b 71b 70.6b'),
  option('qwen3-30b-a3b', 'Qwen3 30B-A3B', 'Qwen/Qwen3-30B-A3B 30b 31b 30.5b'),
];
const found = (query: string) => matches(options, query).map((o) => o.value);

it('finds by every word, in any order, by name, alias and size', () => {
  expect(found('70b llama')).toEqual(['llama-2-70b', 'llama-3.1-70b']);
  expect(found('meta-llama/Llama-3.1')).toEqual(['llama-3.1-70b']);
  expect(found('30.5b')).toEqual(['qwen3-30b-a3b']);
  expect(found('mistral')).toEqual([]);
  expect(found('')).toHaveLength(3);
});

it('puts the name that was typed first', () => {
  expect(found('llama 3.1 70b')[0]).toBe('llama-3.1-70b');
  expect(found('Qwen3')[0]).toBe('qwen3-30b-a3b');
});
