/**
 * The notebook format, version 4.5, as a JSON schema: what a file must hold to be called a notebook. It is smaller than
 * the reference schema of the nbformat project (same required fields and closed objects, no prose), so that the runner needs no network and no copy.
 */

const text = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
const bundle = { type: 'object' };
const object = { type: 'object' };
const executionCount = { type: ['integer', 'null'], minimum: 0 };

function output(type: string, fields: Record<string, unknown>): Record<string, unknown> {
  return {
    type: 'object',
    required: ['output_type', ...Object.keys(fields)],
    additionalProperties: false,
    properties: { output_type: { const: type }, ...fields },
  };
}

const outputs = {
  stream: output('stream', { name: { type: 'string' }, text }),
  display_data: output('display_data', { data: bundle, metadata: object }),
  execute_result: output('execute_result', {
    data: bundle,
    metadata: object,
    execution_count: executionCount,
  }),
  error: output('error', {
    ename: { type: 'string' },
    evalue: { type: 'string' },
    traceback: { type: 'array', items: { type: 'string' } },
  }),
};

const cellMetadata = {
  type: 'object',
  properties: {
    tags: { type: 'array', uniqueItems: true, items: { type: 'string', pattern: '^[^,]+$' } },
    name: { type: 'string', minLength: 1 },
  },
};
const cellId = { type: 'string', pattern: '^[a-zA-Z0-9-_]+$', minLength: 1, maxLength: 64 };

function cell(
  type: string,
  fields: Record<string, unknown>,
  optional: Record<string, unknown>,
): Record<string, unknown> {
  return {
    type: 'object',
    required: ['cell_type', 'id', 'metadata', 'source', ...Object.keys(fields)],
    additionalProperties: false,
    properties: {
      cell_type: { const: type },
      id: cellId,
      metadata: cellMetadata,
      source: text,
      ...fields,
      ...optional,
    },
  };
}

/** Chooses the branch by one field, so that a message names the fault itself and not every branch that did not fit. */
function byField(field: string, branches: Record<string, unknown>): Record<string, unknown> {
  return {
    type: 'object',
    required: [field],
    properties: { [field]: { enum: Object.keys(branches) } },
    allOf: Object.entries(branches).map(([value, branch]) => ({
      if: { required: [field], properties: { [field]: { const: value } } },
      // biome-ignore lint/suspicious/noThenProperty: `then` is JSON schema's own keyword
      then: branch,
    })),
  };
}

const attachments = { attachments: { type: 'object' } };

export const NOTEBOOK_SCHEMA = {
  type: 'object',
  required: ['nbformat', 'nbformat_minor', 'metadata', 'cells'],
  additionalProperties: false,
  properties: {
    nbformat: { const: 4 },
    nbformat_minor: { type: 'integer', minimum: 5 },
    metadata: {
      type: 'object',
      properties: {
        kernelspec: {
          type: 'object',
          required: ['name', 'display_name'],
          properties: { name: { type: 'string' }, display_name: { type: 'string' } },
        },
        language_info: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string' },
            codemirror_mode: { type: ['string', 'object'] },
            file_extension: { type: 'string' },
            mimetype: { type: 'string' },
            pygments_lexer: { type: 'string' },
          },
        },
      },
    },
    cells: {
      type: 'array',
      items: byField('cell_type', {
        markdown: cell('markdown', {}, attachments),
        raw: cell('raw', {}, attachments),
        code: cell(
          'code',
          {
            outputs: { type: 'array', items: byField('output_type', outputs) },
            execution_count: executionCount,
          },
          {},
        ),
      }),
    },
  },
} as const;
