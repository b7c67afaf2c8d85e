import { describe, expect, it } from 'vitest'
import { type CustomEventsOptions, customEvents, type HttpOptions, http, webhook } from '../../plugins/http'
import type { Event } from '../../src/core/event'
import type { TransportRequest, TransportResponse } from '../../src/core/transport'
import { Analytics as Server } from '../../src/node/server'
import { testTransport } from '../contract/transport'
import { startLoopbackServer } from '../helpers/loopback-server'
import { bodyOf, decodeOf, encodeIn, testContext, trackEvent } from './encode'

const url = 'https://example.com/events'
const create = (more: Partial<HttpOptions> = {}) => http({ url, ...more })
const ok = () => ({ status: 200, body: '{"ok":true}' })

const saysOk = ({ status, body }: TransportResponse) =>
  status === 200 && body !== '{"ok":true}' ? ({ status: 'retry', reason: 'not-ok' } as const) : undefined

testTransport('http', { create, success: ok, lie: null })
testTransport('http with a body and a result of its own', {
  create: () =>
    create({
      method: 'PUT',
      headers: { 'X-Token': 't' },
      deduplicates: true,
      body: (events, { sentAt }) => ({ sentAt, ids: events.map(({ messageId }) => messageId) }),
      result: saysOk,
    }),
  success: ok,
  lie: { status: 200, body: '{"ok":false}' },
})
testTransport('http with an asynchronous body', {
  create: () => create({ body: async (events, { hash }) => `${await hash('x')} ${JSON.stringify(events)}` }),
  success: ok,
  lie: null,
  isAsync: true,
})
testTransport('custom events', {
  create: () => customEvents({ endpoint: 'https://collect.example.com', projectKey: 'pk' }),
  success: ok,
  lie: null,
})
testTransport('webhook', { create: () => webhook({ url }), success: ok, lie: null })

describe('options of http', () => {
  it.each([
    ['url', { url: '' }],
    ['url', { url: undefined }],
    ['name', { name: '' }],
    ['method', { method: 'GET' }],
    ['headers', { headers: 'X-Token: 7' }],
    ['body', { body: 'text' }],
    ['batch', { batch: 'no' }],
    ['deduplicates', { deduplicates: 1 }],
    ['result', { result: {} }],
  ])('throw at creation with the name where %s is missing or wrong: %j', (name, options) => {
    expect(() => create(options as unknown as HttpOptions)).toThrow(`[firsthand] ${name}: must be `)
  })

  it('throw without any', () => {
    expect(() => http(undefined as unknown as HttpOptions)).toThrow('[firsthand] url: ')
  })

  it('tell receivers apart, and keep the address out of the journal', () => {
    const [one, other] = [create({ url: `${url}/secret` }), create({ url: `${url}/other` })]
    expect(one.receiver).not.toBe(other.receiver)
    expect(one.receiver).toBe(create({ url: `${url}/secret` }).receiver)
    expect(one.receiver).toMatch(/^-?\d+$/)
  })

  it('take a name, so that a client can have several', () => {
    expect([create().name, create({ name: 'audit' }).name]).toEqual(['http', 'audit'])
  })

  it('hand the delivery options through', () => {
    expect(create({ flushIntervalMs: 9, exit: 'repeat' }).delivery).toEqual({ flushIntervalMs: 9, exit: 'repeat' })
  })
})

describe('a request of http', () => {
  it('has the list of events as JSON, and needs no preflight in browsers', () => {
    const request = encodeIn(create(), 'browser', trackEvent(), trackEvent({ messageId: 'id-2' }))
    expect(request).toMatchObject({ method: 'POST', url, headers: { 'content-type': 'text/plain' } })
    expect(bodyOf(request)).toEqual([trackEvent(), trackEvent({ messageId: 'id-2' })])
  })

  it('is JSON by its type in Node', () => {
    expect(encodeIn(create(), 'node', trackEvent()).headers).toEqual({ 'content-type': 'application/json' })
  })

  it('has the headers of the user, whose content type wins in any case', () => {
    const headers = { 'Content-Type': 'application/x-ndjson', 'X-Token': 't' }
    expect(encodeIn(create({ headers }), 'browser', trackEvent()).headers).toEqual({
      'content-type': 'application/x-ndjson',
      'x-token': 't',
    })
  })

  it('has what body makes: a text as it is, anything else as JSON', () => {
    const lines = create({ body: (events) => events.map(({ event }) => event).join('\n') })
    expect(encodeIn(lines, 'browser', trackEvent(), trackEvent()).body).toBe('Order Completed\nOrder Completed')
    const object = create({ method: 'PATCH', body: (events, { sentAt }) => ({ sentAt, count: events.length }) })
    expect(encodeIn(object, 'browser', trackEvent())).toMatchObject({
      method: 'PATCH',
      body: '{"sentAt":"2026-01-01T00:00:05.000Z","count":1}',
    })
  })

  it('has one event where batch is false', () => {
    const single = create({ batch: false })
    expect(single.limits).toEqual({ maxBatchEvents: 1 })
    expect(bodyOf(encodeIn(single, 'browser', trackEvent()))).toEqual(trackEvent())
  })

  it('waits in Node where the address is not absolute', () => {
    expect(encodeIn(create({ url: '/events' }), 'node', trackEvent())).toEqual({
      status: 'paused',
      reason: 'url-not-absolute',
    })
  })

  it('is none where body throws or makes nothing: the host counts the events as rejected', () => {
    const encode = (body: HttpOptions['body']) => () => create({ body }).encode([trackEvent()], testContext())
    expect(
      encode(() => {
        throw new Error('mine')
      }),
    ).toThrow('mine')
    expect(encode(() => undefined)).toThrow('[firsthand] body: must be something')
  })
})

