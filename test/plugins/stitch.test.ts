import { describe, expect, it } from 'vitest'
import { type StitchOptions, stitch } from '../../plugins/stitch'
import { Analytics } from '../../src/node/server'
import { testTransport } from '../contract/transport'
import { serveDouble } from '../doubles/double'
import { createStitchDouble } from '../doubles/stitch/stitch-double'
import { bodyOf, decodeOf, encodeIn, trackEvent } from './encode'

const create = (more: Partial<StitchOptions> = {}) => stitch({ token: 'token', ...more })
const hook = 'https://hooks.stitchdata.com/hook/secret'
const page = '<!doctype html><title>Service unavailable</title>'

testTransport('stitch', {
  create,
  success: createStitchDouble().answer,
  lie: { status: 200, body: page },
  runtimes: ['node'],
  maxRequestBytes: 20_000_000,
})
testTransport('stitch by webhook', {
  create: () => stitch({ webhookUrl: hook }),
  success: createStitchDouble().answer,
  lie: { status: 200, body: page },
  runtimes: ['node'],
})

describe('options of stitch', () => {
  const record = () => ({})
  it.each([
    ['token', {}],
    ['token', { token: 't', webhookUrl: hook }],
    ['token', { token: 't\n' }],
    ['webhookUrl', { webhookUrl: 'hooks.stitchdata.com' }],
    ['host', { token: 't', host: 'api.stitchdata.com' }],
    ['tableName', { token: 't', tableName: '' }],
    ['record', { token: 't', record: {} }],
    ['schema', { token: 't', record }],
    ['schema', { token: 't', schema: {} }],
    ['keyNames', { token: 't', keyNames: 'id' }],
    ['keyNames', { token: 't', keyNames: ['id'] }],
  ])('throw at creation with the name where %s is missing or wrong: %j', (name, options) => {
    expect(() => stitch(options as unknown as StitchOptions)).toThrow(`[firsthand] ${name}: `)
  })

  it('keep secrets out of the journal', () => {
    expect(create({ token: 'secret-token' }).receiver).toBe('https://api.stitchdata.com events')
    expect(stitch({ webhookUrl: hook }).receiver).toBe('webhook')
  })

  it('say by the key columns whether a repeat counts twice', () => {
    expect(create().deduplicates).toBe(true)
    expect(create({ keyNames: [] }).deduplicates).toBe(false)
    expect(stitch({ webhookUrl: hook }).deduplicates).toBe(false)
  })
})

