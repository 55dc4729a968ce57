// The operations as the core describes them, each with a form that runs it.
import '../ui/styles/reference.css';
import { useEffect, useState } from 'preact/hooks';
import type { DescribeResponse } from '../domain';
import type { JsonObject } from '../domain/json';
import { planner } from '../state/planner';

type Operation = DescribeResponse['operations'][number];

interface Property {
  type?: string | string[];
  description?: string;
  deprecated?: boolean;
  enum?: string[];
  anyOf?: Property[];
  $ref?: string;
  items?: Property;
}

interface Schema {
  $ref: string;
  $defs: { [name: string]: { properties?: { [name: string]: Property }; enum?: string[]; required?: string[] } };
}

const indented = (value: unknown) => JSON.stringify(value, null, 2);
const nameOf = (ref: string) => ref.split('/').at(-1) ?? '';

function typeOf(p: Property, schema: Schema): string {
  if (p.$ref) return schema.$defs[nameOf(p.$ref)]?.enum?.join(' | ') ?? nameOf(p.$ref);
  if (p.anyOf) return p.anyOf.map((a) => typeOf(a, schema)).join(' or ');
  if (p.items) return `list of ${typeOf(p.items, schema)}`;
  return [p.type ?? 'any']
    .flat()
    .filter((t) => t !== 'null')
    .join(' or ');
}

function Fields({ title, schema }: { title: string; schema: Schema }) {
  const root = schema.$defs[nameOf(schema.$ref)];
  const fields = Object.entries(root?.properties ?? {}).filter(([, p]) => !p.deprecated);
  if (fields.length === 0) return null;
  return (
    <section class="scroll-x">
      <h2>{title}</h2>
      <table class="data fields">
        <thead>
          <tr>
            <th scope="col">field</th>
            <th scope="col">type</th>
            <th scope="col">meaning</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(([name, p]) => (
            <tr key={name}>
              <th scope="row" class="mono">
                {name}
                {title === 'Request' && root?.required?.includes(name) ? ' *' : ''}
              </th>
              <td>{typeOf(p, schema)}</td>
              <td>{p.description ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RunForm({ operation }: { operation: Operation }) {
  const [text, setText] = useState(indented(operation.example));
  const [answer, setAnswer] = useState('');
  const run = async () => {
    try {
      setAnswer(indented(await planner().call(operation.name, JSON.parse(text) as JsonObject)));
    } catch (error) {
      const { hint } = error as { hint?: string };
      setAnswer(`${(error as Error).message}${hint ? ` ${hint}` : ''}`);
    }
  };
  return (
    <form
      class="run"
      onSubmit={(e) => {
        e.preventDefault();
        void run();
      }}
    >
      <label for={`run-${operation.name}`}>Request</label>
      <textarea
        id={`run-${operation.name}`}
        class="mono"
        rows={Math.min(text.split('\n').length, 16)}
        spellcheck={false}
        value={text}
        onInput={(e) => setText(e.currentTarget.value)}
      />
      <button type="submit" class="btn">
        Run
      </button>
      {answer && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section class="response" tabIndex={0} aria-label="Response">
          <pre class="mono">{answer}</pre>
        </section>
      )}
    </form>
  );
}

async function ask(operation?: string): Promise<DescribeResponse> {
  return (await planner().call('describe', operation ? { operation } : {})) as DescribeResponse;
}

function OperationView({ name }: { name: string }) {
  const [operation, setOperation] = useState<Operation>();
  useEffect(() => {
    void ask(name).then((r) => setOperation(r.operations[0]));
  }, [name]);
  if (!operation) return null;
  return (
    <article key={name}>
      <h1 class="title">{operation.name}</h1>
      <p class="lede">{operation.help}</p>
      <RunForm key={name} operation={operation} />
      <Fields title="Request" schema={operation.request_schema as unknown as Schema} />
      <Fields title="Response" schema={operation.response_schema as unknown as Schema} />
    </article>
  );
}

export default function ReferenceView() {
  const [all, setAll] = useState<readonly Operation[]>([]);
  const [name, setName] = useState('recommend');
  useEffect(() => {
    void ask().then((r) => setAll(r.operations));
  }, []);
  return (
    <div class="frame">
      <nav class="ask operations" aria-label="Operations">
        <ul>
          {all.map((o) => (
            <li key={o.name}>
              <button type="button" aria-current={o.name === name ? 'true' : undefined} onClick={() => setName(o.name)}>
                <span class="mono">{o.name}</span>
                <span class="u">{o.help}</span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <main class="answer reference" id="answer" tabIndex={-1}>
        <OperationView name={name} />
        <p class="lede">
          In a program of this page: <code>await window.shardplan.call('recommend', request)</code>. On a command line:{' '}
          <code>shardplan recommend --model llama-3.1-70b --gpus 64</code>.
        </p>
      </main>
    </div>
  );
}
