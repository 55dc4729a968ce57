import { nameOf } from '../../domain/runs';
import { chooseRun, chosenRun, quantity } from '../../state/judging';
import { count, fixed } from '../../ui/format';

/** What is known of the run that was pointed at, first of all where it comes from. */
export function ChosenRun() {
  const run = chosenRun.value;
  if (!run) return <p class="chosen-run u">Choose a mark or a row: it says what ran and where that was published.</p>;
  const { row, predicted, measured, error, low, high } = run;
  const unit = quantity.value === 'step_time' ? 's' : 'GiB';
  const digits = measured >= 10 ? 1 : 3;
  const value = (x: number) => fixed(x, digits);
  return (
    <section class="chosen-run" aria-label="Chosen run">
      <p>
        <b>{`${row.model}, ${count(row.gpus)} × ${nameOf('gpu', row.gpu)}`}</b>{' '}
        {`${nameOf('precision', row.precision ?? 'not named')} · ${row.stack} · ${row.id}`}{' '}
        <button type="button" class="link" onClick={() => chooseRun(undefined)}>
          Close
        </button>
      </p>
      <p>
        {`${value(predicted)} ${unit} predicted (${value(low)}–${value(high)}), ${value(measured)} ${unit} measured: `}
        <b>{`${error > 0 ? '+' : ''}${fixed(error, 1)} %`}</b>
      </p>
      <p class="u">{row.source ? `Source: ${row.source}` : 'From your own file.'}</p>
    </section>
  );
}
