import { describe, expect, it } from 'vitest'
import { collector } from '../../plugins/collector'
import { createClient } from '../../src/core/client'
import type { Event } from '../../src/core/event'
import type { TransportContext, TransportRequest } from '../../src/core/transport'
import { testTransport } from '../contract/transport'
import { answered, createFakePlatform, type FakePlatform } from '../helpers/fake-platform'

const receipt = (request: TransportRequest) =>
  JSON.stringify({ success: true, accepted: JSON.parse(request.body ?? '').batch.length, duplicates: 0, rejected: [] })

testTransport('collector', {
  create: () => collector({ endpoint: 'https://collect.example.com', projectKey: 'pk' }),
  success: (request) => ({ status: 200, body: receipt(request) }),
  lie: { status: 200, body: '<!doctype html><title>Welcome to the hotel</title>' },
})

const contextOf = (runtime: 'browser' | 'node'): TransportContext => ({
  attempt: 1,
  sentAt: '2026-01-01T00:00:05.000Z',
  runtime,
  urgent: false,
  credentials: {},
  hash: async () => '',
  state: { get: () => null, set: () => {} },
  stored: () => null,
})

const event = (index: number, context: Event['context']): Event => ({
  version: 1,
  type: 'track',
  messageId: `id-${index}`,
  timestamp: '2026-01-01T00:00:00.000Z',
  anonymousId: 'a',
  userId: null,
  event: 'Clicked',
  properties: { index },
  context,
})

const encode = (
  options: Partial<Parameters<typeof collector>[0]>,
  events: Event[],
  runtime: 'browser' | 'node' = 'browser',
) => collector({ endpoint: '/', projectKey: 'pk', ...options }).encode(events, contextOf(runtime)) as TransportRequest

const decode = (status: number, body: string, count = 3) =>
  collector({ endpoint: '/', projectKey: 'pk' }).decode(
    { status, body, header: () => null },
    Array.from({ length: count }, (_, index) => event(index, {})),
    contextOf('browser'),
  )

describe('options of the collector', () => {
  it.each([
    ['endpoint', { projectKey: 'pk' }],
    ['endpoint', undefined],
    ['endpoint', { endpoint: 7, projectKey: 'pk' }],
    ['projectKey', { endpoint: '/' }],
    ['projectKey', { endpoint: '/', projectKey: {} }],
    ['secretKey', { endpoint: '/', projectKey: 'pk', secretKey: '' }],
    ['secretKey', { endpoint: '/', projectKey: 'pk', secretKey: 'sk\n' }],
    ['secretKey', { endpoint: '/', projectKey: 'pk', secretKey: 'schlüssel' }],
  ])('throw at creation with the name where %s is missing or wrong: %j', (name, options) => {
    const create = () => collector(options as unknown as Parameters<typeof collector>[0])
    expect(create).toThrow(new RegExp(`^\\[firsthand\\] ${name}: `))
  })

  it('name the receiver by endpoint and public key, without the secret', () => {
    expect(collector({ endpoint: '/x', projectKey: 'pk', secretKey: 'sk' }).receiver).toBe('/x pk')
  })

  it('hand the delivery options through', () => {
    const transport = collector({
      endpoint: '/',
      projectKey: 'pk',
      maxBatchEvents: 7,
      flushIntervalMs: 50,
      exit: 'once',
    })
    expect(transport.delivery).toEqual({ maxBatchEvents: 7, flushIntervalMs: 50, exit: 'once' })
    expect(transport.deduplicates).toBe(true)
  })
})

