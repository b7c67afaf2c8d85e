import type { ReceiverAnswer } from '../../../src/testing'
import { type Double, type DoubleRequest, isObject, parseJson, pathOf } from '../double'

type Row = Record<string, unknown>

export interface StitchDouble extends Double {
  /** Rows by table, after upserts. */
  tables: Map<string, Row[]>
  /** Answers 202 from now on: taken, to be processed later. */
  isQueuing: boolean
}

interface Message {
  action?: unknown
  sequence?: unknown
  data?: unknown
}

const json = (status: number, body: unknown): ReceiverAnswer => ({ status, body: JSON.stringify(body) })

const countPoints = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, item) => sum + countPoints(item), 0)
    : 1

const typesOf = (value: unknown): string[] => {
  if (value === null) return ['null']
  if (Array.isArray(value)) return ['array']
  return Number.isInteger(value) ? ['number', 'integer'] : [typeof value]
}

/** RFC 3339, as JSON Schema has it. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const isDateTime = (value: unknown) => DATE_TIME.test(String(value)) && !Number.isNaN(Date.parse(String(value)))

const REQUIRED = ['table_name', 'schema', 'messages']

const isText = (value: unknown) => typeof value === 'string' && value !== ''

const findExtra = (object: object, known: readonly string[]): string | undefined => {
  const extra = Object.keys(object).find((key) => !known.includes(key))
  return extra && `Request failed validation:#: extraneous key [${extra}] is not permitted`
}

/** Why a request is refused as a whole. */
const problemOfBatch = (batch: Row): string | undefined => {
  const missing = REQUIRED.find((key) => !(key in batch))
  if (missing) return `Request failed validation:#: required key [${missing}] not found`
  const { table_name: table, schema, messages, key_names: keys = ['id'] } = batch
  if (!isText(table)) return 'Request failed validation:#/table_name: expected: String'
  if (!isObject(schema) || !isObject(schema.properties)) return 'Request failed validation:#/schema: expected: Schema'
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isText))
    return 'Request failed validation:#/key_names: expected: Strings'
  if (!Array.isArray(messages) || messages.length < 1 || messages.length > 20_000)
    return 'Request failed validation:#/messages: expected: 1 to 20000 records'
  return findExtra(batch, [...REQUIRED, 'key_names'])
}

/** Why a record does not fit the schema, in Stitch's words. */
const problemOf = (message: Message, properties: Row, keys: readonly string[]) => {
  const { action, sequence, data, ...extra } = message
  if (action !== 'upsert') return `Request failed validation:#: expected upsert, found: ${action}`
  if (!Number.isSafeInteger(sequence)) return 'Request failed validation:#: required key [sequence] not found'
  if (!isObject(data)) return 'Request failed validation:#: required key [data] not found'
  if (Object.keys(extra).length > 0) return findExtra(extra, [])
  if (Object.keys(data).some((key) => key.length >= 256)) return 'a key is too long'
  if (countPoints(data) > 10_000) return 'more than 10000 data points'
  const missing = keys.find((key) => data[key] === undefined || data[key] === null)
  if (missing) return `did not conform to schema: #: required key [${missing}] not found`
  for (const [name, value] of Object.entries(data)) {
    const schema = properties[name] as { type?: string | string[]; format?: string } | undefined
    if (!schema) return `did not conform to schema: #: extraneous key [${name}] is not permitted`
    const types = [schema.type].flat()
    const found = typesOf(value)
    if (!found.some((type) => types.includes(type)))
      return `did not conform to schema: #/${name}: expected: ${types}, found: ${found[0]}`
    if (schema.format === 'date-time' && value !== null && !isDateTime(value)) return `did not conform: #/${name}`
  }
  return
}

/** Stitch's Import API and an Incoming Webhook: `POST /v2/import/batch`, `POST /hook/secret`. */
export const createStitchDouble = (token = 'token', secretPath = '/hook/secret'): StitchDouble => {
  const tables = new Map<string, Row[]>()
  const sequences = new Map<string, number>()
  const tableOf = (name: string) => tables.get(name) ?? tables.set(name, []).get(name) ?? []

  const upsert = (table: string, keys: readonly string[], { sequence, data }: Message) => {
    const rows = tableOf(table)
    const row = data as Row
    if (keys.length === 0) return rows.push(row)
    const id = `${table} ${JSON.stringify(keys.map((key) => row[key]))}`
    const index = rows.findIndex((other) => keys.every((key) => other[key] === row[key]))
    if (index >= 0 && Number(sequence) >= (sequences.get(id) ?? 0)) rows[index] = row
    else if (index < 0) rows.push(row)
    return sequences.set(id, Math.max(Number(sequence), sequences.get(id) ?? 0))
  }

  const importBatch = ({ headers, body }: DoubleRequest): ReceiverAnswer => {
    if (headers.authorization !== `Bearer ${token}`) return json(401, { message: 'Not Authorized' })
    if (headers['content-type'] !== 'application/json') return { status: 415 }
    if (Buffer.byteLength(body ?? '') > 20_000_000) return { status: 413 }
    const batch = parseJson(body)
    if (!isObject(batch)) return json(400, { error: 'Unable to parse request body' })
    const refusal = problemOfBatch(batch)
    if (refusal) return json(400, { error: refusal })
    const {
      table_name: table,
      schema,
      messages,
      key_names: keys = [],
    } = batch as {
      table_name: string
      schema: { properties: Row }
      messages: Message[]
      key_names?: string[]
    }
    for (const [index, message] of messages.entries()) {
      const problem = problemOf(message, schema.properties, keys)
      if (problem) return json(400, { error: `Record ${index} ${problem}` })
    }
    for (const message of messages) upsert(table, keys, message)
    return double.isQueuing
      ? json(202, { status: 'OK', message: 'Batch queued' })
      : json(201, { status: 'OK', message: 'Batch Accepted!' })
  }

  const takeHook = ({ headers, body }: DoubleRequest): ReceiverAnswer => {
    if (headers['content-type'] !== 'application/json') return { status: 415 }
    const row = parseJson(body)
    if (!isObject(row)) return json(400, { error: 'JSON object expected' })
    tableOf('webhook').push(row)
    return json(200, { status: 'OK' })
  }

  const double: StitchDouble = {
    tables,
    isQueuing: false,
    answer(request) {
      const { pathname } = pathOf(request)
      if (request.method !== 'POST') return { status: 405 }
      if (pathname === '/v2/import/batch') return importBatch(request)
      return pathname === secretPath ? takeHook(request) : { status: 404 }
    },
  }
  return double
}
