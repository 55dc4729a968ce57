import { expect, it } from 'vitest';
import { csv } from './table';

it('quotes what would break a row, and defuses what would be a formula', () => {
  const table = {
    caption: '',
    columns: ['plan', 'n'],
    rows: [['TP 4, PP 2', 1.5] as const, ['say "x"', -2] as const, ['=1+1', 3] as const, ['+0.019', 4] as const],
  };
  expect(csv(table)).toBe('plan,n\r\n"TP 4, PP 2",1.5\r\n"say ""x""",-2\r\n\'=1+1,3\r\n+0.019,4\r\n');
});
