// A number opened into its formula, the same with the values put in, and each value as the way to its own.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Quantity } from '../../domain';
import { runsBehind } from '../../domain/evidence';
import { readFormula } from '../../domain/formula';
import { explained, explanation, quantities, usedIn } from '../../state/detail';
import { explainNumber, setTrust, shownPlan } from '../../state/store';
import { quantityText, written } from '../../ui/quantity';
import { FormulaLine, Name } from './formula';

/** A share as people say it. */
const shares = new Set(['mfu', 'oom_probability']);

function reading({ id, value, unit }: Quantity) {
  return shares.has(id) ? written(100 * value, '%') : written(value, unit);
}

function Value({ value, unit }: { value: number; unit: string | undefined }) {
  const w = written(value, unit);
  return <mtext>{w.unit === '' ? w.number : `${w.number} ${w.unit}`}</mtext>;
}

function Formulas({ quantity }: { quantity: Quantity }) {
  const { formula, terms } = quantity;
  const tree = useMemo(() => readFormula(formula), [formula]);
  const bySymbol = new Map(terms.map((t) => [t.symbol, t]));
  const put = formula.replaceAll(/[A-Za-z_]\w*/g, (name) => {
    const term = bySymbol.get(name);
    return term ? quantityText(term.value, term.unit) : name;
  });
  const result = reading(quantity);
  return (
    <div class="formulas">
      <p>
        <FormulaLine formula={tree} label={formula} write={(name) => <Name name={name} />} />
      </p>
      <p>
        <span class="sign">=</span>
        <FormulaLine
          formula={tree}
          label={put}
          write={(name) => {
            const term = bySymbol.get(name);
            return term ? <Value value={term.value} unit={term.unit} /> : <Name name={name} />;
          }}
        />
      </p>
      <p>
        <span class="sign">=</span>
        <b>{`${result.number} ${result.unit}`}</b>
      </p>
    </div>
  );
}

function Terms({ quantity }: { quantity: Quantity }) {
  if (quantity.terms.length === 0) return null;
  return (
    <>
      <h3>Numbers put in</h3>
      <table class="data terms">
        <tbody>
          {quantity.terms.map((t) => (
            <tr key={t.symbol}>
              <th scope="row">
                <span class="sr">{t.symbol}</span>
                <math aria-hidden="true">
                  <Name name={t.symbol} />
                </math>
              </th>
              <td>
                {t.id ? (
                  <button type="button" class="link" onClick={() => explainNumber(t.id ?? '')}>
                    {quantityText(t.value, t.unit)}
                  </button>
                ) : (
                  quantityText(t.value, t.unit)
                )}
              </td>
              <td class="u">{t.meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** The source of the formula; held-out runs can be looked at. */
function Source({ source }: { source: string | undefined }) {
  if (!source) return null;
  const only = runsBehind(source);
  return (
    <>
      <h3>Source</h3>
      <p class="source">
        {source}{' '}
        {only && (
          <button type="button" class="link" onClick={() => setTrust({ only })}>
            See the runs
          </button>
        )}
      </p>
    </>
  );
}

function Others({ all, title }: { all: readonly Quantity[]; title: string }) {
  if (all.length === 0) return null;
  return (
    <>
      {title && <h3>{title}</h3>}
      <ul class="numbers">
        {all.map((q) => {
          const { number, unit } = reading(q);
          return (
            <li key={q.id}>
              <button
                type="button"
                aria-current={q.id === explained.value?.id || undefined}
                onClick={() => explainNumber(q.id)}
              >
                <span>{q.title}</span>
                <span class="u">{`${number} ${unit}`}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Share({ quantity }: { quantity: Quantity }) {
  const step = shownPlan.value?.time.step_time_s;
  const isPart = quantity.unit === 's' && /^(bubble|dp_beside|optimizer)_s$/.test(quantity.id);
  if (!step || !isPart) return null;
  return <span class="u">{` · ${written((100 * quantity.value) / step).number} % of the step`}</span>;
}

/** Below the plan, as on a phone, the explanation that someone asked for comes into view. */
function useReveal(id: string | undefined) {
  const box = useRef<HTMLElement>(null);
  const last = useRef<string>(undefined);
  useEffect(() => {
    const element = box.current;
    if (element && id && last.current && last.current !== id) {
      element.scrollTo({ top: 0 });
      const { top } = element.getBoundingClientRect();
      if (top < 0 || top > innerHeight / 2) element.scrollIntoView({ block: 'start' });
    }
    last.current = id ?? last.current;
  }, [id]);
  return box;
}

export function Drawer() {
  const quantity = explained.value;
  const box = useReveal(quantity?.id);
  const { error } = explanation.value;
  const result = quantity && reading(quantity);
  return (
    <aside class="drawer" aria-label="Explanation" ref={box}>
      {error && <p class="line bad">{`The numbers cannot be explained: ${error}`}</p>}
      {quantity && result && (
        <>
          <h2 id="explained">{quantity.title}</h2>
          <p class="result">
            {result.number} <span class="u">{result.unit}</span>
            <Share quantity={quantity} />
          </p>
          <Formulas key={quantity.id} quantity={quantity} />
          <Terms quantity={quantity} />
          <Source source={quantity.source} />
          <Others title="Goes into" all={usedIn.value} />
          <details class="every">
            <summary>{`All ${quantities.value.size} numbers`}</summary>
            <Others title="" all={[...quantities.value.values()]} />
          </details>
        </>
      )}
    </aside>
  );
}
