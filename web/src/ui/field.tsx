// A labelled control: what it is called, what is wrong with it, and what would be right.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Json } from '../domain/json';
import { valueName } from '../domain/strategy';
import { fieldOf, neighbours, otherField } from '../state/neighbours';
import { fieldInfo as infoOf, readField, textOf } from '../state/question';
import { form, setField } from '../state/store';
import { labelOf, wordsOf } from './labels';

const fieldInfo = (name: string) => infoOf(name, form.value.fields);
const currentOf = (name: string) => form.value.question.value[name];
const problemsOf = (names: readonly string[]) => form.value.problems.value.filter((p) => names.includes(fieldOf(p)));

export function focusField(name: string): void {
  const control = document.querySelector<HTMLElement>(`[data-field="${name}"]`);
  control?.closest('details')?.setAttribute('open', '');
  control?.focus();
}

/** What is wrong with a field, with the legal neighbours as buttons. */
export function Problems({ id, names, isQuiet = false }: { id: string; names: readonly string[]; isQuiet?: boolean }) {
  const own = isQuiet ? [] : problemsOf(names);
  if (own.length === 0) return null;
  return (
    <div class="err" id={id} role="alert" data-testid="error">
      {own.map((p) => {
        const name = fieldOf(p);
        const values = neighbours(p, currentOf(name));
        const other = otherField(p);
        return (
          <p key={p.error}>
            {p.error} {values.length === 0 && p.hint ? `${p.hint} ` : ''}
            {values.map((value) => (
              <button type="button" class="link" key={String(value)} onClick={() => setField(name, value)}>
                {typeof value === 'string' ? value : textOf(value)}
              </button>
            ))}
            {other && (
              <button type="button" class="link" onClick={() => focusField(other)}>
                Set {labelOf(other)}
              </button>
            )}
          </p>
        );
      })}
    </div>
  );
}

export const isWrong = (names: readonly string[]): boolean => problemsOf(names).length > 0;

/** The text in a field: as typed while someone types, tidy when they have left. */
function useDraft(name: string) {
  const [draft, setDraft] = useState<string>();
  return {
    text: draft ?? textOf(currentOf(name)),
    onInput(event: { currentTarget: HTMLInputElement }) {
      setDraft(event.currentTarget.value);
      setField(name, readField(name, event.currentTarget.value, form.value.fields));
    },
    onBlur: () => setDraft(undefined),
  };
}

interface TextProps {
  name: string;
  unit?: string;
  placeholder?: string;
  /** The slider, and what else stands under the number. */
  children?: ComponentChildren;
}

/** A number or a list in one line. */
export function TextField({ name, unit, placeholder = 'auto', children }: TextProps) {
  const id = useId();
  const { text, onInput, onBlur } = useDraft(name);
  const wrong = isWrong([name]);
  return (
    <div class="field">
      <div class="lab">
        <label for={id} title={wordsOf(name)}>
          {labelOf(name)}
        </label>
        <div class={wrong ? 'in n wrong' : 'in n'}>
          <input
            id={id}
            data-field={name}
            inputMode={fieldInfo(name).isList ? 'text' : 'decimal'}
            autocomplete="off"
            spellcheck={false}
            value={text}
            placeholder={placeholder}
            onInput={onInput}
            onBlur={onBlur}
            aria-invalid={wrong}
            aria-describedby={wrong ? `${id}e` : undefined}
          />
          {unit && <span class="unit">{unit}</span>}
        </div>
      </div>
      {children}
      <Problems id={`${id}e`} names={[name]} />
    </div>
  );
}

interface ChoiceProps {
  name: string;
  /** What the core takes where nothing is said. */
  silent?: string;
  options?: readonly { value: string; label: string }[];
}

/** One of several values, or none: then the core decides and says so. */
export function ChoiceField({ name, silent = 'auto', options }: ChoiceProps) {
  const id = useId();
  const info = fieldInfo(name);
  const value = currentOf(name);
  const text = value === undefined ? '' : String(value);
  const all =
    options ?? choicesOf(name).map((v) => ({ value: v, label: info.kind === 'yes-no' ? yesNo(v) : valueName(v) }));
  const isListed = text === '' || all.some((o) => o.value === text);
  const parse = (raw: string): Json | undefined =>
    raw === '' ? undefined : info.kind === 'yes-no' ? raw === 'true' : raw;
  return (
    <div class="field">
      <div class="lab">
        <label for={id} title={wordsOf(name)}>
          {labelOf(name)}
        </label>
        <select
          id={id}
          data-field={name}
          class={isWrong([name]) ? 'wrong' : ''}
          value={text}
          onChange={(e) => setField(name, parse(e.currentTarget.value))}
        >
          <option value="">{silent}</option>
          {!isListed && <option value={text}>{text}</option>}
          {all.map((o) => (
            <option key={o.value} value={o.value}>
              {o.label}
            </option>
          ))}
        </select>
      </div>
      <Problems id={`${id}e`} names={[name]} />
    </div>
  );
}

const choicesOf = (name: string): readonly string[] =>
  fieldInfo(name).kind === 'yes-no' ? ['true', 'false'] : (fieldInfo(name).choices ?? []);
const yesNo = (value: string) => (value === 'true' ? 'yes' : 'no');

/** Any of several values; none of them means all that the stack has. */
export function ManyField({ name }: { name: string }) {
  const id = useId();
  const value = currentOf(name);
  const chosen = value === undefined ? [] : [value].flat().map(String);
  const toggle = (item: string) => {
    const next = chosen.includes(item) ? chosen.filter((c) => c !== item) : [...chosen, item];
    setField(name, next.length > 0 ? next : undefined);
  };
  return (
    <fieldset class="field many">
      <legend title={wordsOf(name)}>{labelOf(name)}</legend>
      <div class="chips">
        {choicesOf(name).map((item) => (
          <label key={item}>
            <input type="checkbox" data-field={name} checked={chosen.includes(item)} onChange={() => toggle(item)} />
            {valueName(item)}
          </label>
        ))}
      </div>
      <Problems id={`${id}e`} names={[name]} />
    </fieldset>
  );
}

/** A switch that is off where the request is silent. */
export function SwitchField({ name }: { name: string }) {
  return (
    <div class="field">
      <label class="switch" title={wordsOf(name)}>
        <input
          type="checkbox"
          data-field={name}
          checked={currentOf(name) === true}
          onChange={(e) => setField(name, e.currentTarget.checked || undefined)}
        />
        {labelOf(name)}
      </label>
    </div>
  );
}
