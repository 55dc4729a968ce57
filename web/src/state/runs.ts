// Measured runs of one's own, as someone pasted, dropped or chose them. They stay in the memory of this page.
import { signal } from '@preact/signals';

export interface RunsText {
  id: number;
  /** Name of the file; empty for what was pasted. */
  name: string;
  text: string;
  /** What ran, as JSON, where the text is a log and does not say. */
  plan: string;
}

let lastId = 0;
const emptyText = (): RunsText => ({ id: ++lastId, name: '', text: '', plan: '' });

export const runsTexts = signal<readonly RunsText[]>([emptyText()]);

/** Whether one's own runs are looked at rather than the carried ones. They are in no link, so neither is this. */
export const isOwnShown = signal(false);

export function changeText(id: number, change: Partial<RunsText>): void {
  runsTexts.value = runsTexts.value.map((t) => (t.id === id ? { ...t, ...change } : t));
}

export function addText(): void {
  runsTexts.value = [...runsTexts.value, emptyText()];
}

export function removeText(id: number): void {
  const rest = runsTexts.value.filter((t) => t.id !== id);
  runsTexts.value = rest.length > 0 ? rest : [emptyText()];
}

/** Files take the places that are still empty. */
export async function addFiles(files: Iterable<File>): Promise<void> {
  const read = await Promise.all([...files].map(async (f) => ({ ...emptyText(), name: f.name, text: await f.text() })));
  const filled = runsTexts.value.filter((t) => t.text.trim() !== '');
  runsTexts.value = [...filled, ...read];
}

/** A table of runs, rather than a log or the output of a test: its first line names columns. */
export function isTable(text: string): boolean {
  const first = text.trimStart().split('\n', 1)[0] ?? '';
  return !first.startsWith('#') && first.split(/[,;\t]/).length >= 4 && !/\s:|:\s/.test(first);
}
