import type { CalibrateResponse, ErrorSummary } from '../../domain';
import { calibrated, isCalibrating, useCalibration } from '../../state/calibrating';
import { calibrationName } from '../../state/question';
import { question, setField, setView } from '../../state/store';
import { count, fixed, seconds } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Constants } from './constants';

const signed = (x: number) => `${x > 0 ? '+' : ''}${fixed(x, 1)}`;

function Verdict({ before, after }: { before: ErrorSummary; after: ErrorSummary }) {
  const factor = before.median_abs_pct / Math.max(after.median_abs_pct, 0.1);
  return (
    <p class="verdict">
      The median error of the step time goes from <b>{fixed(before.median_abs_pct, 1)} %</b> to{' '}
      <b>{fixed(after.median_abs_pct, 1)} %</b>
      {factor < 1 ? ' on runs held back: on these runs the calibration does not help.' : ' on runs held back.'}
    </p>
  );
}

function Before({ response }: { response: CalibrateResponse }) {
  const rows: [string, ErrorSummary | undefined][] = [
    ['step time, before', response.before],
    ['step time, on runs held back', response.after],
    ['step time, on the runs fitted', response.after_in_sample],
    ['memory, before', response.memory_before],
    ['memory, after', response.memory_after],
  ];
  const known = rows.flatMap(([name, s]) => (s ? [{ name, s }] : []));
  if (known.length === 0) return null;
  return (
    <Panel title="Error before and after" note={response.held_back ? `held back: ${response.held_back}` : ''}>
      <table class="data">
        <thead>
          <tr>
            <th scope="col">|error| %</th>
            {['runs', 'median', 'p90', 'bias'].map((c) => (
              <th key={c} scope="col" class="num">
                {c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {known.map(({ name, s }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="num">{count(s.n)}</td>
              <td class="num">
                <b>{fixed(s.median_abs_pct, 1)}</b>
              </td>
              <td class="num">{fixed(s.p90_abs_pct, 1)}</td>
              <td class="num">{signed(s.bias_pct)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Runs({ response }: { response: CalibrateResponse }) {
  if (response.runs.length === 0) return null;
  return (
    <Panel title="Your runs" note="error of the predicted step time, %">
      <section class="scroll" aria-label="Your runs">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">run</th>
              <th scope="col" class="num">
                measured s
              </th>
              <th scope="col" class="num">
                before
              </th>
              <th scope="col" class="num">
                held back
              </th>
            </tr>
          </thead>
          <tbody>
            {response.runs.map((r) => (
              <tr key={r.id}>
                <th scope="row">{r.id}</th>
                <td class="num">{seconds(r.measured_step_time_s)}</td>
                <td class="num">{signed(r.before_pct)}</td>
                <td class="num">
                  <b>{signed(r.after_pct)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

/** What nccl-tests measured goes into the question as it is. */
function Network({ response }: { response: CalibrateResponse }) {
  const { network } = response;
  if (!network) return null;
  const { nic_gb_per_s } = network;
  return (
    <p class="line">
      <b>nccl-tests</b>{' '}
      {`${count(network.gpus)} GPUs reach ${fixed(network.bus_gb_per_s, 1)} GB/s on the bus${nic_gb_per_s === undefined ? '' : `, ${fixed(nic_gb_per_s, 1)} GB/s per GPU across nodes`}. `}
      {nic_gb_per_s !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => {
            setField('nic_gb_per_s', Math.round(nic_gb_per_s * 1000) / 1000);
            setField('nic_is_measured', true);
          }}
        >
          Plan with this network
        </button>
      )}
    </p>
  );
}

function Use({ response }: { response: CalibrateResponse }) {
  const isUsed = JSON.stringify(question.value.calibration) === JSON.stringify(response.calibration);
  return (
    <p class="use">
      {isUsed ? (
        <>
          <b>{`Every answer now rests on “${response.calibration.name}”.`}</b>{' '}
          <button type="button" class="btn" onClick={() => setView('train')}>
            See the plan
          </button>
        </>
      ) : (
        <button type="button" class="btn main" onClick={() => useCalibration(response)}>
          Use this calibration
        </button>
      )}
      <InUse isThis={isUsed} />
    </p>
  );
}

function InUse({ isThis }: { isThis: boolean }) {
  const name = calibrationName(question.value);
  if (!name) return null;
  return (
    <>
      {!isThis && <span class="u">{`In use: “${name}”`}</span>}
      <button type="button" class="link" onClick={() => setField('calibration', undefined)}>
        Drop it
      </button>
    </>
  );
}

function Notes({ response }: { response: CalibrateResponse }) {
  return (
    <>
      {response.warnings.map((w) => (
        <p key={w} class="line warn">
          <b>Warning</b> {w}
        </p>
      ))}
      {(response.skipped ?? []).map((s) => (
        <p key={s.id} class="line">
          <b>{s.id}</b> {s.reason}
        </p>
      ))}
      {response.assumptions.map((a) => (
        <p key={a} class="hint">
          {a}
        </p>
      ))}
    </>
  );
}

export function Outcome() {
  const response = calibrated.value;
  if (!response)
    return (
      <section class="outcome" aria-label="Calibration" aria-busy={isCalibrating.value}>
        <p class="u" role="status">
          {isCalibrating.value ? 'Fitting…' : 'The fitted constants, with the error before and after, stand here.'}
        </p>
        <p class="use">
          <InUse isThis={false} />
        </p>
      </section>
    );
  return (
    <section class="outcome" aria-label="Calibration" aria-busy={isCalibrating.value}>
      {response.before && response.after && <Verdict before={response.before} after={response.after} />}
      <Network response={response} />
      <Use response={response} />
      <Constants constants={response.constants} />
      <Before response={response} />
      <Runs response={response} />
      <Notes response={response} />
    </section>
  );
}
