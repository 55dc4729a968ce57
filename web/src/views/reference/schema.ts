// The schemas that the core describes, as forms and tables read them.
import type { Json, JsonObject } from '../../domain/json';

export interface Property {
  type?: string | string[];
  description?: string;
  deprecated?: boolean;
  enum?: string[];
  anyOf?: Property[];
  $ref?: string;
  items?: Property;
}

interface Definition {
  properties?: { [name: string]: Property };
  enum?: string[];
  required?: string[];
}

export interface Schema {
  $ref: string;
  $defs: { [name: string]: Definition };
}

export interface Field {
  name: string;
  property: Property;
  isRequired: boolean;
}

const nameOf = (ref: string) => ref.split('/').at(-1) ?? '';
const definition = (schema: Schema, ref: string) => schema.$defs[nameOf(ref)];

export function fieldsOf(schema: Schema): Field[] {
  const root = definition(schema, schema.$ref);
  return Object.entries(root?.properties ?? {})
    .filter(([, property]) => !property.deprecated)
    .map(([name, property]) => ({ name, property, isRequired: root?.required?.includes(name) ?? false }));
}

const plainTypes = (p: Property) => [p.type ?? []].flat().filter((t) => t !== 'null');

export function typeOf(p: Property, schema: Schema): string {
  if (p.$ref) return definition(schema, p.$ref)?.enum?.join(' | ') ?? nameOf(p.$ref);
  if (p.anyOf) return p.anyOf.map((a) => typeOf(a, schema)).join(' or ');
  if (p.items) return `list of ${typeOf(p.items, schema)}`;
  return plainTypes(p).join(' or ') || 'any';
}

export type Input = { kind: 'choice'; choices: readonly string[] } | { kind: 'yes-no' | 'text' | 'json' };

/** How a field is asked for. What has no better way is written as JSON. */
export function inputOf(p: Property, schema: Schema): Input {
  const first = p.anyOf?.[0] ?? p;
  const choices = first.$ref ? definition(schema, first.$ref)?.enum : first.enum;
  if (choices && !p.anyOf) return { kind: 'choice', choices };
  const types = plainTypes(first);
  if (choices || (types.length > 0 && types.every((t) => ['string', 'number', 'integer'].includes(t))))
    return { kind: 'text' };
  if (types.includes('boolean')) return { kind: 'yes-no' };
  return { kind: 'json' };
}

/** What a text in a field means: JSON where it is JSON, a list where commas part it and a list is legal, else the text. */
export function readValue(text: string, p: Property): Json {
  const trimmed = text.trim();
  try {
    const value: Json = JSON.parse(trimmed);
    if (typeof value !== 'string') return value;
  } catch {
    // Most texts are none.
  }
  const isList = p.items !== undefined || p.anyOf?.some((a) => a.items !== undefined);
  if (isList && trimmed.includes(',')) return trimmed.split(/\s*,\s*/).map((t) => readValue(t, {}));
  return trimmed;
}

export const textOf = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** The command line for a request; objects go in as a document. */
export function commandOf(operation: string, request: JsonObject): string {
  const entries = Object.entries(request);
  const isFlat = entries.every(
    ([, v]) => typeof v !== 'object' || (Array.isArray(v) && v.every((x) => typeof x !== 'object')),
  );
  if (!isFlat) return `echo '${JSON.stringify(request).replaceAll("'", "'\\''")}' | shardplan ${operation} -`;
  const word = (v: Json) => (/^[\w.,:/-]+$/.test(String(v)) ? String(v) : `'${String(v).replaceAll("'", "'\\''")}'`);
  return [
    `shardplan ${operation}`,
    ...entries.map(([k, v]) => `--${k} ${word(Array.isArray(v) ? v.join(',') : v)}`),
  ].join(' ');
}
