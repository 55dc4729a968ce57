// The formulas of explanations: symbols, numbers, + - * / ( ) and a few functions, as a tree.

export type Formula =
  | { kind: 'number'; value: number; text: string }
  | { kind: 'symbol'; name: string }
  | { kind: 'sum'; parts: readonly { sign: 1 | -1; of: Formula }[] }
  /** What is multiplied, and what all of it is divided by. */
  | { kind: 'product'; over: readonly Formula[]; under: readonly Formula[] }
  | { kind: 'call'; name: string; of: readonly Formula[] };

const token = /\s*([A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[-+*/(),])/y;

function tokens(text: string): string[] {
  const all: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const found = token.exec(text)?.[1];
    if (found === undefined) throw new Error(`The formula '${text}' cannot be read from '${text.slice(at)}' on.`);
    all.push(found);
  }
  return all;
}

class Reader {
  private at = 0;
  constructor(
    private readonly all: readonly string[],
    private readonly text: string,
  ) {}

  whole(): Formula {
    const formula = this.sum();
    if (this.at < this.all.length) this.fail();
    return formula;
  }

  private fail(): never {
    throw new Error(`The formula '${this.text}' cannot be read at '${this.all[this.at] ?? 'its end'}'.`);
  }

  private take(...wanted: readonly string[]): string | undefined {
    const next = this.all[this.at];
    if (next === undefined || !wanted.includes(next)) return undefined;
    this.at += 1;
    return next;
  }

  private sum(): Formula {
    const parts: { sign: 1 | -1; of: Formula }[] = [];
    let sign: 1 | -1 = this.take('-') ? -1 : 1;
    for (;;) {
      parts.push({ sign, of: this.product() });
      const next = this.take('+', '-');
      if (!next) break;
      sign = next === '+' ? 1 : -1;
    }
    const [first] = parts;
    return parts.length === 1 && first?.sign === 1 ? first.of : { kind: 'sum', parts };
  }

  private product(): Formula {
    const over = [this.atom()];
    const under: Formula[] = [];
    for (let next = this.take('*', '/'); next; next = this.take('*', '/'))
      (next === '*' ? over : under).push(this.atom());
    const [first] = over;
    return over.length === 1 && under.length === 0 && first ? first : { kind: 'product', over, under };
  }

  private atom(): Formula {
    if (this.take('-')) return { kind: 'sum', parts: [{ sign: -1, of: this.atom() }] };
    if (this.take('(')) {
      const inner = this.sum();
      if (!this.take(')')) this.fail();
      return inner;
    }
    const next = this.all[this.at];
    if (next === undefined || /^[-+*/(),]$/.test(next)) this.fail();
    this.at += 1;
    if (/^\d/.test(next)) return { kind: 'number', value: Number(next), text: next };
    return this.take('(') ? { kind: 'call', name: next, of: this.list() } : { kind: 'symbol', name: next };
  }

  private list(): Formula[] {
    const of = [this.sum()];
    while (this.take(',')) of.push(this.sum());
    if (!this.take(')')) this.fail();
    return of;
  }
}

/** Throws where the text is no formula. */
export const readFormula = (text: string): Formula => new Reader(tokens(text), text).whole();

const functions: Readonly<Record<string, (...of: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  exp: Math.exp,
  ln: Math.log,
  smooth_max: (x, y) => (x ** 6 + y ** 6) ** (1 / 6),
};

export function evaluate(formula: Formula, values: Readonly<Record<string, number>>): number {
  const value = (f: Formula) => evaluate(f, values);
  switch (formula.kind) {
    case 'number':
      return formula.value;
    case 'symbol':
      return values[formula.name] ?? Number.NaN;
    case 'sum':
      return formula.parts.reduce((all, { sign, of }) => all + sign * value(of), 0);
    case 'product':
      return formula.under.reduce(
        (all, f) => all / value(f),
        formula.over.reduce((all, f) => all * value(f), 1),
      );
    case 'call':
      return functions[formula.name]?.(...formula.of.map(value)) ?? Number.NaN;
  }
}
