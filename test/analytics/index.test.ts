import { Analytics } from 'analytics'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { segment } from '../../plugins/segment'
import { type AnalyticsPluginOptions, cookieStorage, sessionPlugin, toAnalyticsPlugin } from '../../src/analytics'
import type { Transport } from '../../src/core/transport'
import { serveDouble } from '../doubles/double'
import { createSegmentDouble, type SegmentDouble } from '../doubles/segment/segment-double'
import type { LoopbackServer } from '../helpers/loopback-server'

let double: SegmentDouble
let server: LoopbackServer
let failures: { status: number }[]

beforeEach(async () => {
  double = createSegmentDouble()
  failures = []
  server = await serveDouble(double, failures)
})
afterEach(() => server.close())

const toSegment = (more: Partial<Transport> = {}): Transport => ({
  ...segment({ writeKey: 'write-key', host: server.url, flushIntervalMs: 1 }),
  ...more,
})

/** An instance of the published package with memory of its own. */
const start = (plugins: { name: string }[]) => Analytics({ app: 'shop', ...{ storage: cookieStorage() }, plugins })
const create = (options?: AnalyticsPluginOptions) => start([sessionPlugin(), toAnalyticsPlugin(toSegment(), options)])
const methodsOf = (analytics: ReturnType<typeof start>, name = 'segment') =>
  (analytics.plugins as unknown as Record<string, ReturnType<typeof toAnalyticsPlugin>['methods']>)[name]
const events = () => double.messages.map(({ event }) => event)

