// The only file that touches location, history and the browser's storage.
import { type PageState, readPage } from './page';
import { type Decoded, decode, encode } from './url';

const lastKey = 'shardplan.last';
const pendingKey = 'shardplan.pending';
const themeKey = 'shardplan.theme';

// Storage is refused in some private windows and from some files; the page works without it.
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function stored(storage: () => Storage, key: string): PageState | undefined {
  const text = attempt(() => storage().getItem(key));
  return text ? attempt(() => readPage(JSON.parse(text))) : undefined;
}

export type Opened = { from: 'link' | 'last' | 'nothing'; state?: PageState; error?: string };

/** What the page is to open with: what was typed and had not reached the address yet, the link, or the last visit's state. */
export async function open(): Promise<Opened> {
  const pending = stored(() => sessionStorage, pendingKey);
  if (pending) return { from: 'last', state: pending };
  const link = await readLink();
  if (link && 'state' in link) return { from: 'link', state: link.state };
  if (link) return { from: 'nothing', error: link.error };
  const last = stored(() => localStorage, lastKey);
  return last ? { from: 'last', state: last } : { from: 'nothing' };
}

const readLink = (): Promise<Decoded | undefined> => decode(location.hash);

let written = '';
let latest: PageState | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Keeps the state at once, and puts it into the address when the typing pauses: browsers limit how often that may be. */
export function keep(state: PageState): void {
  const text = JSON.stringify(state);
  latest = state;
  attempt(() => localStorage.setItem(lastKey, text));
  attempt(() => sessionStorage.setItem(pendingKey, text));
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const fragment = await encode(state);
    // Something newer was typed meanwhile, and has its own turn.
    if (latest !== state) return;
    written = fragment;
    attempt(() => history.replaceState(null, '', fragment));
    attempt(() => sessionStorage.removeItem(pendingKey));
  }, 200);
}

export async function linkTo(state: PageState): Promise<string> {
  return location.href.replace(/#.*$/, '') + (await encode(state));
}

/** Calls back when another link is put into the address of this page. */
export function onLink(callback: (link: Decoded) => void): void {
  addEventListener('hashchange', async () => {
    if (location.hash === written) return;
    clearTimeout(timer);
    latest = undefined;
    attempt(() => sessionStorage.removeItem(pendingKey));
    const link = await readLink();
    if (link) callback(link);
  });
}

export type Theme = 'light' | 'dark';

export function savedTheme(): Theme | undefined {
  const theme = attempt(() => localStorage.getItem(themeKey));
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

export const saveTheme = (theme: Theme): void => void attempt(() => localStorage.setItem(themeKey, theme));
