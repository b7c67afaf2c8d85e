import type { SchemaName } from './schemas'

export interface Parameter {
  name: string
  in: 'query' | 'path' | 'header'
  description: string
  required?: boolean
}

export interface Answer {
  description: string
  schema?: SchemaName
  /** JSON, where it is left out and there is a schema. */
  contentType?: string
}

export interface Operation {
  method: 'get' | 'post' | 'patch'
  /** As the app has it, such as `/v1/projects/:key/settings`. */
  path: string
  tag: string
  summary: string
  /** By the project key, the admin token, or nothing. */
  by: 'key' | 'admin' | 'nothing'
  parameters?: readonly Parameter[]
  body?: SchemaName
  answers: Readonly<Record<number, Answer>>
}

export const query = (...pairs: [name: string, description: string][]): Parameter[] =>
  pairs.map(([name, description]) => ({ name, in: 'query', description }))

/** The answers of a status each, in the words of one protocol. */
export function problems(schema: SchemaName, ...statuses: number[]): Record<number, Answer> {
  return Object.fromEntries(statuses.map((status) => [status, { description: reasons[status] ?? 'refused', schema }]))
}

const reasons: Record<number, string> = {
  400: 'the body or a parameter is wrong',
  401: 'the key or the token is missing or wrong',
  403: 'the origin is not on the list of the project, or not that of the collector itself',
  404: 'there is no such thing',
  406: 'every event is invalid',
  409: 'there is one already, or it belongs to the options of the collector',
  413: 'too much at a time',
  415: 'send UTF-8, plain or as gzip',
  422: 'not the format; nothing is stored',
  429: 'too many requests, or the quota of the month; see Retry-After',
  503: 'nothing was acknowledged: send it again, see Retry-After',
  504: 'it took too long and was ended',
}
