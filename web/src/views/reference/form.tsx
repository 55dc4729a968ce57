// A form for one operation, made from its schema: the example's fields at first, the others one by one, or the whole as JSON.
import { useId, useState } from 'preact/hooks';
import type { Json, JsonObject } from '../../domain/json';
import { InvalidRequest, type Problem } from '../../engine/errors';
import { fieldOf } from '../../state/neighbours';
import { planner } from '../../state/planner';
import { Icon } from '../../ui/icons';
import { commandOf, type Field, inputOf, readValue, type Schema, textOf } from './schema';

interface Props {
  name: string;
  example: JsonObject;
  schema: Schema;
  fields: readonly Field[];
}

const indented = (value: unknown) => JSON.stringify(value, null, 2);

interface InputProps {
  field: Field;
  schema: Schema;
  value: Json | undefined;
  id: string;
  describedBy: string | undefined;
  onValue(value: Json): void;
}

function ValueInput({ field, schema, value, id, describedBy, onValue }: InputProps) {
  const input = inputOf(field.property, schema);
  const [draft, setDraft] = useState<string>();
  const shared = { id, 'aria-describedby': describedBy, 'aria-invalid': describedBy !== undefined };
  if (input.kind === 'choice' || input.kind === 'yes-no') {
    const choices = input.kind === 'choice' ? input.choices : ['true', 'false'];
    const read = (text: string) => (input.kind === 'choice' ? text : text === 'true');
    return (
      <select {...shared} value={textOf(value)} onChange={(e) => onValue(read(e.currentTarget.value))}>
        {!choices.includes(textOf(value)) && <option value={textOf(value)}>{textOf(value)}</option>}
        {choices.map((c) => (
          <option key={c} value={c}>
            {c}
          </option>
        ))}
      </select>
    );
  }
  const change = (text: string) => {
    setDraft(text);
    onValue(readValue(text, field.property));
  };
  const text = draft ?? textOf(value);
  return input.kind === 'json' || text.includes('\n') || text.length > 60 ? (
    <textarea
      {...shared}
      class="mono"
      rows={Math.min(6, Math.max(2, Math.ceil(text.length / 70)))}
      spellcheck={false}
      value={text}
      onInput={(e) => change(e.currentTarget.value)}
    />
  ) : (
    <input
      {...shared}
      spellcheck={false}
      autoComplete="off"
      value={text}
      onInput={(e) => change(e.currentTarget.value)}
    />
  );
}

interface RowProps {
  field: Field;
  schema: Schema;
  value: Json | undefined;
  problems: readonly Problem[];
  onValue(value: Json | undefined): void;
}

function Row({ field, schema, value, problems, onValue }: RowProps) {
  const id = useId();
  const wrong = problems.filter((p) => fieldOf(p) === field.name);
  return (
    <div class="entry">
      <label for={id} class="mono">
        {field.name}
      </label>
      <ValueInput
        field={field}
        schema={schema}
        value={value}
        id={id}
        describedBy={wrong.length > 0 ? `${id}e` : undefined}
        onValue={onValue}
      />
      <button
        type="button"
        class="btn icon keep"
        aria-label={`Leave out ${field.name}`}
        onClick={() => onValue(undefined)}
      >
        <Icon name="cross" />
      </button>
      <p class="hint">{field.property.description}</p>
      {wrong.length > 0 && (
        <p class="err" id={`${id}e`} role="alert">
          {wrong.map((p) => `${p.error} ${p.hint ?? ''}`).join(' ')}
        </p>
      )}
    </div>
  );
}

function AddField({ fields, onAdd }: { fields: readonly Field[]; onAdd(name: string): void }) {
  const id = useId();
  if (fields.length === 0) return null;
  return (
    <p class="add">
      <label for={id}>Add a field</label>{' '}
      <select
        id={id}
        value=""
        onChange={(e) => {
          onAdd(e.currentTarget.value);
          e.currentTarget.value = '';
        }}
      >
        <option value="" />
        {fields.map((f) => (
          <option key={f.name} value={f.name}>
            {f.name}
          </option>
        ))}
      </select>
    </p>
  );
}

function Whole({ request, onRequest }: { request: JsonObject; onRequest(request: JsonObject): void }) {
  const [text, setText] = useState(indented(request));
  const [error, setError] = useState('');
  const id = useId();
  const read = (next: string) => {
    setText(next);
    try {
      const value: Json = JSON.parse(next);
      if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('it is not an object');
      onRequest(value);
      setError('');
    } catch (e) {
      setError(`This is no request: ${(e as Error).message}.`);
    }
  };
  return (
    <>
      <label for={id}>Request</label>
      <textarea
        id={id}
        class="mono"
        rows={Math.min(text.split('\n').length, 16)}
        spellcheck={false}
        aria-invalid={error !== ''}
        value={text}
        onInput={(e) => read(e.currentTarget.value)}
      />
      {error && (
        <p class="err" role="alert">
          {error}
        </p>
      )}
    </>
  );
}

interface Outcome {
  text: string;
  problems: readonly Problem[];
}

async function answerOf(operation: string, request: JsonObject): Promise<Outcome> {
  try {
    return { text: indented(await planner().call(operation, request)), problems: [] };
  } catch (error) {
    if (error instanceof InvalidRequest) return { text: '', problems: error.problems };
    return { text: (error as Error).message, problems: [] };
  }
}

/** A request may be pasted as it stands in a file: its fields, or the fields below `request`. */
export function RunForm({ name, example, schema, fields }: Props) {
  const [request, setRequest] = useState<JsonObject>(example);
  const [isWhole, setWhole] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>({ text: '', problems: [] });
  const set = (field: string, value: Json | undefined) => {
    const { [field]: _, ...rest } = request;
    setRequest(value === undefined ? rest : { ...request, [field]: value });
  };
  const shown = fields.filter((f) => f.name in request);
  const lost = outcome.problems.filter((p) => isWhole || !(fieldOf(p) in request));
  return (
    <form
      class="run"
      onSubmit={(e) => {
        e.preventDefault();
        void answerOf(name, request).then(setOutcome);
      }}
    >
      {isWhole ? (
        <Whole request={request} onRequest={setRequest} />
      ) : (
        <>
          {shown.map((f) => (
            <Row
              key={f.name}
              field={f}
              schema={schema}
              value={request[f.name]}
              problems={outcome.problems}
              onValue={(value) => set(f.name, value)}
            />
          ))}
          <AddField fields={fields.filter((f) => !(f.name in request))} onAdd={(field) => set(field, '')} />
        </>
      )}
      <p class="between">
        <button type="submit" class="btn">
          Run
        </button>
        <button type="button" class="link" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'As fields' : 'As JSON'}
        </button>
      </p>
      <pre class="mono command">{commandOf(name, request)}</pre>
      {lost.length > 0 && (
        <p class="err" role="alert">
          {lost.map((p) => `${p.field}: ${p.error} ${p.hint ?? ''}`).join(' ')}
        </p>
      )}
      {outcome.text && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section class="response" tabIndex={0} aria-label="Response">
          <pre class="mono">{outcome.text}</pre>
        </section>
      )}
    </form>
  );
}
