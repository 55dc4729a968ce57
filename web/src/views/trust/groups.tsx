import { useState } from 'preact/hooks';
import type { Facet } from '../../domain/evidence';
import { type Group, groupsOf, nameOf, type Summary, summarise } from '../../domain/runs';
import type { Table } from '../../export/table';
import { only, quantity, runs, toggle } from '../../state/judging';
import { count, fixed } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ScrollX } from '../../ui/scroll';

const by: readonly { facet: Facet; name: string }[] = [
  { facet: 'source', name: 'by source' },
  { facet: 'kind', name: 'by kind of run' },
  { facet: 'gpu', name: 'by GPU' },
  { facet: 'precision', name: 'by precision' },
  { facet: 'architecture', name: 'by model' },
];

const width = 44;
/** Bias at the end of the bar, percent. */
const reach = 20;

function Bias({ bias }: { bias: number }) {
  const size = (Math.min(Math.abs(bias), reach) / reach) * (width / 2);
  return (
    <svg width={width} height="10" aria-hidden="true">
      <rect x={bias < 0 ? width / 2 - size : width / 2} y="2" width={Math.max(size, 0.5)} height="6" class="weights" />
      <path d={`M${width / 2} 0V10`} class="wl" />
    </svg>
  );
}

const signed = (x: number) => `${x > 0 ? '+' : ''}${fixed(x, 1)}`;

function Cells({ s }: { s: Summary }) {
  return (
    <>
      <td class="num">{count(s.n)}</td>
      <td class="num">
        <b>{fixed(s.median, 1)}</b>
      </td>
      <td class="num">{fixed(s.p90, 1)}</td>
      <td class="num">{signed(s.bias)}</td>
      <td class="num">
        <Bias bias={s.bias} />
      </td>
      <td class="num u">{fixed(s.coverage, 0)}</td>
    </>
  );
}

function tableOf(groups: readonly Group[], facet: Facet): Table {
  return {
    caption: 'Errors by group, percent',
    columns: ['group', 'runs', 'median', 'mean', 'p90', 'bias', 'in 80 % interval'],
    rows: groups.map((g) => [
      nameOf(facet, g.name),
      g.n,
      fixed(g.median, 1),
      fixed(g.mean, 1),
      fixed(g.p90, 1),
      fixed(g.bias, 1),
      fixed(g.coverage, 0),
    ]),
  };
}

export function GroupsPanel() {
  const [facet, setFacet] = useState<Facet>('source');
  const groups = groupsOf(runs.value, facet);
  const all = summarise(runs.value);
  return (
    <Panel
      title="Error by group"
      note={`|error| %, ${quantity.value === 'step_time' ? 'step time' : 'peak memory'}`}
      testId="error-groups"
      table={tableOf(groups, facet)}
      tools={
        <select
          class="pick"
          aria-label="Groups"
          value={facet}
          onChange={(e) => setFacet(by.find((b) => b.facet === e.currentTarget.value)?.facet ?? 'source')}
        >
          {by.map((b) => (
            <option key={b.facet} value={b.facet}>
              {b.name}
            </option>
          ))}
        </select>
      }
    >
      <ScrollX label="Errors by group">
        <table class="data groups">
          <thead>
            <tr>
              <th scope="col">group</th>
              {['runs', 'median', 'p90', 'bias'].map((c) => (
                <th key={c} scope="col" class="num">
                  {c}
                </th>
              ))}
              <td />
              <th scope="col" class="num" title="Runs inside their 80 % interval, percent">
                in 80 %
              </th>
            </tr>
          </thead>
          <tbody>
            {all && (
              <tr class="all">
                <th scope="row">all that are shown</th>
                <Cells s={all} />
              </tr>
            )}
            {groups.map((g) => (
              <tr key={g.name}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={only.value[facet]?.includes(g.name) ?? false}
                    onClick={() => toggle(facet, g.name)}
                  >
                    {nameOf(facet, g.name)}
                  </button>
                </th>
                <Cells s={g} />
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </Panel>
  );
}
