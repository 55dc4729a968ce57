// The operations as the core describes them, each with a form that runs it.
import '../../ui/styles/reference.css';
import { useEffect, useState } from 'preact/hooks';
import type { DescribeResponse } from '../../domain';
import type { JsonObject } from '../../domain/json';
import { planner } from '../../state/planner';
import { RunForm } from './form';
import { fieldsOf, type Schema, typeOf } from './schema';

type Operation = DescribeResponse['operations'][number];

function Fields({ title, schema, isRequest }: { title: string; schema: Schema; isRequest: boolean }) {
  const fields = fieldsOf(schema);
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
          {fields.map(({ name, property, isRequired }) => (
            <tr key={name}>
              <th scope="row" class="mono">
                {name}
                {isRequest && isRequired ? ' *' : ''}
              </th>
              <td>{typeOf(property, schema)}</td>
              <td>{property.description ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
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
  if (operation?.name !== name) return null;
  const request = operation.request_schema as unknown as Schema;
  return (
    <article key={name}>
      <h1 class="title">{operation.name}</h1>
      <p class="lede">{operation.help}</p>
      <RunForm
        key={name}
        name={name}
        example={operation.example as JsonObject}
        schema={request}
        fields={fieldsOf(request)}
      />
      <Fields title="Request" schema={request} isRequest />
      <Fields title="Response" schema={operation.response_schema as unknown as Schema} isRequest={false} />
    </article>
  );
}

export default function ReferenceView() {
  const [all, setAll] = useState<readonly Operation[]>([]);
  const [name, setName] = useState('recommend');
  const [words, setWords] = useState('');
  useEffect(() => {
    document.title = 'Reference · Shardplan';
    void ask().then((r) => setAll(r.operations));
  }, []);
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((o) => wanted.every((w) => `${o.name} ${o.help}`.toLowerCase().includes(w)));
  return (
    <div class="frame">
      <nav class="ask operations" aria-label="Operations">
        <input
          type="search"
          aria-label="Find an operation"
          placeholder={`Find among ${all.length} operations`}
          value={words}
          onInput={(e) => setWords(e.currentTarget.value)}
        />
        <ul>
          {found.map((o) => (
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
          In a program of this page: <code>await window.shardplan.call('{name}', request)</code>.
        </p>
      </main>
    </div>
  );
}