describe('an answer to http', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [302, 'retry'],
    [400, 'rejected'],
    [401, 'paused'],
    [403, 'paused'],
    [404, 'paused'],
    [405, 'rejected'],
    [408, 'retry'],
    [413, 'rejected'],
    [422, 'rejected'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('of status %s means %s', (status, expected) => {
    expect(decodeOf(create(), status)).toMatchObject({ status: expected })
  })

  it('means what result says, and its status where result says nothing', () => {
    const transport = create({ result: saysOk })
    expect(decodeOf(transport, 200, '{"ok":false}')).toEqual({ status: 'retry', reason: 'not-ok' })
    expect(decodeOf(transport, 200, '{"ok":true}')).toMatchObject({ status: 'delivered' })
    expect(decodeOf(transport, 500)).toMatchObject({ status: 'retry' })
  })

  it('may give each event an outcome of its own', () => {
    const transport = create({ result: (_, events) => events.map(() => ({ status: 'rejected', reason: 'no' })) })
    expect(decodeOf(transport, 200, '', 2)).toHaveLength(2)
  })
})

describe('custom events', () => {
  const endpoint = 'https://collect.example.com/'

  it.each([
    ['endpoint', { projectKey: 'pk' }],
    ['projectKey', { endpoint }],
  ])('throw at creation where %s is missing', (name, options) => {
    expect(() => customEvents(options as CustomEventsOptions)).toThrow(`[firsthand] ${name}: `)
  })

  it('are sent one by one, in the words of that API', () => {
    const transport = customEvents({ endpoint, projectKey: 'pk', maxBatchEvents: 50 })
    expect(transport).toMatchObject({ name: 'custom-events', limits: { maxBatchEvents: 1 } })
    const event = trackEvent({
      event: 'ButtonClick',
      properties: { category: 'CTA', value: 1 },
      context: {
        page: { url: 'https://yourdomain.com/page', title: 'Home', path: '/page', referrer: 'https://a.example/' },
        userAgent: 'UA',
        session: { id: 'session-1', number: 1, start: 0 },
      },
    })
    const request = encodeIn(transport, 'browser', event)
    expect(request.url).toBe('https://collect.example.com/events')
    expect(bodyOf(request)).toEqual({
      projectKey: 'pk',
      event_name: 'ButtonClick',
      event_data: { category: 'CTA', value: 1 },
      url: 'https://yourdomain.com/page',
      page_title: 'Home',
      page_path: '/page',
      referrer: 'https://a.example/',
      userAgent: 'UA',
      sessionId: 'session-1',
      timestamp: '2026-01-01T00:00:00.000Z',
      messageId: 'id-1',
      anonymousId: 'anonymous-1',
      userId: null,
    })
  })

  it('have the name of the call where there is no other', () => {
    const transport = customEvents({ endpoint, projectKey: 'pk' })
    const identify = trackEvent({ type: 'identify', event: undefined, properties: undefined, traits: { plan: 'pro' } })
    expect(bodyOf(encodeIn(transport, 'browser', identify))).toMatchObject({
      event_name: 'identify',
      event_data: { plan: 'pro' },
    })
  })
})

describe('a server that sends to an endpoint of its own', () => {
  it.each([
    ['a list', {}, 1],
    ['one by one', { batch: false }, 2],
  ])('gives it whole events: %s', async (_, options, requests) => {
    const server = await startLoopbackServer((__, response) => response.writeHead(204).end())
    const analytics = Server({ plugins: [create({ url: server.url, ...options })] })
    for (const event of ['one', 'two']) await analytics.track({ userId: 'u', event })
    await analytics.close()
    await server.close()
    const events: Event[] = server.received.flatMap(({ body }) => JSON.parse(body))
    expect(events.map(({ event }) => event)).toEqual(['one', 'two'])
    for (const { context } of events) expect(context).toMatchObject({ library: { name: 'firsthand' } })
    expect(server.received).toHaveLength(requests)
  })
})

describe('webhook', () => {
  it('takes one event as a JSON object per request', () => {
    const transport = webhook({ url, headers: { 'x-secret': 's' } })
    expect(transport).toMatchObject({ name: 'webhook', limits: { maxBatchEvents: 1 } })
    const request: TransportRequest = encodeIn(transport, 'node', trackEvent())
    expect(bodyOf(request)).toEqual(trackEvent())
    expect(request.headers).toEqual({ 'content-type': 'application/json', 'x-secret': 's' })
  })
})
