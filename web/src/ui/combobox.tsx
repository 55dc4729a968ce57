// A text field that searches a list while one types. What is typed is the value, whether or not the list has it.
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { reveal } from './hooks';
import { Icon } from './icons';

export interface Option {
  value: string;
  label: string;
  note: string;
  /** Everything by which it can be found, in lower case. */
  words: string;
}

const most = 60;

/** Options that hold every word of the query; those that begin with it first. */
export function matches(options: readonly Option[], query: string): Option[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = wanted.join(' ');
  const rank = (o: Option) =>
    o.value === whole || o.label.toLowerCase() === whole
      ? 0
      : o.label.toLowerCase().startsWith(whole) || o.value.startsWith(whole)
        ? 1
        : 2;
  return options
    .filter((o) => wanted.every((w) => o.words.includes(w)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, most);
}

interface Props {
  id: string;
  name: string;
  text: string;
  options: readonly Option[];
  isWrong: boolean;
  describedBy: string | undefined;
  /** Whether the text was read as something else, whose name the field then shows. */
  onText(text: string): boolean;
  onPick(option: Option): void;
  onOpen(isOpen: boolean): void;
}

export function Combobox({ id, name, text, options, isWrong, describedBy, onText, onPick, onOpen }: Props) {
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(-1);
  // What is typed stays as it is, blanks and all, until the field is left or an option is taken.
  const [draft, setDraft] = useState<string>();
  const found = isOpen ? matches(options, query) : [];
  const optionId = (i: number) => `${listId}${i}`;

  const open = (yes: boolean) => {
    setOpen(yes);
    onOpen(yes);
    if (!yes) setActive(-1);
  };
  const close = () => {
    setDraft(undefined);
    open(false);
  };
  const pick = (option: Option | undefined) => {
    if (option) onPick(option);
    close();
  };
  const move = (by: number) => {
    if (!isOpen) return show('');
    setActive((active + by + found.length) % Math.max(found.length, 1));
  };
  const show = (words: string) => {
    setQuery(words);
    open(true);
  };
  const keys: { [key: string]: () => void } = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    // A name that was typed in full needs no arrow.
    Enter: () => pick(found[active] ?? (found.length === 1 ? found[0] : undefined)),
    Escape: close,
  };
  // A name that comes into the field while nobody types, from a list or with it, is replaced by what is typed next.
  useLayoutEffect(() => {
    if (draft === undefined && document.activeElement === input.current) input.current?.select();
  }, [text, draft]);
  useEffect(() => {
    const option = document.getElementById(optionId(active));
    if (option) reveal(option);
  }, [active]);

  return (
    <div class="combo">
      <div class={isWrong ? 'in wrong' : 'in'}>
        <input
          id={id}
          ref={input}
          data-field={name}
          role="combobox"
          aria-expanded={isOpen && found.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? optionId(active) : undefined}
          aria-invalid={isWrong}
          aria-describedby={describedBy}
          autocomplete="off"
          spellcheck={false}
          value={draft ?? text}
          onFocus={(e) => e.currentTarget.select()}
          onClick={() => show('')}
          onInput={(e) => {
            const typed = e.currentTarget.value;
            setDraft(onText(typed) ? undefined : typed);
            setActive(-1);
            show(typed);
          }}
          onBlur={close}
          onKeyDown={(e) => {
            const action = keys[e.key];
            if (!action || (e.key === 'Escape' && !isOpen)) return;
            e.preventDefault();
            e.stopPropagation();
            action();
          }}
        />
        <Icon name="search" />
      </div>
      <div id={listId} role="listbox" aria-label="Presets" class="options" hidden={found.length === 0}>
        {found.map((o, i) => (
          <div
            key={o.value}
            id={optionId(i)}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            // Before the field loses the focus, and with it the list.
            onMouseDown={(e) => {
              e.preventDefault();
              pick(o);
            }}
          >
            <span>{o.label}</span>
            <span class="u">{o.note}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