describe('a request to the collector', () => {
  it.each([
    ['/', '/v1/batch'],
    ['/collect', '/collect/v1/batch'],
    ['/collect/', '/collect/v1/batch'],
    ['https://collect.example.com', 'https://collect.example.com/v1/batch'],
    ['https://collect.example.com//', 'https://collect.example.com/v1/batch'],
  ])('for the endpoint %s goes to %s', (endpoint, url) => {
    expect(encode({ endpoint }, [event(1, {})])).toMatchObject({ method: 'POST', url })
  })

  it('needs no preflight in browsers: text, and the key in the body', () => {
    const { headers, body, credentials } = encode({ secretKey: 'secret' }, [event(1, {})])
    expect(headers).toEqual({ 'content-type': 'text/plain' })
    expect(JSON.parse(body ?? '')).toMatchObject({ projectKey: 'pk', sentAt: '2026-01-01T00:00:05.000Z' })
    expect(credentials).toBe('include')
    expect(body).not.toContain('secret')
  })

  it('is JSON in Node, with the secret key as user name where there is one', () => {
    const endpoint = 'https://collect.example.com'
    expect(encode({ endpoint }, [event(1, {})], 'node').headers).toEqual({ 'content-type': 'application/json' })
    expect(encode({ endpoint, secretKey: 'sk:1' }, [event(1, {})], 'node').headers).toEqual({
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('sk:1:').toString('base64')}`,
    })
  })

  it('waits in Node where the endpoint is not absolute', () => {
    expect(encode({}, [event(1, {})], 'node')).toEqual({ status: 'paused', reason: 'endpoint-not-absolute' })
  })

  it('carries what all events have in common once, and the rest in each', () => {
    const shared = { locale: 'en', page: { url: 'https://example.com/', title: 'Home' } }
    const { body } = encode({}, [
      event(1, { ...shared, sequence: { instance: 'i', number: 1 } }),
      event(2, { ...structuredClone(shared), sequence: { instance: 'i', number: 2 }, extra: true }),
    ])
    const { context, batch } = JSON.parse(body ?? '')
    expect(context).toEqual(shared)
    expect(batch.map((entry: Event) => entry.context)).toEqual([
      { sequence: { instance: 'i', number: 1 } },
      { sequence: { instance: 'i', number: 2 }, extra: true },
    ])
  })

  it('gives each event its own context again when the collector merges the two', () => {
    const events = [event(1, { locale: 'en', a: 1 }), event(2, { a: 1, b: [2] }), event(3, {})]
    const { context, batch } = JSON.parse(encode({}, events).body ?? '')
    const merged = batch.map((entry: Event) => ({ ...entry, context: { ...context, ...entry.context } }))
    expect(merged).toEqual(events)
  })
})

describe('an answer of the collector', () => {
  it('tells the outcome of each event', () => {
    const answer = {
      success: true,
      accepted: 1,
      duplicates: 1,
      rejected: [{ index: 1, messageId: 'id-1', code: 'bad-type', message: 'type is missing' }],
    }
    expect(decode(200, JSON.stringify(answer))).toEqual([
      { status: 'delivered', answer },
      { status: 'rejected', reason: 'bad-type', answer: 'type is missing' },
      { status: 'delivered', answer },
    ])
  })

  it('may refuse each event for its own reason with 400', () => {
    const rejected = [0, 1, 2].map((index) => ({ index, messageId: `id-${index}`, code: 'bad-type', message: 'no' }))
    expect(decode(400, JSON.stringify({ success: false, accepted: 0, duplicates: 0, rejected }))).toHaveLength(3)
  })

  it.each([
    ['a captive portal', '<html>'],
    ['nothing', ''],
    ['JSON of another service', '{"ok":true}'],
    ['null', 'null'],
  ])('that comes from %s is no delivery', (_, body) => {
    expect(decode(200, body)).toEqual({ status: 'retry', reason: 'not-the-collector' })
  })

  it.each([
    [302, 'retry'],
    [400, 'rejected'],
    [401, 'paused'],
    [403, 'paused'],
    [404, 'paused'],
    [408, 'retry'],
    [413, 'rejected'],
    [415, 'rejected'],
    [422, 'rejected'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('of status %s means %s', (status, expected) => {
    expect(decode(status, '{"error":{}}')).toMatchObject({ status: expected })
  })
})

describe('the id that the collector sets by its answer', () => {
  const anonymousIds = (platform: FakePlatform) =>
    platform.sent.flatMap(({ request }) => JSON.parse(request.body ?? '').batch.map((each: Event) => each.anonymousId))

  /** A page whose first answer comes with cookies: who the visitor is, in the eyes of the collector. */
  function openPage(cookies: Record<string, string>) {
    const platform = createFakePlatform()
    platform.answer = (request) => {
      for (const [name, value] of Object.entries(cookies)) platform.storage.items.set(name, value)
      return answered(200, receipt(request))
    }
    const plugins = [collector({ endpoint: '/', projectKey: 'pk', flushIntervalMs: 0 })]
    return { platform, analytics: createClient({ plugins }, platform), wait: () => platform.clock.advance(1000) }
  }

  it('is that of the next event, of the same visit, and is not written again', async () => {
    const { platform, analytics, wait } = openPage({ __anon_id: 'from-the-collector' })
    void analytics.track('one')
    const before = analytics.user('anonymousId')
    await wait()
    platform.storage.writes.length = 0
    void analytics.track('two')
    await wait()
    expect(anonymousIds(platform)).toEqual([before, 'from-the-collector'])
    expect(analytics.user('anonymousId')).toBe('from-the-collector')
    expect(platform.storage.writes.filter((write) => write.includes('__anon_id'))).toEqual([])
    const sessions = platform.sent.map(({ request }) => JSON.parse(request.body ?? '').context.session.id)
    expect(new Set(sessions).size).toBe(1)
  })

  it.each([
    ['the id that the page had', 'page'],
    ['another one, which the page has not noticed yet', 'cookie'],
    ['one of a cookie that no script could see', 'hidden'],
  ])('brings nobody back who has logged out meanwhile: %s', async (_, whose) => {
    const { platform, analytics, wait } = openPage({})
    const { items } = platform.storage
    void analytics.identify('ann')
    if (whose === 'cookie') items.set('__anon_id', 'from-the-collector')
    const late = whose === 'hidden' ? 'from-the-collector' : `${items.get('__anon_id')}`
    platform.answer = (request) => {
      void analytics.reset()
      items.set('__anon_id', late).set('__user_id', 'ann')
      const more = whose === 'hidden' && { anonymousId: late }
      return answered(200, JSON.stringify({ ...JSON.parse(receipt(request)), ...more }))
    }
    await wait()
    platform.answer = (request) => answered(200, receipt(request))
    void analytics.track('by somebody else')
    await wait()
    const [event] = JSON.parse(platform.sent.at(-1)?.request.body ?? '').batch
    expect(event).toMatchObject({ event: 'by somebody else', userId: null })
    expect(event.anonymousId).not.toBe(late)
    expect(items.get('__user_id')).toBeUndefined()
    expect(items.get('__anon_id')).toBe(event.anonymousId)
  })
})
