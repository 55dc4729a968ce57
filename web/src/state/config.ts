// A config.json that someone pasted, dropped or chose.
import { signal } from '@preact/signals';
import { readConfig } from './question';
import { setFields } from './store';

export const configError = signal('');

export function readConfigText(text: string): void {
  const read = readConfig(text);
  configError.value = 'error' in read ? read.error : '';
  if ('config' in read) setFields({ model: read.config }, 'config.json');
}
