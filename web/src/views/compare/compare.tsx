// Pinned plans side by side: what they are, what they give, and where the first gains or loses against each.
import '../../ui/styles/compare.css';
import { useEffect } from 'preact/hooks';
import { type Compared, compare, compared } from '../../state/comparing';
import { mostPins } from '../../state/page';
import { leadWith, openPin, pins, setView, unpin } from '../../state/store';
import { Icon } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { ScrollX } from '../../ui/scroll';
import { Bars } from './bars';
import { cellsOf, groupsOf, type Row, shownRows, tableOf } from './rows';

function Head({ of, index }: { of: Compared; index: number }) {
  const { pin, response } = of;
  const name = response?.plan.summary ?? 'Plan';
  return (
    <th scope="col">
      <span class="pinned">
        <b>{String.fromCharCode(65 + index)}</b>
        <button type="button" class="link" onClick={() => openPin(pin)} title="Ask this plan's question">
          {name}
        </button>
        <button type="button" class="btn icon keep" aria-label={`Unpin ${name}`} onClick={() => unpin(pin)}>
          <Icon name="cross" />
        </button>
      </span>
      {index === 0 ? (
        <span class="u">the others are measured against it</span>
      ) : (
        <button type="button" class="link small" onClick={() => leadWith(pin)}>
          Measure against this
        </button>
      )}
    </th>
  );
}

function Line({ row, all }: { row: Row; all: readonly Compared[] }) {
  const cells = cellsOf(row, all);
  return (
    <tr>
      <th scope="row">{row.name}</th>
      {cells.map((c, i) => (
        <td key={pinKey(all[i])} class={c.isBest ? 'best' : ''}>
          {c.text} {c.change && <span class="u">{c.change}</span>}
        </td>
      ))}
    </tr>
  );
}

const pinKey = (c: Compared | undefined) => JSON.stringify(c?.pin);

function Group({ title, rows, all }: { title: string; rows: readonly Row[]; all: readonly Compared[] }) {
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr class="group">
        <th scope="rowgroup" colSpan={all.length + 1}>
          {title}
        </th>
      </tr>
      {title === 'Step time' && <Bars of="time" all={all} />}
      {title === 'Memory of the worst rank' && <Bars of="memory" all={all} />}
      {rows.map((r) => (
        <Line key={r.name} row={r} all={all} />
      ))}
    </tbody>
  );
}

function Side({ all }: { all: readonly Compared[] }) {
  return (
    <Panel title="Side by side" note={`${all.length} of at most ${mostPins} plans`} table={tableOf(all)}>
      <ScrollX label="Pinned plans side by side">
        <table class="data compare">
          <thead>
            <tr>
              <td />
              {all.map((c, i) => (
                <Head key={pinKey(c)} of={c} index={i} />
              ))}
            </tr>
          </thead>
          {groupsOf(all).map((g) => (
            <Group key={g.title} title={g.title} rows={shownRows(g, all)} all={all} />
          ))}
        </table>
      </ScrollX>
      {all.some((c) => c.error) && (
        <ul>
          {all.map(
            (c, i) =>
              c.error && <li key={pinKey(c)} class="line bad">{`${String.fromCharCode(65 + i)}: ${c.error}`}</li>,
          )}
        </ul>
      )}
    </Panel>
  );
}

function Nothing() {
  return (
    <p>
      No plan is pinned yet. Pin one with <kbd>P</kbd> or the button beside its name; ask another question, pin its plan
      as well, and both stand here.{' '}
      <button type="button" class="link" onClick={() => setView('train')}>
        Go to the plans
      </button>
    </p>
  );
}

export default function CompareView() {
  const all = compared.value;
  const wanted = pins.value;
  useEffect(() => {
    document.title = 'Compare · Shardplan';
    void compare(wanted);
  }, [wanted]);
  return (
    <div class="frame single">
      <main class="answer" id="answer" tabIndex={-1}>
        <h1 class="title">Compare</h1>
        {wanted.length === 0 && <Nothing />}
        {wanted.length > 0 && all.length === 0 && (
          <p class="u" role="status">
            Evaluating…
          </p>
        )}
        {wanted.length > 0 && all.length > 0 && <Side all={all} />}
      </main>
    </div>
  );
}
