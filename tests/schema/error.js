// What every error looks like.
export const errorSchema = {
  type: 'object',
  properties: {
    error: { type: 'string', pattern: '\\.$' },
    type: { enum: ['InvalidRequest', 'InternalError'] },
    field: { type: 'string', pattern: '^(/.*)?$' },
    hint: { type: 'string' },
    problems: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', properties: { error: {}, field: {}, hint: {} }, required: ['error', 'field'] },
    },
  },
  required: ['error', 'type', 'field', 'hint', 'problems'],
  additionalProperties: false,
};
