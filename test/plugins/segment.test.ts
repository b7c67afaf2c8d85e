import { describe, expect, it } from 'vitest'
import { type SegmentOptions, segment } from '../../plugins/segment'
import type { Event } from '../../src/core/event'
import type { TransportRequest } from '../../src/core/transport'
import { createTestContext } from '../../src/testing/test-world'
import { testTransport } from '../contract/transport'
import { createSegmentDouble } from '../doubles/segment/segment-double'
import { bodyOf, decodeOf, encodeIn, trackEvent } from './encode'

const create = (more: Partial<SegmentOptions> = {}) => segment({ writeKey: 'write-key', ...more })

testTransport('segment', {
  create,
  success: createSegmentDouble().answer,
  lie: { status: 200, body: '<!doctype html><title>Welcome to the hotel</title>' },
  maxRequestBytes: 500_000,
})

describe('options of segment', () => {
  it.each([
    ['writeKey', {}],
    ['writeKey', { writeKey: '' }],
    ['writeKey', { writeKey: 'clé' }],
    ['host', { writeKey: 'k', host: 'api.segment.io' }],
  ])('throw at creation with the name where %s is missing or wrong: %j', (name, options) => {
    expect(() => segment(options as SegmentOptions)).toThrow(`[firsthand] ${name}: `)
  })

  it('throw without any', () => {
    expect(() => segment(undefined as unknown as SegmentOptions)).toThrow('[firsthand] writeKey')
  })

  it('hand the delivery options through', () => {
    expect(create({ maxBatchEvents: 7, exit: 'once' }).delivery).toEqual({ maxBatchEvents: 7, exit: 'once' })
  })
})

