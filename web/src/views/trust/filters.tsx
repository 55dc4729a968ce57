// Which runs are looked at. Where nothing is ticked, all are.
import { useId, useState } from 'preact/hooks';
import type { Facet } from '../../domain/evidence';
import { countsOf, nameOf } from '../../domain/runs';
import { everyRun, only, setOnly, setWords, toggle, words } from '../../state/judging';
import { count } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { OwnRuns } from './own-runs';

const titles: readonly { facet: Facet; title: string; isFolded?: boolean }[] = [
  { facet: 'source', title: 'Source' },
  { facet: 'architecture', title: 'Model' },
  { facet: 'gpu', title: 'GPU' },
  { facet: 'precision', title: 'Precision' },
  { facet: 'kind', title: 'Kind of run', isFolded: true },
];

const few = 6;

function FacetField({ facet, title, isFolded = false }: { facet: Facet; title: string; isFolded?: boolean }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const ticked = only.value[facet] ?? [];
  const all = countsOf(everyRun.value, only.value, facet);
  if (all.length === 0) return null;
  const first = isFolded ? 0 : few;
  const isShort = !isOpen && all.length > first + 1;
  const shown = isShort ? all.filter(([value], i) => i < first || ticked.includes(value)) : all;
  return (
    <fieldset class="facet" aria-describedby={id}>
      <legend>{title}</legend>
      {shown.map(([value, n]) => (
        <label key={value}>
          <input type="checkbox" checked={ticked.includes(value)} onChange={() => toggle(facet, value)} />
          <span>{nameOf(facet, value)}</span>
          <span class="u">{count(n)}</span>
        </label>
      ))}
      {(isShort || (isOpen && all.length > first + 1)) && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fewer' : `${all.length - shown.length} ${first > 0 ? 'more' : 'kinds'}`}
        </button>
      )}
    </fieldset>
  );
}

function Filters() {
  const isLimited = words.value !== '' || Object.values(only.value).some((v) => v && v.length > 0);
  const reset = () => {
    setOnly({});
    setWords('');
  };
  return (
    <>
      <div class="in">
        <input
          type="search"
          aria-label="Search the runs"
          placeholder="model, stack, id"
          maxLength={64}
          value={words.value}
          onInput={(e) => setWords(e.currentTarget.value)}
        />
        <Icon name="search" />
      </div>
      <p class="between">
        <span>{isLimited ? 'Only these' : 'Nothing ticked: all runs'}</span>
        {isLimited && (
          <button type="button" class="link" onClick={reset}>
            Reset
          </button>
        )}
      </p>
      {titles.map((t) => (
        <FacetField key={t.facet} {...t} />
      ))}
    </>
  );
}

export function FiltersColumn() {
  const [isOpen, setOpen] = useState(false);
  return (
    <aside class={isOpen ? 'ask open' : 'ask'} aria-label="Runs">
      <button class="summary" type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class="q">
          <b>Runs</b> by source, model, GPU, precision
        </span>
        <span class="edit">{isOpen ? 'Done' : 'Filter'}</span>
      </button>
      <form aria-label="Runs to look at" onSubmit={(e) => e.preventDefault()}>
        <Filters />
        <OwnRuns />
      </form>
    </aside>
  );
}
