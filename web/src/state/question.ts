// The question as it was typed. A value that a field cannot read stays as its text, so nothing typed is lost: the core says
// what is wrong with it.
import type { Json, JsonObject } from '../domain/json';

export type Question = JsonObject;

export interface FieldInfo {
  kind: 'number' | 'text' | 'choice' | 'yes-no';
  isList?: boolean;
  choices?: readonly string[];
}

export type FieldTable = Readonly<Record<string, FieldInfo>>;
export const fieldInfo = (name: string, table: FieldTable): FieldInfo => table[name] ?? { kind: 'text' };

const plainNumber = /^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/;

function numberOr(text: string): number | string {
  const value = Number(text.replaceAll(',', ''));
  // More digits than a number holds would be a silent change.
  return plainNumber.test(text) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : text;
}

/** What a text in a field means; undefined for an empty one. */
export function readField(name: string, text: string, table: FieldTable): Json | undefined {
  const { kind, isList } = fieldInfo(name, table);
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (isList) {
    const items = trimmed.split(/[\s;]+|,\s*/).filter((t) => t !== '');
    return items.map((t) => (kind === 'number' ? numberOr(t) : t));
  }
  return kind === 'number' ? numberOr(trimmed) : trimmed;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 });

/** The text that a field shows for a value. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return grouped.format(value);
  if (Array.isArray(value)) return value.map((v) => (typeof v === 'number' ? String(v) : textOf(v))).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

export function withField(question: Question, name: string, value: Json | undefined): Question {
  const { [name]: _, ...rest } = question;
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** A config.json that was pasted or dropped, or what is wrong with it. */
export function readConfig(text: string): { config: JsonObject } | { error: string } {
  try {
    const value: Json = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { config: value };
    return { error: 'This JSON is not a config.json: it is not an object.' };
  } catch (error) {
    return { error: `This is not JSON: ${(error as Error).message}` };
  }
}

/** Fields of `recommend` that say where to look, not what is asked. */
const limits = [
  'vpp',
  'tp',
  'pp',
  'dp',
  'cp',
  'ep',
  'etp',
  'mbs',
  'gpu_counts',
  'sharding',
  'shard_size',
  'schedule',
  'recompute',
];
const searchOnly = ['precisions', 'cp_comm', 'sp', 'tp_across_domains', 'optimizer_offload', 'objective', 'top', 'map'];

/** The request of `evaluate` for one plan of a question. */
export function evaluation(question: Question, strategy: JsonObject, gpus: number): Question {
  const rest = Object.entries(question).filter(([name]) => !limits.includes(name) && !searchOnly.includes(name));
  return { ...Object.fromEntries(rest), gpus, ...strategy };
}

/** The name of the calibration that a question carries; undefined for none. */
export function calibrationName({ calibration }: Question): string | undefined {
  if (calibration === null || typeof calibration !== 'object' || Array.isArray(calibration)) return undefined;
  return typeof calibration.name === 'string' && calibration.name !== '' ? calibration.name : 'without a name';
}
