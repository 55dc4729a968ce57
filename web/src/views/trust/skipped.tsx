import type { SkippedRow } from '../../domain';
import { count } from '../../ui/format';
import { ScrollX } from '../../ui/scroll';

/** Rows that state too little, by what they lack. */
export function SkippedPanel({ skipped }: { skipped: readonly SkippedRow[] }) {
  if (skipped.length === 0) return null;
  const reasons = new Map<string, string[]>();
  for (const { id, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  const inOrder = [...reasons].sort(([, a], [, b]) => b.length - a.length);
  return (
    <details class="skipped">
      <summary>
        {skipped.length === 1 ? '1 row could not be predicted' : `${count(skipped.length)} rows could not be predicted`}
      </summary>
      <ScrollX label="Rows that could not be predicted">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">reason</th>
              <th scope="col" class="num">
                rows
              </th>
              <th scope="col">which</th>
            </tr>
          </thead>
          <tbody>
            {inOrder.map(([reason, ids]) => (
              <tr key={reason}>
                <th scope="row">{reason}</th>
                <td class="num">{count(ids.length)}</td>
                <td class="u">{ids.join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </details>
  );
}
