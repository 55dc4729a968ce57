// Fit or out of memory, and whether the best of several configurations is predicted to be the best.
import type { AccuracyResponse, Feasibility } from '../../domain';
import { count, fixed } from '../../ui/format';
import { Panel } from '../../ui/panel';

function Fits({ fit }: { fit: Feasibility }) {
  const falseFits = Math.round((fit.false_fits_pct / 100) * fit.out_of_memory);
  const falseOoms = Math.round((fit.false_ooms_pct / 100) * fit.ran);
  return (
    <Panel title="Fit or not" note={`${count(fit.runs)} runs that say whether they ran`} testId="feasibility">
      <table class="data">
        <thead>
          <tr>
            <td />
            <th scope="col" class="num">
              ran
            </th>
            <th scope="col" class="num">
              out of memory
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">said to fit</th>
            <td class="num">
              <b>{count(fit.ran - falseOoms)}</b>
            </td>
            <td class="num">
              {count(falseFits)} <span class="u">{fixed(fit.false_fits_pct, 1)} %</span>
            </td>
          </tr>
          <tr>
            <th scope="row">said not to fit</th>
            <td class="num">
              {count(falseOoms)} <span class="u">{fixed(fit.false_ooms_pct, 1)} %</span>
            </td>
            <td class="num">
              <b>{count(fit.out_of_memory - falseFits)}</b>
            </td>
          </tr>
        </tbody>
      </table>
      {fit.near_limit_runs > 0 && (
        <p class="hint">
          {`Within a quarter of the memory ${fixed(fit.near_limit_accuracy_pct, 1)} % of ${count(fit.near_limit_runs)} are right; the probability of running out has a Brier score of ${fixed(fit.brier_score, 4)}.`}
        </p>
      )}
    </Panel>
  );
}

function Ranking({ rankings }: { rankings: AccuracyResponse['rankings'] }) {
  const all = rankings.find((r) => r.source === '');
  if (!all || all.groups === 0) return null;
  return (
    <Panel title="Best of several" note={`${count(all.groups)} sweeps, ${count(all.configurations)} runs`}>
      <p class="hint">
        {`The fastest configuration is predicted first in ${fixed(all.best_first_pct, 0)} % of the sweeps and among the first three in ${fixed(all.best_in_three_pct, 0)} %; the one predicted first was ${fixed(all.mean_regret_pct, 1)} % slower than the fastest on average.`}
      </p>
    </Panel>
  );
}

export function FeasibilityPanel({ response }: { response: AccuracyResponse }) {
  return (
    <>
      {response.feasibility && <Fits fit={response.feasibility} />}
      <Ranking rankings={response.rankings} />
    </>
  );
}
