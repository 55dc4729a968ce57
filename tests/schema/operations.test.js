// What the registry says of the operations is true: schemas are schemas, examples run, responses are as described.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { native, operations } from '../core.js';
import { cases, expected } from '../golden/cases.js';
import { errorSchema } from './error.js';

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
const valid = (validate, body) => assert(validate(body), ajv.errorsText(validate.errors));

for (const operation of operations(native)) {
  describe(operation.name, () => {
    assert(ajv.validateSchema(operation.request_schema), ajv.errorsText());
    assert(ajv.validateSchema(operation.response_schema), ajv.errorsText());
    const request = ajv.compile(operation.request_schema);
    const response = ajv.compile(operation.response_schema);

    test('has one line of help', () => assert.match(operation.help, /^[A-Z][^\n]{10,100}\.$|\?$/));
    test('its example is a request', () => valid(request, operation.example));

    for (const c of cases().filter((c) => c.operation === operation.name)) {
      const { json, kind } = native(c.operation, c.request);
      if (kind === 0) {
        test(`the response to ${c.name} is as described`, () => valid(response, JSON.parse(json)));
        const body = JSON.parse(c.request.toString() || '{}');
        test(`the request ${c.name} is as described`, () => valid(request, 'request' in body && 'operation' in body ? body.request : body));
      } else if (/unknown-field|misspelt-field|enum|out-of-range|wrong-types|empty-object/.test(c.name)) {
        // What a schema can tell, it tells.
        test(`the request ${c.name} is refused`, () => assert(!request(JSON.parse(c.request))));
      }
    }
  });
}

test('an error says what, where and how to mend it', () => {
  const validate = ajv.compile(errorSchema);
  for (const c of cases().filter((c) => JSON.parse(expected(c)).kind !== 'answer')) {
    const { json, kind } = native(c.operation, c.request);
    assert(validate(JSON.parse(json)), `${c.operation}/${c.name}: ${ajv.errorsText(validate.errors)}`);
    assert.notEqual(kind, 2, `${c.operation}/${c.name} met a fault: ${json}`);
  }
});
