// A formula as it is printed: fractions stand as such, and long sums break between their parts.
import type { ComponentChildren } from 'preact';
import type { Formula } from '../../domain/formula';

/** How a symbol is written: by its name, or by the value that is put in. */
export type Write = (name: string) => ComponentChildren;

/** A name of one letter is a variable, with its number below; longer ones are words. */
export function Name({ name }: { name: string }) {
  const numbered = /^([A-Za-z])(\d+)$/.exec(name);
  if (numbered)
    return (
      <msub>
        <mi>{numbered[1]}</mi>
        <mn>{numbered[2]}</mn>
      </msub>
    );
  return name.length === 1 ? <mi>{name}</mi> : <mtext>{name.replaceAll('_', ' ')}</mtext>;
}

const needsBrackets = (f: Formula) => f.kind === 'sum';

function Bracketed({ of, write }: { of: Formula; write: Write }) {
  if (!needsBrackets(of)) return <Inner of={of} write={write} />;
  return (
    <mrow>
      <mo>(</mo>
      <Inner of={of} write={write} />
      <mo>)</mo>
    </mrow>
  );
}

function Factors({ all, write }: { all: readonly Formula[]; write: Write }) {
  const [first] = all;
  if (all.length === 1 && first) return <Inner of={first} write={write} />;
  return (
    <mrow>
      {all.map((f, i) => (
        <>
          {i > 0 && <mo>·</mo>}
          <Bracketed of={f} write={write} />
        </>
      ))}
    </mrow>
  );
}

/** Within a fraction or a function nothing breaks. */
function Inner({ of, write }: { of: Formula; write: Write }) {
  switch (of.kind) {
    case 'number':
      return <mn>{of.text}</mn>;
    case 'symbol':
      return <>{write(of.name)}</>;
    case 'sum':
      return (
        <mrow>
          {of.parts.map((p, i) => (
            <>
              {(i > 0 || p.sign < 0) && <mo>{p.sign < 0 ? '−' : '+'}</mo>}
              <Bracketed of={p.of} write={write} />
            </>
          ))}
        </mrow>
      );
    case 'product':
      if (of.under.length === 0) return <Factors all={of.over} write={write} />;
      return (
        <mfrac>
          <Factors all={of.over} write={write} />
          <Factors all={of.under} write={write} />
        </mfrac>
      );
    case 'call':
      return (
        <mrow>
          <mi>{of.name.replaceAll('_', ' ')}</mi>
          <mo>(</mo>
          {of.of.map((f, i) => (
            <>
              {i > 0 && <mo>,</mo>}
              <Inner of={f} write={write} />
            </>
          ))}
          <mo>)</mo>
        </mrow>
      );
  }
}

type Piece = string | Formula;

/** What may stand on a line of its own, with the signs between. */
function pieces(of: Formula): Piece[] {
  if (of.kind === 'sum')
    return of.parts.flatMap((p, i) => [...(i > 0 || p.sign < 0 ? [p.sign < 0 ? '−' : '+'] : []), ...bracketed(p.of)]);
  if (of.kind === 'product' && of.under.length === 0)
    return of.over.flatMap((f, i) => [...(i > 0 ? ['·'] : []), ...bracketed(f)]);
  if (of.kind === 'call')
    return [
      `${of.name.replaceAll('_', ' ')}(`,
      ...of.of.flatMap((f, i) => [...(i > 0 ? [','] : []), ...pieces(f)]),
      ')',
    ];
  return [of];
}

const bracketed = (f: Formula): Piece[] => (needsBrackets(f) ? ['(', ...pieces(f), ')'] : pieces(f));

const signClass = (sign: string) => (sign.endsWith('(') || sign === ')' ? 'bracket' : sign === ',' ? 'comma' : 'sign');

/** `label` is read in place of the signs. */
export function FormulaLine({ formula, write, label }: { formula: Formula; write: Write; label: string }) {
  return (
    <span class="formula" role="img" aria-label={label}>
      {pieces(formula).map((p, i) =>
        typeof p === 'string' ? (
          <span key={i} class={signClass(p)}>
            {p}
          </span>
        ) : (
          <math key={i}>
            <Inner of={p} write={write} />
          </math>
        ),
      )}
    </span>
  );
}