describe('a request to Segment', () => {
  it('needs no preflight in browsers: text, and the key in the body alone', () => {
    const request = encodeIn(create(), 'browser', trackEvent())
    expect(request).toMatchObject({ method: 'POST', url: 'https://api.segment.io/v1/batch', credentials: 'omit' })
    expect(request.headers).toEqual({ 'content-type': 'text/plain' })
    expect(bodyOf(request)).toMatchObject({ writeKey: 'write-key', sentAt: '2026-01-01T00:00:05.000Z' })
  })

  it('has Basic authentication in Node', () => {
    const { headers } = encodeIn(create(), 'node', trackEvent())
    expect(headers).toEqual({
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('write-key:').toString('base64')}`,
    })
  })

  it.each([
    ['https://events.eu1.segmentapis.com', 'https://events.eu1.segmentapis.com/v1/batch'],
    ['https://example.com/segment/', 'https://example.com/segment/v1/batch'],
  ])('goes to the host %s', (host, url) => {
    expect(encodeIn(create({ host }), 'node', trackEvent()).url).toBe(url)
  })

  it('carries messageId, campaign, session, integrations and a time of long ago as they are', () => {
    const event = trackEvent({
      timestamp: '2012-12-02T00:30:12.984Z',
      integrations: { All: false, Mixpanel: true },
      context: { campaign: { source: 'news', name: 'spring' }, session: { id: 's', number: 1, start: 7 } },
    })
    expect(bodyOf(encodeIn(create(), 'browser', event)).batch).toEqual([
      {
        type: 'track',
        messageId: 'id-1',
        timestamp: '2012-12-02T00:30:12.984Z',
        anonymousId: 'anonymous-1',
        event: 'Order Completed',
        properties: { total: 30 },
        integrations: { All: false, Mixpanel: true },
        context: { campaign: { source: 'news', name: 'spring' }, session: { id: 's', number: 1, start: 7 } },
      },
    ])
  })

  it.each([
    [
      { type: 'page', name: 'Home', properties: { name: 'Home', category: 'Docs' } },
      { name: 'Home', category: 'Docs' },
    ],
    [
      { type: 'screen', name: 'Home', properties: { category: 'Main' } },
      { name: 'Home', category: 'Main' },
    ],
    [{ type: 'track', properties: { category: 'Socks' } }, { category: undefined }],
    [
      { type: 'group', groupId: 'g', traits: { name: 'Initech' } },
      { groupId: 'g', traits: { name: 'Initech' } },
    ],
    [
      { type: 'alias', userId: 'new', previousId: 'old' },
      { userId: 'new', previousId: 'old' },
    ],
    [
      { type: 'identify', userId: 'u', traits: { plan: 'pro' } },
      { userId: 'u', traits: { plan: 'pro' } },
    ],
  ] as const)('says %j in the words of Segment', (event, expected) => {
    const [message] = bodyOf(encodeIn(create(), 'node', trackEvent({ event: undefined, ...event }))).batch
    for (const [name, value] of Object.entries(expected)) expect(message[name]).toEqual(value)
    expect(message.version).toBeUndefined()
    expect(message.userId).not.toBeNull()
  })

  it('is taken by a strict receiver with events of every type, none thrown away', async () => {
    const double = createSegmentDouble()
    const types = {
      page: {},
      screen: {},
      identify: {},
      group: { groupId: 'g' },
      alias: { userId: 'u', previousId: 'p' },
    }
    const events = Object.entries(types).map(([type, more], index) =>
      trackEvent({ type: type as 'page', messageId: `id-${index}`, event: undefined, ...more }),
    )
    const request = (await create().encode(events, createTestContext('browser'))) as TransportRequest
    expect(double.answer(request)).toMatchObject({ status: 200 })
    expect(double.discarded).toEqual([])
    expect(double.messages.map(({ type }) => type)).toEqual(Object.keys(types))
  })
})

describe('the limits of Segment', () => {
  const { maxBatchEvents = 0, maxBatchBytes = 0, maxEventBytes = 0 } = create().limits ?? {}
  const bytesOf = (event: Event) => Buffer.byteLength(JSON.stringify(event))
  const send = (...events: Event[]) => {
    const double = createSegmentDouble()
    const request = encodeIn(create(), 'browser', ...events)
    return { bytes: Buffer.byteLength(request.body ?? ''), ...double.answer(request), discarded: double.discarded }
  }
  const many = (count: number, more: Partial<Event> = {}) =>
    Array.from({ length: count }, (_, index) => trackEvent({ messageId: `id-${index}`, ...more }))

  it('are 2,500 events: it throws none of as many away, and one of one more', () => {
    expect(send(...many(maxBatchEvents))).toMatchObject({ status: 200, discarded: [] })
    expect(send(...many(maxBatchEvents + 1))).toMatchObject({ status: 200, discarded: ['more than 2500'] })
  })

  it('are 500 KB a request, also where each message repeats the category of its page', () => {
    const page = { type: 'page', event: undefined, userId: 'user-1', properties: { category: 'Docs' } } as const
    // As the host counts: the events, and a comma between two.
    const count = Math.floor(maxBatchBytes / (bytesOf(trackEvent({ messageId: 'id-0000', ...page })) + 1))
    const { bytes, status } = send(...many(count, page))
    expect(bytes).toBeLessThanOrEqual(500_000)
    expect(status).toBe(200)
  })

  it('are 32 KB a message: it takes an event as large as the host lets through', () => {
    const letters = maxEventBytes - bytesOf(trackEvent({ properties: { text: '' } }))
    const event = trackEvent({ properties: { text: 'x'.repeat(letters) } })
    expect(bytesOf(event)).toBe(32_768)
    expect(send(event)).toMatchObject({ status: 200, discarded: [] })
  })
})

describe('an answer of Segment', () => {
  it.each([
    [200, '{"success":true}', 'delivered'],
    [200, '{"success":false}', 'retry'],
    [200, '', 'retry'],
    [200, 'null', 'retry'],
    [304, '', 'retry'],
    [400, '{"success":false}', 'rejected'],
    [401, '', 'paused'],
    [403, '', 'paused'],
    [404, '', 'paused'],
    [408, '', 'retry'],
    [413, '', 'rejected'],
    [429, '', 'retry'],
    [500, '', 'retry'],
    [502, '<html>', 'retry'],
  ])('of status %s and body %j means %3$s', (status, body, expected) => {
    expect(decodeOf(create(), status, body)).toMatchObject({ status: expected })
  })
})
