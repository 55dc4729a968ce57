// Wrong requests made from an operation's request schema: each field missing, of the wrong type, out of its range,
// misspelt, said twice. A request holds as many mistakes as one answer reports, since all have to be found at once.

const mostMistakes = 20; // an answer stops at 50, and one mistake may break two rules

class Schema {
  constructor(schema) {
    this.definitions = schema.$defs ?? {};
    this.root = this.resolved(schema);
  }

  resolved(schema) {
    return schema.$ref ? this.definitions[schema.$ref.replace('#/$defs/', '')] : schema;
  }

  /** The ways in which a value may be written, one type each. */
  ways(schema) {
    const s = this.resolved(schema);
    if (s.anyOf) return s.anyOf.flatMap((way) => this.ways(way));
    return [s.type].flat().map((type) => ({ ...s, type }));
  }

  fields(object) {
    return Object.entries(object.properties ?? {}).map(([name, schema]) => {
      const ways = this.ways(schema);
      const number = ways.find((way) => way.type === 'integer' || way.type === 'number');
      const otherNameOf = schema.deprecated && schema.description.replace(/^Another name of (.*)\.$/, '$1');
      return { name, ways, number, otherNameOf };
    });
  }
}

// A value that no way of writing the field allows; undefined where anything goes.
function wrongType({ ways }) {
  if (ways.some((way) => way.type === undefined)) return undefined;
  const allowed = new Set(ways.map((way) => (way.enum || way.type === 'integer' ? 'number' : way.type)));
  const kind = (value) => (Array.isArray(value) ? 'array' : typeof value);
  return ['nothing of the kind', { 'nothing of the kind': 1 }, [[]], -0.5].find((value) => !allowed.has(kind(value)));
}

// Two letters in the middle change places; one is doubled where they are the same.
function misspelt(name) {
  const i = Math.floor(name.length / 2);
  const swapped = name.slice(0, i - 1) + name[i] + name[i - 1] + name.slice(i + 1);
  return swapped === name ? name.slice(0, i) + name.slice(i - 1) : swapped;
}

// Small, but not lost beside a large bound.
const step = (number, bound) => (number.type === 'integer' ? 1 : Math.max(0.001, Math.abs(bound) * 1e-6));

// Kinds of mistakes: for each field the members that make one, with a word of what is said about it, or nothing.
const kinds = {
  'of the wrong type': (f) => wrongType(f) !== undefined && { [f.name]: [wrongType(f), ''] },
  'below its range': (f) =>
    f.number?.minimum !== undefined && {
      [f.name]: [f.number.minimum - step(f.number, f.number.minimum), 'must be a number'],
    },
  'above its range': (f) =>
    f.number?.maximum !== undefined && {
      [f.name]: [f.number.maximum + step(f.number, f.number.maximum), 'must be a number'],
    },
  'not whole': (f) => f.number?.type === 'integer' && { [f.name]: [(f.number.minimum ?? 1) + 0.5, 'whole number'] },
  misspelt: (f, known) => {
    const name = misspelt(f.name);
    return name.length > 2 && !known.has(name) && { [name]: [1, 'Unknown field'] };
  },
  'said twice': (f) => f.otherNameOf && { [f.otherNameOf]: [1], [f.name]: [1, 'say the same thing'] },
};

