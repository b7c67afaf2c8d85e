import { describe, expect, it } from 'vitest'
import { createStitchDouble } from './stitch-double'

const schema = {
  properties: {
    id: { type: 'string' },
    at: { type: ['null', 'string'], format: 'date-time' },
    n: { type: 'object' },
  },
}
const message = (more: object = {}) => ({
  action: 'upsert',
  sequence: 1,
  data: { id: 'a' },
  ...more,
})
const batch = (more: object = {}) => ({
  table_name: 't',
  schema,
  messages: [message()],
  key_names: ['id'],
  ...more,
})
const withData = (data: object) => batch({ messages: [message({ data: { id: 'a', ...data } })] })

const headers = {
  authorization: 'Bearer token',
  'content-type': 'application/json',
}
const ask = (body: unknown, more: object = {}, double = createStitchDouble()) =>
  double.answer({
    method: 'POST',
    url: '/v2/import/batch',
    headers,
    body: JSON.stringify(body),
    ...more,
  })

describe('the double of Stitch', () => {
  it.each<[string, unknown]>([
    ['no JSON object', []],
    ['no table', { schema, messages: [message()] }],
    ['an empty table name', batch({ table_name: '' })],
    ['a key that it does not know', batch({ writeKey: 'k' })],
    ['a schema without properties', batch({ schema: {} })],
    ['key columns that are no list', batch({ key_names: 'id' })],
    ['no records', batch({ messages: [] })],
    ['records that are no list', batch({ messages: message() })],
    ['more than 20,000 records', batch({ messages: Array(20_001).fill(message()) })],
    ['another action', batch({ messages: [message({ action: 'insert' })] })],
    ['no sequence', batch({ messages: [message({ sequence: undefined })] })],
    ['a record with a key that it does not know', batch({ messages: [message({ row: {} })] })],
    ['a record without its key column', batch({ messages: [message({ data: {} })] })],
    ['a column that is not in the schema', withData({ other: 1 })],
    ['a value of another type', withData({ id: 7 })],
    ['a list for an object', withData({ n: [] })],
    ['a date that is not of RFC 3339', withData({ at: '2026-01-01' })],
    ['a column with a name of 256 letters', withData({ ['x'.repeat(256)]: 1 })],
    ['more than 10,000 data points', withData({ n: Object.fromEntries(Array(10_001).fill(0).entries()) })],
  ])('answers 400 to %s', (_, body) => {
    expect(ask(body)).toMatchObject({
      status: 400,
      body: expect.stringContaining('"error"'),
    })
  })

  it('answers 401, 404, 405, 413 and 415 as documented', () => {
    expect(ask(batch(), { headers: { ...headers, authorization: 'Bearer other' } }).status).toBe(401)
    expect(ask(batch(), { url: '/v2/import/batch/' }).status).toBe(404)
    expect(ask(batch(), { method: 'PUT' }).status).toBe(405)
    expect(ask(withData({ at: 'x'.repeat(20_000_000) })).status).toBe(413)
    expect(ask(batch(), { headers: { ...headers, 'content-type': 'text/plain' } }).status).toBe(415)
    expect(ask({}, { url: '/hook/secret', headers: { 'content-type': 'text/plain' } }).status).toBe(415)
  })

  it('replaces a row by its key columns, never by a lower sequence, and appends where there are none', () => {
    const double = createStitchDouble()
    const send = (sequence: number, at: string | null, more: object = {}) =>
      ask(
        batch({
          messages: [message({ sequence, data: { id: 'a', at } })],
          ...more,
        }),
        {},
        double,
      ).status
    expect([send(2, null), send(1, '2026-01-01T00:00:00Z')]).toEqual([201, 201])
    expect(double.tables.get('t')).toEqual([{ id: 'a', at: null }])
    double.isQueuing = true
    expect(send(3, '2026-01-01T00:00:00Z')).toBe(202)
    expect(double.tables.get('t')).toEqual([{ id: 'a', at: '2026-01-01T00:00:00Z' }])
    for (const sequence of [1, 1]) send(sequence, null, { table_name: 'u', key_names: undefined })
    expect(double.tables.get('u')).toHaveLength(2)
  })
})
