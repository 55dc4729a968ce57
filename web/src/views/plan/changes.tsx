// What would change it: every strategy one axis away, best first, each a second estimate.
import { useState } from 'preact/hooks';
import type { BottleneckResponse } from '../../domain';
import type { JsonObject } from '../../domain/json';
import type { Table } from '../../export/table';
import { chooseChanged } from '../../state/store';
import { fixed, gib, seconds } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ScrollX } from '../../ui/scroll';

type Alternative = BottleneckResponse['neighbours'][number];

const few = 8;
const signed = (x: number) => `${x > 0 ? '+' : x < 0 ? '−' : ''}${fixed(Math.abs(x), 1)} %`;

/** Change of the step time. */
const slower = (a: Alternative) => 100 * (a.step_time_s / (a.step_time_s + a.gain_s) - 1);

function tableOf(all: readonly Alternative[]): Table {
  return {
    caption: 'Strategies that differ in one axis',
    columns: ['change', 'peak GiB', 'step s', 'step %', 'fits'],
    rows: all.map((a) => [
      a.change,
      fixed(a.peak_gib, 2),
      fixed(a.step_time_s, 4),
      fixed(slower(a), 2),
      a.fits ? 'yes' : 'no',
    ]),
  };
}

function Line({ of }: { of: Alternative }) {
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link" onClick={() => chooseChanged(of.request as JsonObject)}>
          {of.change.replaceAll('->', '→')}
        </button>
      </th>
      <td class="num">{gib(of.peak_gib)}</td>
      <td class="num">{seconds(of.step_time_s)}</td>
      <td class={`num ${!of.fits ? 'bad' : of.gain_s > 0 ? 'gain' : ''}`}>
        {of.fits ? signed(slower(of)) : `${gib(of.over_gib ?? 0)} GiB over`}
      </td>
    </tr>
  );
}

export function ChangesPanel({ response }: { response: BottleneckResponse }) {
  const [isWhole, setWhole] = useState(false);
  const all = response.neighbours;
  return (
    <Panel title="What would change it" note="one axis away, best first" testId="changes" table={tableOf(all)}>
      {response.findings.map((f) => (
        <p key={f} class="line">
          {f}
        </p>
      ))}
      <ScrollX label="Strategies that differ in one axis">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">change</th>
              <th scope="col" class="num">
                peak GiB
              </th>
              <th scope="col" class="num">
                step s
              </th>
              <th scope="col" class="num">
                against this plan
              </th>
            </tr>
          </thead>
          <tbody>
            {(isWhole ? all : all.slice(0, few)).map((a) => (
              <Line key={a.change} of={a} />
            ))}
          </tbody>
        </table>
      </ScrollX>
      {!isWhole && all.length > few && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {`All ${all.length}`}
        </button>
      )}
    </Panel>
  );
}
