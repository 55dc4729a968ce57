import { useMemo, useRef } from 'preact/hooks';
import { stop } from '../state/asking';
import { back, choose, forward, page, searching, setView, step, togglePin } from '../state/store';
import { focusField } from '../ui/field';
import { useKeys } from '../ui/hooks';

const list = [
  ['/', 'model'],
  ['G', 'GPU'],
  ['J K', 'next, previous plan'],
  ['Esc', 'stop the search; back to the best plan'],
  ['E', 'explain the plan; its timeline'],
  ['P', 'pin the plan, to compare'],
  ['C', 'copy the link'],
  ['Z', 'undo'],
  ['Shift Z', 'redo'],
  ['?', 'these keys'],
] as const;

const copyLink = () => document.querySelector<HTMLElement>('[data-testid="share-link"]')?.click();

function leave() {
  if (searching.value) stop();
  else if (page.value.view === 'plan') setView('train');
  else choose(undefined);
}

export function Keys() {
  const help = useRef<HTMLDivElement>(null);
  const keys = useMemo(
    () => ({
      '/': () => focusField('model'),
      g: () => focusField('gpu'),
      j: () => step(1),
      k: () => step(-1),
      e: () => setView('plan'),
      t: () => setView('plan'),
      p: togglePin,
      c: copyLink,
      z: back,
      Z: forward,
      Escape: leave,
      '?': () => help.current?.togglePopover(),
    }),
    [],
  );
  useKeys(keys);
  return (
    <div class="menu keys" popover="auto" id="keys" ref={help}>
      <h2>Keys</h2>
      <dl>
        {list.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
