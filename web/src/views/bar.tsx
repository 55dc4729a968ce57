// The bar: views, undo and redo, examples, the link, the theme.
import { useRef, useState } from 'preact/hooks';
import { hasUpdate, isOffline, update } from '../offline/register';
import { linkTo } from '../state/browser';
import type { View } from '../state/page';
import { calibrationName } from '../state/question';
import {
  back,
  canRedo,
  canUndo,
  form,
  forward,
  linkState,
  page,
  pins,
  plannerVersion,
  setField,
  setTheme,
  setView,
  theme,
} from '../state/store';
import { Icon, Mark } from '../ui/icons';
import { Examples } from './examples';

const tabs: readonly { view: View; name: string }[] = [
  { view: 'train', name: 'Train' },
  { view: 'serve', name: 'Serve' },
  { view: 'compare', name: 'Compare' },
  { view: 'trust', name: 'Trust' },
  { view: 'calibrate', name: 'Calibrate' },
  { view: 'reference', name: 'Reference' },
];

function toggleTheme(): void {
  const isDark = theme.value ? theme.value === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  setTheme(isDark ? 'light' : 'dark');
}

function Tabs() {
  return (
    <nav class="tabs" aria-label="Views">
      {tabs.map((t) => (
        <button
          key={t.view}
          type="button"
          aria-current={t.view === (page.value.view === 'plan' ? 'train' : page.value.view) ? 'page' : undefined}
          onClick={() => setView(t.view)}
        >
          {t.name}
          {t.view === 'compare' && pins.value.length > 0 && <span class="u"> {pins.value.length}</span>}
        </button>
      ))}
    </nav>
  );
}

/** Copies the link; where the clipboard is refused, shows it to be copied by hand. */
function ShareLink() {
  const [said, setSaid] = useState('');
  const [link, setLink] = useState('');
  const box = useRef<HTMLInputElement>(null);
  const copy = async () => {
    const text = await linkTo(linkState());
    try {
      await navigator.clipboard.writeText(text);
      setLink('');
      setSaid('Copied');
    } catch {
      setLink(text);
      requestAnimationFrame(() => box.current?.select());
    }
    setTimeout(() => setSaid(''), 2000);
  };
  return (
    <>
      {link && (
        <input
          ref={box}
          class="link-text"
          readOnly
          aria-label="Link to this page"
          value={link}
          onBlur={() => setLink('')}
        />
      )}
      <button class="btn share" type="button" data-testid="share-link" onClick={copy}>
        {said || 'Copy link'}
      </button>
      <span class="sr" role="status">
        {said && 'The link was copied.'}
      </span>
    </>
  );
}

function Status() {
  const version = plannerVersion.value;
  if (hasUpdate.value)
    return (
      <button type="button" class="link" onClick={update}>
        New version: reload
      </button>
    );
  return (
    <span class="offline">
      {[isOffline.value && 'Works offline', version && `core ${version}`].filter(Boolean).join(' · ')}
    </span>
  );
}

/** The calibration that every answer rests on, and the way to be rid of it. */
function CalibrationNote() {
  const name = calibrationName(form.value.question.value);
  if (!name) return null;
  return (
    <span class="calibrated">
      <button type="button" class="link" title="Calibration" onClick={() => setView('calibrate')}>
        <span class="sr">Calibration </span>
        {name}
      </button>
      <button
        type="button"
        class="btn icon keep"
        aria-label={`Drop the calibration ${name}`}
        onClick={() => setField('calibration', undefined)}
      >
        <Icon name="cross" />
      </button>
    </span>
  );
}

export function Bar() {
  const menu = useRef<HTMLDivElement>(null);
  return (
    <header class="bar">
      <span class="mark">
        <Mark />
        Shardplan
      </span>
      <Tabs />
      <div class="tools">
        <Status />
        <CalibrationNote />
        <button
          class="btn icon"
          type="button"
          aria-label="Undo"
          title="Undo (Z)"
          disabled={!canUndo.value}
          onClick={back}
        >
          <Icon name="undo" />
        </button>
        <button
          class="btn icon"
          type="button"
          aria-label="Redo"
          title="Redo (Shift Z)"
          disabled={!canRedo.value}
          onClick={forward}
        >
          <Icon name="redo" />
        </button>
        <button class="btn" type="button" popovertarget="examples">
          Examples
        </button>
        <div class="menu" id="examples" popover="auto" ref={menu}>
          <Examples onPick={() => menu.current?.hidePopover()} />
        </div>
        <ShareLink />
        <button class="btn icon keep" type="button" aria-label="Switch theme" onClick={toggleTheme}>
          <Icon name="theme" />
        </button>
      </div>
    </header>
  );
}
