import { expect, it } from 'vitest';
import { change, redo, startHistory, undo } from './history';

it('goes back and forth over changes', () => {
  const h = change(change(startHistory('a'), 'b', 'x', 0), 'c', 'y', 10);
  const back = undo(h);
  expect(back.present).toBe('b');
  expect(undo(back).present).toBe('a');
  expect(redo(undo(undo(h))).present).toBe('b');
  expect(redo(redo(undo(undo(h)))).present).toBe('c');
});

it('takes quick changes of the same thing as one', () => {
  let h = startHistory('');
  for (const [i, text] of ['6', '64', '640'].entries()) h = change(h, text, 'gpus', i * 100);
  expect(undo(h).present).toBe('');
  h = change(h, '6400', 'gpus', 60_000);
  expect(undo(h).present).toBe('640');
});

it('forgets the future when something else is done', () => {
  const h = change(undo(change(startHistory('a'), 'b', 'x', 0)), 'c', 'x', 5);
  expect(redo(h).present).toBe('c');
  expect(undo(h).present).toBe('a');
});

it('has ends', () => {
  const h = startHistory('a');
  expect(undo(h)).toBe(h);
  expect(redo(h)).toBe(h);
});