describe('a transport under the published analytics in Node', () => {
  it('sends page, track and identify, each with an id of its own, its session and its number', async () => {
    const analytics = create()
    await analytics.page({ name: 'Home', url: '/' })
    await analytics.track('Clicked', { total: 3 }, { context: { ip: '203.0.113.0' } })
    await analytics.identify('user-1', { plan: 'pro' })
    expect(await methodsOf(analytics)?.flush()).toEqual({ delivered: 3, pending: 0, dropped: 0 })
    expect(double.messages).toMatchObject([
      { type: 'page', name: 'Home', properties: { name: 'Home', url: '/' } },
      { type: 'track', event: 'Clicked', properties: { total: 3 } },
      { type: 'identify', userId: 'user-1', traits: { plan: 'pro' } },
    ])
    const anonymousId = analytics.user('anonymousId')
    for (const [index, { messageId, context, ...message }] of double.messages.entries()) {
      expect(message.anonymousId).toBe(anonymousId)
      expect(messageId).toMatch(/^an_[\da-f-]{36}_[\w-]{21}$/)
      expect(context).toMatchObject({ library: { name: 'firsthand' }, session: { number: 1 } })
      expect(context.sequence).toMatchObject({ number: index + 1 })
    }
    expect(double.messages[1]?.context.ip).toBe('203.0.113.0')
    expect(new Set(double.messages.map(({ messageId }) => messageId)).size).toBe(3)
  })

  it('takes the id and the time of the caller', async () => {
    const analytics = create()
    await analytics.track('Imported', {}, { messageId: 'mine', timestamp: '2026-01-01T00:00:00.000Z' })
    await methodsOf(analytics)?.flush()
    expect(double.messages).toMatchObject([{ messageId: 'mine', timestamp: '2026-01-01T00:00:00.000Z' }])
  })

  it('tries again after 503, and tells each outcome', async () => {
    failures.push({ status: 503 })
    const onDelivery = vi.fn()
    const analytics = create({ onDelivery })
    await analytics.track('Clicked')
    await expect.poll(events, { timeout: 5000 }).toEqual(['Clicked'])
    await expect
      .poll(() => onDelivery.mock.calls.map(([{ outcome }]) => outcome.status))
      .toEqual(['retry', 'delivered'])
    expect(methodsOf(analytics)?.state()).toMatchObject({ accepted: 1, acknowledged: 1, waiting: 0 })
  })

  it('goes on when onDelivery throws, and warns', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const analytics = create({
      onDelivery() {
        throw new Error('no')
      },
    })
    await analytics.track('Clicked')
    await methodsOf(analytics)?.flush()
    expect(events()).toEqual(['Clicked'])
    expect(warn.mock.calls.flat().join()).toContain('[firsthand] onDelivery: Error: no')
    warn.mockRestore()
  })

  it('is chosen by the call, and switched off as any plugin', async () => {
    const analytics = create()
    await analytics.track('left out', {}, { plugins: { segment: false } })
    await analytics.plugins.disable('segment')
    await analytics.track('disabled')
    await analytics.plugins.enable('segment')
    await analytics.track('taken')
    await methodsOf(analytics)?.flush()
    expect(events()).toEqual(['taken'])
    expect(double.messages[0]?.context.sequence).toMatchObject({ number: 1 })
  })

  it('sends what the hooks of others have made of a call', async () => {
    const enrichment = {
      name: 'enrichment',
      trackStart: ({ payload }: { payload: { properties: object } }) => ({
        ...payload,
        properties: { ...payload.properties, currency: 'EUR' },
      }),
      'track:segment': ({ payload }: { payload: { properties: object } }) => ({
        ...payload,
        properties: { ...payload.properties, only: 'segment' },
      }),
    }
    const analytics = start([enrichment, toAnalyticsPlugin(toSegment())])
    await analytics.track('Clicked', { total: 3 })
    await methodsOf(analytics)?.flush()
    expect(double.messages).toMatchObject([
      { type: 'track', properties: { total: 3, currency: 'EUR', only: 'segment' } },
    ])
  })

  it('sends to several transports that share one queue, each with numbers of its own', async () => {
    const other = toAnalyticsPlugin(toSegment({ name: 'other', receiver: 'other' }), { queue: { maxEvents: 1 } })
    const analytics = start([toAnalyticsPlugin(toSegment()), other])
    await analytics.track('one', {}, { plugins: { other: false } })
    expect(await methodsOf(analytics, 'other')?.flush()).toMatchObject({ delivered: 1 })
    await analytics.track('two')
    expect(methodsOf(analytics)?.state().dropped).toEqual({ 'queue-full': 1 })
    await methodsOf(analytics)?.close()
    expect(double.messages.map(({ context }) => (context.sequence as { number: number }).number)).toEqual([1, 1])
  })

  it('gives events after a log-out one new visitor and a new visit', async () => {
    const onSession = vi.fn()
    const analytics = start([sessionPlugin({ onSession }), toAnalyticsPlugin(toSegment())])
    await analytics.identify('alice')
    await analytics.reset()
    await Promise.all([analytics.track('after'), analytics.track('later')])
    await methodsOf(analytics)?.flush()
    const [before, after, later] = double.messages
    expect(after?.userId).toBeUndefined()
    expect(after?.anonymousId).toMatch(/^[\w-]{21}$/)
    expect(after?.anonymousId).not.toBe(before?.anonymousId)
    expect(later?.anonymousId).toBe(after?.anonymousId)
    expect(onSession).toHaveBeenCalledTimes(2)
    expect(after?.context.session).toEqual(onSession.mock.calls[1]?.[0])
  })

  it('keeps the anonymous visitors of two instances apart', async () => {
    const [one, two] = [create(), create()]
    await one.track('Clicked')
    await two.track('Clicked')
    await Promise.all([methodsOf(one)?.flush(), methodsOf(two)?.flush()])
    const [first, second] = double.messages
    expect(second?.anonymousId).not.toBe(first?.anonymousId)
    expect(second?.context.session).not.toEqual(first?.context.session)
  })

  it('has no session while the session plugin is disabled', async () => {
    const analytics = create()
    await analytics.plugins.disable('session')
    await analytics.track('Clicked')
    await methodsOf(analytics)?.flush()
    expect(double.messages[0]?.context.session).toBeUndefined()
  })
})

describe('misuse of firsthand/analytics', () => {
  it('throws at creation with what to do', () => {
    expect(() => toAnalyticsPlugin({ name: 'x' } as Transport)).toThrow('[firsthand] transport: pass one')
    expect(() => sessionPlugin({ sessionTimeoutMs: 0 })).toThrow('[firsthand] sessionTimeoutMs: ')
    const plugin = toAnalyticsPlugin(toSegment())
    expect(() => plugin.methods.state()).toThrow('[firsthand] toAnalyticsPlugin: ')
    start([plugin])
    expect(() => start([plugin])).toThrow('[firsthand] toAnalyticsPlugin: make a plugin of its own')
  })
})
