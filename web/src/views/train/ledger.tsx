// What the search did: how many it looked at, and why the rest fell. While it runs, how far it is.
import { useState } from 'preact/hooks';
import type { Search } from '../../domain';
import { stop } from '../../state/asking';
import { answer, bestSoFar, type Searching, searching } from '../../state/store';
import { count, fixed, percent } from '../../ui/format';

interface Share {
  name: string;
  text: string;
  n: number;
  fill: string;
}

const outOfMemory = 'out_of_memory';

function shares(search: Search): Share[] {
  const rejected = Object.entries(search.rejected as Record<string, number>);
  const reasons = search.reasons as Record<string, string>;
  const others = rejected
    .filter(([name]) => name !== outOfMemory)
    .sort(([, a], [, b]) => b - a)
    .map(
      ([name, n], i): Share => ({
        name,
        n,
        text: reasons[name] ?? name,
        fill: i === 0 ? 'idle' : i === 1 ? 'hatched' : 'idle faint',
      }),
    );
  const memory = rejected.find(([name]) => name === outOfMemory)?.[1] ?? 0;
  return [
    { name: 'fits', n: search.fits, text: 'fit', fill: 'm5' },
    { name: outOfMemory, n: memory, text: 'do not fit', fill: 'over' },
    ...others,
  ].filter((s) => s.n > 0);
}

const width = 220;

function StackedBar({ all, total }: { all: readonly Share[]; total: number }) {
  let x = 0;
  const label = all.map((s) => `${percent(s.n / total)} percent: ${s.text}`).join('; ');
  return (
    <svg width={width} height="10" role="img" aria-label={label}>
      {all.map((s) => {
        const from = x;
        const size = (s.n / total) * width;
        x += size;
        return (
          <rect
            key={s.name}
            x={from}
            width={Math.max(size - 0.8, 0.4)}
            height="10"
            class={s.fill === 'hatched' ? '' : s.fill}
            fill={s.fill === 'hatched' ? 'url(#hatch-idle)' : undefined}
          />
        );
      })}
    </svg>
  );
}

function Swatch({ fill }: { fill: string }) {
  return (
    <svg width="9" height="9" aria-hidden="true">
      <rect
        width="9"
        height="9"
        rx="1"
        class={fill === 'hatched' ? '' : fill}
        fill={fill === 'hatched' ? 'url(#hatch-idle)' : undefined}
      />
    </svg>
  );
}

const share = (n: number, total: number) => (n / total < 0.0005 ? '< 0.1 %' : `${percent(n / total)} %`);

function Reasons({ all, total }: { all: readonly Share[]; total: number }) {
  return (
    <table class="data reasons">
      <caption>Every combination falls under the first rule that it breaks</caption>
      <tbody>
        {all.map((s) => (
          <tr key={s.name}>
            <th scope="row">
              <Swatch fill={s.fill} /> {s.text}
            </th>
            <td class="num">{count(s.n)}</td>
            <td class="num">{share(s.n, total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Progress({ at }: { at: Searching }) {
  const elapsed = (at.now - at.startedAt) / 1000;
  const fraction = at.size ? at.done / at.size : undefined;
  const rate = elapsed > 0.3 && at.done > 0 ? ` · ${fixed(at.done / elapsed / 1e6, 1)} M/s` : '';
  const fits = bestSoFar.value?.search;
  const rest = fits && fits.candidates > 0 ? ` · ${share(fits.fits, fits.candidates)} fit` : '';
  return (
    <div
      class="progress"
      data-testid="progress"
      role="progressbar"
      aria-label="Search"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={fraction === undefined ? undefined : Math.round(100 * fraction)}
    >
      <span>
        {at.size === undefined || at.done >= at.size ? (
          'Searching'
        ) : (
          <>
            <b>{count(at.done)}</b> of {count(at.size)}
          </>
        )}
        {`${rate}${rest}`}
      </span>
      <svg class="stretch" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="6" class="idle" />
        <rect width={100 * (fraction ?? 0)} height="6" class="m5" />
      </svg>
    </div>
  );
}

function Running({ at }: { at: Searching }) {
  return (
    <footer class="ledger">
      <Progress at={at} />
      <button type="button" class="btn" data-testid="cancel" onClick={stop}>
        {bestSoFar.value ? 'Stop, keep the best' : 'Stop'} <kbd>Esc</kbd>
      </button>
    </footer>
  );
}

export function Ledger() {
  const [isOpen, setOpen] = useState(false);
  const { value } = answer;
  if (searching.value) return <Running at={searching.value} />;
  if (!value) return <footer class="ledger" />;
  const { search, pareto } = value.response;
  const all = shares(search);
  const total = Math.max(search.candidates, 1);
  return (
    <footer class="ledger">
      <span data-testid="progress">
        <b>{count(search.candidates)}</b> candidates, {count(search.evaluated)} legal, in{' '}
        <b>{fixed(value.seconds, 2)} s</b>
        {value.partial?.size ? ` of ${count(value.partial.size)}, stopped` : ''}
      </span>
      <StackedBar all={all} total={total} />
      <ul>
        {all.slice(0, 3).map((s) => (
          <li key={s.name}>
            <Swatch fill={s.fill} />
            {share(s.n, total)} {s.name === 'fits' ? `fit, ${pareto.length} on the frontier` : s.text}
          </li>
        ))}
      </ul>
      {isOpen && <Reasons all={all} total={total} />}
      <span class="right">
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Every reason
        </button>
      </span>
    </footer>
  );
}
