import { toJsonSchema } from '@valibot/to-json-schema'
import { LIBRARY } from '../../core/version'
import type { Answer, Operation, Parameter } from './operation'
import { componentSchemas, type SchemaName } from './schemas'

export interface OpenApiDocument {
  openapi: '3.1.0'
  [field: string]: unknown
}

/**
 * Describes these operations as OpenAPI 3.1. It is made of the schemas and not of the app's middleware: intake answers
 * a batch in part, in the words of the protocol, which no validating middleware does.
 */
export function createDocument(operations: readonly Operation[], basePath: string): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const path = openApiPath(operation.path)
    paths[path] = { ...paths[path], [operation.method]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'firsthand collector', version: LIBRARY.version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: basePath || '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: schemasOf(), securitySchemes },
  }
}

const securitySchemes = {
  projectKey: {
    type: 'http',
    scheme: 'basic',
    description: 'the project key as user name; it may also stand in body or query',
  },
  adminToken: { type: 'http', scheme: 'bearer' },
  adminSession: { type: 'apiKey', in: 'cookie', name: '__fh_admin' },
}

const security = { key: [{ projectKey: [] }, {}], admin: [{ adminToken: [] }, { adminSession: [] }], nothing: [] }

function describe({ path, method, tag, summary, by, parameters = [], body, answers }: Operation) {
  const inPath = [...path.matchAll(parameterPattern)].map(
    ([, name = '']): Parameter => ({ name, in: 'path', required: true, description: 'part of the address' }),
  )
  return {
    operationId: `${method}${openApiPath(path).replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}${path.endsWith('/') ? 'Slash' : ''}`,
    ...{ tags: [tag], summary, security: security[by] },
    parameters: [...inPath, ...parameters].map((parameter) => ({ ...parameter, schema: { type: 'string' } })),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: reference(body) } } } }),
    responses: Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)])),
  }
}

function describeAnswer({ description, schema, contentType = schema && 'application/json' }: Answer) {
  if (contentType === undefined) return { description }
  return { description, content: { [contentType]: schema ? { schema: reference(schema) } : {} } }
}

function reference(name: SchemaName) {
  return { $ref: `#/components/schemas/${name}` }
}

function schemasOf(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(componentSchemas).map(([name, schema]) => {
      const { $schema: _dialect, ...own } = toJsonSchema(schema, {
        target: 'draft-2020-12',
        typeMode: 'input',
        // What changes or checks a value in ways that JSON Schema cannot say is left out.
        errorMode: 'ignore',
        overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'custom' ? { type: 'object' } : undefined),
      })
      return [name, own]
    }),
  )
}

/** `:name`, with or without a pattern of its own. */
const parameterPattern = /:(\w+)(?:\{[^}]*\})?/g

/** `/v1/projects/:key/settings` is `/v1/projects/{key}/settings`. */
export function openApiPath(path: string): string {
  return path.replace(parameterPattern, '{$1}')
}
