import { facetValue, nameOf, worstFirst } from '../../domain/runs';
import { chooseRun, runs } from '../../state/judging';
import { page } from '../../state/store';
import { count, fixed } from '../../ui/format';
import { Panel } from '../../ui/panel';

const few = 5;

export function WorstPanel() {
  return (
    <Panel title="Worst five" note="kept in view on purpose" testId="worst-runs">
      <table class="data worst">
        <tbody>
          {worstFirst(runs.value)
            .slice(0, few)
            .map(({ row, error }) => (
              <tr key={row.id} aria-current={page.value.trust?.run === row.id ? 'true' : undefined}>
                <th scope="row">
                  <button type="button" onClick={() => chooseRun(row.id)}>
                    {`${row.model}, ${count(row.gpus)} × ${nameOf('gpu', row.gpu)}`}
                  </button>
                </th>
                <td class="u">{nameOf('source', facetValue(row, 'source'))}</td>
                <td class="num">
                  <b>{`${error > 0 ? '+' : ''}${fixed(error, 1)} %`}</b>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </Panel>
  );
}
