// The closed form that estimates use beside the simulation, and what each stage does with its time.
import { stageName } from '../../charts/memory';
import { endOf, tail } from '../../charts/timeline';
import type { TimelineResponse } from '../../domain';
import type { Table } from '../../export/table';
import { explainNumber } from '../../state/store';
import { fixed, partSeconds, percent, seconds } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ScrollX } from '../../ui/scroll';

const decimals = (s: number) => (s >= 10 ? 3 : 4);

function Forms({ t }: { t: TimelineResponse }) {
  const d = decimals(t.simulated_s);
  return (
    <dl class="forms">
      <div>
        <dt>Closed form</dt>
        <dd>
          <button type="button" class="opens" onClick={() => explainNumber('step_time_s')}>
            {fixed(t.closed_form_s, d)}
          </button>{' '}
          <span class="u">s</span>
        </dd>
      </div>
      <div>
        <dt>Simulated</dt>
        <dd>
          {fixed(t.simulated_s, d)} <span class="u">s</span>
        </dd>
      </div>
      <div>
        <dt>Apart</dt>
        <dd>
          {fixed(t.difference_pct, 2)} <span class="u">%</span>
        </dd>
      </div>
      <div>
        <dt>After the pipeline</dt>
        <dd>
          {seconds(endOf(t) - t.simulated_s)}{' '}
          <span class="u">{`s of ${tail(t)
            .map((p) => p.label)
            .join(', ')}`}</span>
        </dd>
      </div>
    </dl>
  );
}

function tableOf(t: TimelineResponse): Table {
  return {
    caption: 'What each stage does, seconds',
    columns: ['stage', 'layers', 'forward', 'backward', 'weight gradient', 'waiting', 'first event', 'last event'],
    rows: t.stages.map((s) => [
      stageName(s.stage, t.stages.length),
      s.layers,
      fixed(s.forward_s, 4),
      fixed(s.backward_s, 4),
      fixed(s.weight_gradient_s ?? 0, 4),
      fixed(s.idle_s, 4),
      fixed(s.begin_s, 4),
      fixed(s.end_s, 4),
    ]),
  };
}

export function Check({ t }: { t: TimelineResponse }) {
  const all = t.simulated_s;
  const hasWeights = t.stages.some((s) => (s.weight_gradient_s ?? 0) > 0);
  return (
    <Panel
      title="Checked by simulation"
      note="the pipeline of a step, until it has drained"
      testId="timeline-check"
      table={tableOf(t)}
    >
      <Forms t={t} />
      <ScrollX label="What each stage does">
        <table class="data stages">
          <thead>
            <tr>
              <th scope="col">stage</th>
              {[
                'layers',
                'forward s',
                'backward s',
                ...(hasWeights ? ['weight gradient s'] : []),
                'waiting s',
                'waiting',
              ].map((c) => (
                <th key={c} scope="col" class="num">
                  {c}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {t.stages.map((s) => (
              <tr key={s.stage}>
                <th scope="row">{stageName(s.stage, t.stages.length)}</th>
                <td class="num">{s.layers}</td>
                <td class="num">{partSeconds(s.forward_s, all)}</td>
                <td class="num">{partSeconds(s.backward_s, all)}</td>
                {hasWeights && <td class="num">{partSeconds(s.weight_gradient_s ?? 0, all)}</td>}
                <td class="num">{partSeconds(s.idle_s, all)}</td>
                <td class="num u">{`${percent(s.idle_s / all)} %`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </Panel>
  );
}
