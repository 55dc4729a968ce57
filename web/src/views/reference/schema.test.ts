import { describe, expect, it } from 'vitest';
import { commandOf, fieldsOf, inputOf, readValue, type Schema, typeOf } from './schema';

const schema: Schema = {
  $ref: '#/$defs/question',
  $defs: {
    question: {
      properties: {
        model: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/config' }] },
        gpus: { type: ['integer', 'null'] },
        tp: { anyOf: [{ type: 'integer' }, { items: { type: 'integer' }, type: 'array' }] },
        precision: { $ref: '#/$defs/precision' },
        map: { type: 'boolean' },
        calibration: { $ref: '#/$defs/config' },
        num_gpus: { type: 'integer', deprecated: true },
      },
      required: ['model'],
    },
    config: { properties: {} },
    precision: { enum: ['bf16', 'fp8'] },
  },
};
const property = (name: string) => fieldsOf(schema).find((f) => f.name === name)?.property ?? {};

describe('a schema', () => {
  it('names the fields that are documented, and which must be there', () => {
    expect(fieldsOf(schema).map((f) => f.name)).toEqual(['model', 'gpus', 'tp', 'precision', 'map', 'calibration']);
    expect(
      fieldsOf(schema)
        .filter((f) => f.isRequired)
        .map((f) => f.name),
    ).toEqual(['model']);
  });

  it('says each type in words', () => {
    expect(typeOf(property('model'), schema)).toBe('string or config');
    expect(typeOf(property('tp'), schema)).toBe('integer or list of integer');
    expect(typeOf(property('precision'), schema)).toBe('bf16 | fp8');
    expect(typeOf(property('gpus'), schema)).toBe('integer');
  });

  it('gives each field the input that suits it', () => {
    const kinds = fieldsOf(schema).map((f) => [f.name, inputOf(f.property, schema).kind]);
    expect(Object.fromEntries(kinds)).toEqual({
      model: 'text',
      gpus: 'text',
      tp: 'text',
      precision: 'choice',
      map: 'yes-no',
      calibration: 'json',
    });
  });
});

describe('a text in a field', () => {
  it('is read as what it says, and kept where it says nothing', () => {
    expect(readValue('64', property('gpus'))).toBe(64);
    expect(readValue('sixty', property('gpus'))).toBe('sixty');
    expect(readValue('2, 4', property('tp'))).toEqual([2, 4]);
    expect(readValue('llama-3.1-8b', property('model'))).toBe('llama-3.1-8b');
    expect(readValue('a, b', property('model'))).toBe('a, b');
    expect(readValue('{"a": [1]}', property('calibration'))).toEqual({ a: [1] });
  });
});

describe('the command line of a request', () => {
  it('has a flag a field, and quotes what a shell would take apart', () => {
    expect(commandOf('memory', { model: 'llama-3.1-8b', tp: [2, 4], map: true })).toBe(
      'shardplan memory --model llama-3.1-8b --tp 2,4 --map true',
    );
    expect(commandOf('troubleshoot', { error_message: "it's out" })).toBe(
      "shardplan troubleshoot --error_message 'it'\\''s out'",
    );
  });

  it('passes a document where a field is one', () => {
    expect(commandOf('evaluate', { strategy: { tp: 2 } })).toBe(`echo '{"strategy":{"tp":2}}' | shardplan evaluate -`);
  });
});
