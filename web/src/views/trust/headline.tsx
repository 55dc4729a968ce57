import { summarise } from '../../domain/runs';
import { everyRun, judged, quantity, runs } from '../../state/judging';
import { calibrationName } from '../../state/question';
import { isOwnShown } from '../../state/runs';
import { question } from '../../state/store';
import { count, fixed } from '../../ui/format';

const names = { step_time: 'step times', memory: 'memory peaks' };

/** The errors of the runs that are shown, in a sentence. */
function Errors() {
  const summary = summarise(runs.value);
  if (everyRun.value.length === 0) return <>No run could be predicted. What they lack stands below.</>;
  if (!summary) return <>No run passes the filters.</>;
  const isPart = runs.value.length < everyRun.value.length;
  return (
    <>
      Half of {isPart ? `these ${count(summary.n)}` : `all ${count(summary.n)}`} predicted {names[quantity.value]} are
      within <b>{fixed(summary.median, 1)} %</b> of the measured run, nine in ten within{' '}
      <b>{fixed(summary.p90, 1)} %</b>; <b>{fixed(summary.coverage, 0)} %</b> of the runs lie inside their 80 %
      interval.
    </>
  );
}

function Fits() {
  const fit = judged.value.response?.feasibility;
  if (!fit) return null;
  return (
    <>
      {' '}
      Of {count(fit.runs)} runs that ended in success or out of memory, <b>{fixed(fit.fit_accuracy_pct, 1)} %</b> are
      judged right; <b>{fixed(fit.false_fits_pct, 1)} %</b> of those that ran out of memory were said to fit.
    </>
  );
}

export function Headline() {
  const calibration = calibrationName(question.value);
  return (
    <header>
      <h1 class="title">{isOwnShown.value ? 'Your runs against the numbers' : 'How far to trust the numbers'}</h1>
      <p class="lede">
        {judged.value.response && <Errors />}
        <Fits />
      </p>
      {isOwnShown.value && calibration && (
        <p class="hint">{`Predicted with the calibration “${calibration}”. Runs that it was fitted to flatter it.`}</p>
      )}
      {!isOwnShown.value && (
        <p class="hint">
          Most of these runs also fitted the constants of the model. The interval on a plan comes from runs held out.
        </p>
      )}
    </header>
  );
}
