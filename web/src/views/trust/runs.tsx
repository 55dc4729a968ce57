// Every run as a row, worst first: what the charts show, for the keyboard and for reading.
import { useState } from 'preact/hooks';
import { nameOf, worstFirst } from '../../domain/runs';
import { chooseRun, quantity, runs } from '../../state/judging';
import { page } from '../../state/store';
import { count, fixed } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ScrollX } from '../../ui/scroll';

const atOnce = 25;

export function EveryRunPanel() {
  const [most, setMost] = useState(atOnce);
  const all = worstFirst(runs.value);
  const unit = quantity.value === 'step_time' ? 's' : 'GiB';
  return (
    <Panel title="Every run" note={`${count(all.length)} runs, worst first`} testId="every-run">
      <ScrollX label="Every run">
        <table class="data every">
          <thead>
            <tr>
              <th scope="col">run</th>
              <th scope="col">model</th>
              <th scope="col">machine</th>
              <th scope="col">precision</th>
              <th scope="col">stack</th>
              <th scope="col" class="num">{`predicted ${unit}`}</th>
              <th scope="col" class="num">{`measured ${unit}`}</th>
              <th scope="col" class="num">
                error
              </th>
              <th scope="col">source</th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, most).map(({ row, predicted, measured, error }) => (
              <tr key={row.id} aria-current={page.value.trust?.run === row.id ? 'true' : undefined}>
                <th scope="row">
                  <button type="button" onClick={() => chooseRun(row.id)}>
                    {row.id}
                  </button>
                </th>
                <td>{row.model}</td>
                <td>{`${count(row.gpus)} × ${nameOf('gpu', row.gpu)}`}</td>
                <td>{nameOf('precision', row.precision ?? 'not named')}</td>
                <td>{row.stack}</td>
                <td class="num">{fixed(predicted, 3)}</td>
                <td class="num">{fixed(measured, 3)}</td>
                <td class="num">{`${error > 0 ? '+' : ''}${fixed(error, 1)} %`}</td>
                <td class="u">{row.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {all.length > most && (
        <button type="button" class="link" onClick={() => setMost(most + 4 * atOnce)}>
          {`${count(Math.min(4 * atOnce, all.length - most))} more`}
        </button>
      )}
    </Panel>
  );
}