/** Requests whose mistakes lie in one object; `wrap` puts that object, which is at `path`, into a request. */
function mistakes(schema, object, path, wrap, depth) {
  const fields = schema.fields(object);
  const known = new Set(fields.map((f) => f.name));
  const out = [];
  for (const [kind, make] of Object.entries(kinds)) {
    if (kind === 'misspelt' && object.additionalProperties !== false) continue;
    const made = fields
      .filter((f) => !f.otherNameOf || kind === 'said twice')
      .map((f) => make(f, known))
      .filter(Boolean);
    for (let i = 0; i < made.length; i += mostMistakes) {
      const members = Object.entries(Object.assign({}, ...made.slice(i, i + mostMistakes)));
      out.push({
        name: `fields of '${path}' ${kind}, from ${i}`,
        request: wrap(Object.fromEntries(members.map(([name, [value]]) => [name, value]))),
        told: members
          .filter(([, [, says]]) => says !== undefined)
          .map(([name, [, says]]) => ({ path: `${path}/${name}`, says })),
      });
    }
  }
  if (depth === 0) return out;
  for (const f of fields.filter((f) => !f.otherNameOf)) {
    const inner = f.ways.find((way) => way.type === 'object' && way.properties && way.additionalProperties === false);
    if (inner)
      out.push(...mistakes(schema, inner, `${path}/${f.name}`, (value) => wrap({ [f.name]: value }), depth - 1));
  }
  return out;
}

/** Requests with mistakes that the schema can tell: {name, request, told: [{path, says}]}. */
export function wrongRequests({ request_schema }) {
  const schema = new Schema(request_schema);
  const out = mistakes(schema, schema.root, '', (value) => value, 2);
  const mixed = out
    .filter(({ name, told }) => !name.includes('said twice') && told[0].path.lastIndexOf('/') === 0)
    .map(({ request, told: [{ path }] }) => ({ path, member: [path.slice(1), request[path.slice(1)]] }));
  if (mixed.length > 1)
    out.push({
      name: 'mistakes of several kinds',
      request: Object.fromEntries(mixed.map(({ member }) => member)),
      told: mixed.map(({ path }) => ({ path, says: '' })),
    });
  return out;
}

/** The example without each of its fields; `needed` where there is no answer without it. */
export function withoutEach({ request_schema, example }) {
  const required = new Schema(request_schema).root.required ?? [];
  return Object.keys(example).map((name) => {
    const { [name]: _, ...request } = example;
    return { name, request, needed: required.includes(name) };
  });
}

/** The example with one field empty, or one number at an end of its range: an answer or an error, never a fault. */
export function extremes({ request_schema, example }) {
  const schema = new Schema(request_schema);
  return schema
    .fields(schema.root)
    .filter((f) => !f.otherNameOf)
    .flatMap(({ name, ways, number }) => {
      const empty = { string: '', array: [], object: {} };
      const values = [null, number?.minimum, number?.maximum, ...ways.map((way) => empty[way.type])];
      return values.filter((value) => value !== undefined).map((value) => ({ ...example, [name]: value }));
    });
}

// Fields that are right each and wrong together, for every operation that has all of them.
const contradictions = [
  ['the batch said twice', { gbs: 64, batch_size: 8 }],
  ['degrees that are not the GPUs', { gpus: 8, tp: 3, dp: 1 }],
  ['a batch that dp does not divide', { gpus: 2, gbs: 7, tp: 1, pp: 1, dp: 2, mbs: 1 }],
  ['the strategy said twice', { strategy: { tp: 2 }, tp: 4 }],
  ['the sharding said twice', { zero_stage: 1, sharding: 'zero3' }],
  ['a machine with another GPU', { gpu: 'a100', system: 'dgx-h100' }],
  ['more kept free than there is', { memory_gib: 10, headroom_gib: 20 }],
  ['GPUs that do not fill nodes', { gpus: 12, gpus_per_node: 8 }],
];

export function contradicting({ request_schema, example }) {
  const schema = new Schema(request_schema);
  const known = new Set(schema.fields(schema.root).map((f) => f.name));
  return contradictions
    .filter(([, members]) => Object.keys(members).every((name) => known.has(name)))
    .map(([name, members]) => ({ name, request: { ...withoutSides(example), ...members } }));
}

// What is laid over the other fields, as the sides of a comparison are, would mend what is wrong with them.
const withoutSides = (example) =>
  Object.fromEntries(Object.entries(example).filter(([, v]) => !(Array.isArray(v) && typeof v[0] === 'object')));