describe('a request to Stitch', () => {
  it('goes to the Import API with one message for each event', () => {
    const request = encodeIn(create({ host: 'https://api.eu-central-1.stitchdata.com/' }), 'node', trackEvent())
    expect(request.url).toBe('https://api.eu-central-1.stitchdata.com/v2/import/batch')
    expect(request.headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer token' })
    expect(bodyOf(request)).toMatchObject({
      table_name: 'events',
      key_names: ['message_id'],
      messages: [
        {
          action: 'upsert',
          sequence: Date.UTC(2026, 0, 1),
          data: { message_id: 'id-1', event: 'Order Completed', properties: '{"total":30}', user_id: null },
        },
      ],
    })
  })

  it('has the rows that record makes', () => {
    const transport = create({
      tableName: 'orders',
      keyNames: ['id'],
      schema: { properties: { id: { type: 'string' }, total: { type: 'number' } } },
      record: ({ messageId, properties }) => ({ id: messageId, total: properties?.total }),
    })
    const request = encodeIn(transport, 'node', trackEvent())
    const double = createStitchDouble()
    expect(double.answer(request)).toMatchObject({ status: 201 })
    expect(double.tables.get('orders')).toEqual([{ id: 'id-1', total: 30 }])
  })

  it('has room for JSON whose every character is escaped twice', () => {
    const transport = create()
    const quotes = trackEvent({ properties: { quotes: '"'.repeat(16_000) } })
    const count = Math.floor((transport.limits?.maxBatchBytes ?? 0) / JSON.stringify(quotes).length)
    const request = encodeIn(transport, 'node', ...Array.from({ length: count }, () => quotes))
    expect(Buffer.byteLength(request.body ?? '')).toBeLessThan(20_000_000)
    expect(createStitchDouble().answer(request)).toMatchObject({ status: 201 })
  })

  it('has as many records as Stitch takes at most', () => {
    const small = { tableName: 't', schema: { properties: { message_id: { type: 'string' } } } }
    const transport = create({ ...small, record: ({ messageId }) => ({ message_id: messageId }) })
    const { maxBatchEvents = 0 } = transport.limits ?? {}
    const events = Array.from({ length: maxBatchEvents + 1 }, () => trackEvent())
    const answerTo = (count: number) =>
      createStitchDouble().answer(encodeIn(transport, 'node', ...events.slice(0, count)))
    expect(answerTo(maxBatchEvents)).toMatchObject({ status: 201 })
    expect(answerTo(maxBatchEvents + 1)).toMatchObject({ status: 400 })
  })

  it('has no key columns where each repeat is to be appended', () => {
    expect(bodyOf(encodeIn(create({ keyNames: [] }), 'node', trackEvent()))).not.toHaveProperty('key_names')
  })

  it('is one object to a webhook', () => {
    const request = encodeIn(stitch({ webhookUrl: hook }), 'node', trackEvent())
    expect(request).toMatchObject({ url: hook, headers: { 'content-type': 'application/json' } })
    expect(bodyOf(request)).toMatchObject({ message_id: 'id-1' })
  })

  it('never leaves a browser, where everybody would read the secret', () => {
    const paused = { status: 'paused', reason: 'servers-only' }
    expect(encodeIn(create(), 'browser', trackEvent())).toEqual(paused)
    expect(encodeIn(stitch({ webhookUrl: hook }), 'browser', trackEvent())).toEqual(paused)
  })
})

describe('an answer of Stitch', () => {
  const accepted = '{"status":"OK","message":"Batch Accepted!"}'
  it.each([
    [200, accepted, 'delivered'],
    [201, accepted, 'delivered'],
    [202, '{"status":"OK","message":"Batch queued"}', 'delivered'],
    [202, '', 'delivered'],
    [202, '{"error":"no"}', 'retry'],
    [201, '{"status":"ERROR"}', 'retry'],
    [200, 'OK', 'retry'],
    [302, '', 'retry'],
    [400, '{"error":"Record 0 did not conform to schema: #/f"}', 'rejected'],
    [401, '{"message":"Not Authorized"}', 'paused'],
    [413, '', 'rejected'],
    [415, '', 'rejected'],
    [429, '', 'retry'],
    [503, '', 'retry'],
    [504, '', 'retry'],
  ])('of status %s and body %j means %3$s', (status, body, expected) => {
    expect(decodeOf(create(), status, body)).toMatchObject({ status: expected })
  })

  it.each([
    [200, '', 'delivered'],
    [200, '{"status":"OK"}', 'delivered'],
    [200, '{"error":"full"}', 'retry'],
    [200, '<html>', 'retry'],
    [404, '', 'paused'],
  ])('of a webhook, status %s and body %j, means %3$s', (status, body, expected) => {
    expect(decodeOf(stitch({ webhookUrl: hook }), status, body)).toMatchObject({ status: expected })
  })
})

describe('a server that sends to Stitch', () => {
  it('fills the table once, whatever is repeated, and loses nothing to a 503', async () => {
    const double = createStitchDouble()
    const server = await serveDouble(double, [{ status: 503 }])
    const analytics = Analytics({ plugins: [create({ host: server.url, flushIntervalMs: 1 })] })
    for (const messageId of ['a', 'b', 'a'])
      await analytics.track({ userId: 'u', event: 'Order Completed', messageId, properties: { text: '"quoted"' } })
    await analytics.close()
    await server.close()
    const rows = double.tables.get('events') ?? []
    expect(rows.map(({ message_id }) => message_id)).toEqual(['a', 'b'])
    expect(JSON.parse(String(rows[0]?.properties))).toEqual({ text: '"quoted"' })
  })
})
