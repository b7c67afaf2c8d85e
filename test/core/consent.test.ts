import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import { consent } from '../../src/core/consent'
import type { ConsentOptions } from '../../src/core/decisions'
import type { DeliveryState } from '../../src/core/delivery/delivery'
import type { ClientOptions } from '../../src/core/options'
import type { Payload } from '../../src/core/payload'
import type { KeyValueStorage } from '../../src/core/platform'
import { captureTransport } from '../helpers/capture-transport'
import {
  answered,
  createFakePlatform,
  createFakeStorage,
  FAKE_START,
  type FakePlatform,
} from '../helpers/fake-platform'

type Signals = { gpc?: boolean; dnt?: boolean }

let pages = 0

/** A page with a transport for analytics and one for advertising. */
function openPage(options: ClientOptions = {}, world: { storage?: KeyValueStorage; signals?: Signals } = {}) {
  const { signals, ...rest } = world
  const page = ++pages
  let lastId = 0
  const platform = createFakePlatform({
    id: () => `page${page}-${++lastId}`,
    ...rest,
    ...(signals && { signals: () => ({ gpc: false, dnt: false, ...signals }) }),
  })
  const t = captureTransport('t')
  const ads = captureTransport('ads', { purposes: ['advertising'] })
  const analytics = createClient({ plugins: [t, ads], consent: consent(), ...options }, platform)
  const dropped = () => (analytics.getState('delivery') as DeliveryState).dropped
  const names = (transport = t) => transport.events.map(({ event, type }) => event ?? type)
  return { platform, t, ads, analytics, dropped, names }
}

const required = { consent: consent({ required: true }) }
const idsOf = (platform: FakePlatform) => Object.fromEntries(platform.storage.items)

describe('before consent', () => {
  it('nothing is read, written, journalled or sent, and calls work all the same', async () => {
    const storage = createFakeStorage()
    storage.items.set('__anon_id', 'from-before')
    const { platform, analytics } = openPage(required, { storage })
    const read: string[] = []
    const { getItem } = storage
    storage.getItem = (key, place) => {
      read.push(key)
      return getItem(key, place)
    }
    const heard: string[] = []
    analytics.on('*', ({ payload }) => void heard.push(payload.type))
    analytics.page()
    await analytics.track('x')
    await analytics.identify('alice', { plan: 'team' })
    expect(analytics.user()).toMatchObject({ userId: 'alice', traits: { plan: 'team' } })
    expect(analytics.user('anonymousId')).not.toBe('from-before')
    expect(heard).toEqual(expect.arrayContaining(['page', 'track', 'trackEnd', 'identify']))
    expect(await analytics.flush()).toEqual({ delivered: 0, pending: 0, dropped: 0 })
    await platform.clock.advance(60_000)
    platform.lifecycle.leave()
    platform.lifecycle.return()
    expect(storage.writes).toEqual([])
    expect(read.filter((key) => key !== '__fh_consent')).toEqual([])
    expect(platform.events.isKept).toBe(false)
    expect(platform.events.entries.size).toBe(0)
    expect(platform.sent).toEqual([])
    await analytics.close({ timeoutMs: 10 })
    expect(storage.writes).toEqual([])
  })

  it('no hook of a plugin runs that needs it, and its loaded() is not asked', async () => {
    const ran: string[] = []
    const plugin = (name: string, more: object) => ({
      name,
      bootstrap: () => void ran.push(`${name} bootstrap`),
      initialize: () => void ran.push(`${name} initialize`),
      loaded: () => ran.push(`${name} loaded`) > 0,
      trackStart: () => void ran.push(`${name} trackStart`),
      track: () => void ran.push(`${name} track`),
      'ready:free': () => void ran.push(`${name} ready:free`),
      ...more,
    })
    const plugins = [plugin('free', { purposes: [] }), plugin('asks', {}), plugin('both', { purposes: ['a', 'b'] })]
    const { analytics } = openPage({ plugins, consent: consent({ required: true, purposes: ['a', 'b'] }) })
    await analytics.track('x')
    expect(ran.filter((line) => !line.startsWith('free'))).toEqual([])
    expect(ran).toContain('free track')
    expect(analytics.getState('plugins.asks')).toMatchObject({ initialized: false, loaded: false })

    analytics.consent.grant('a')
    expect(ran.filter((line) => line.startsWith('asks'))).toEqual([
      'asks bootstrap',
      'asks initialize',
      'asks loaded',
      'asks trackStart',
      'asks track',
    ])
    expect(ran.filter((line) => line.startsWith('both'))).toEqual([])
    analytics.consent.grant('b')
    expect(ran).toContain('both track')
    expect(ran.filter((line) => line === 'free track' || line === 'asks track')).toHaveLength(2)
    analytics.consent.grant()
    expect(ran.filter((line) => line === 'both initialize')).toHaveLength(1)
  })

  it('at most as many events are held as may wait for plugins; the oldest go and are counted', async () => {
    const { analytics, t, dropped } = openPage({ ...required, pluginQueueLength: 2 })
    const errors: unknown[] = []
    analytics.on('error', ({ payload }) => void errors.push((payload as Payload & { error: unknown }).error))
    for (const name of ['one', 'two', 'three']) analytics.track(name)
    analytics.consent.grant('analytics')
    await analytics.flush()
    expect(t.events.map(({ event }) => event)).toEqual(['two', 'three'])
    // For two transports; the start of the visit went before it.
    expect(dropped()).toEqual({ 'queue-full': 2 })
    expect(errors).toContain('queue-full')
  })

  it('events are dropped and counted instead where the option says so', async () => {
    const { analytics, t, dropped } = openPage({ consent: consent({ required: true, onPending: 'drop' }) })
    analytics.track('lost')
    analytics.consent.grant()
    analytics.track('kept')
    await analytics.flush()
    expect(t.events.map(({ event }) => event)).toEqual(['kept'])
    expect(dropped()).toEqual({ 'consent-pending': 2 })
  })
})

describe('a grant', () => {
  it('sends what was held: in order, with time, ids, session and message id of the call, and the consent of now', async () => {
    const page = openPage(required)
    const calls = [page.analytics.page(), page.analytics.track('one')]
    await page.platform.clock.advance(5000)
    calls.push(page.analytics.identify('alice'), page.analytics.track('two'))
    const results = await Promise.all(calls)
    await page.platform.clock.advance(5000)
    page.analytics.consent.grant('analytics')
    await page.analytics.flush()
    expect(page.names()).toEqual(['page', 'one', 'identify', 'two'])
    expect(page.t.events.map(({ timestamp }) => Date.parse(timestamp) - FAKE_START)).toEqual([0, 0, 5000, 5000])
    expect(page.t.events.map(({ userId }) => userId)).toEqual([null, null, 'alice', 'alice'])
    expect(page.t.events.map(({ messageId }) => messageId)).toEqual(
      results.map(({ payload }) => payload.meta.messageId),
    )
    expect(new Set(page.t.events.map(({ anonymousId }) => anonymousId))).toEqual(
      new Set([page.analytics.user('anonymousId')]),
    )
    expect(new Set(page.t.events.map(({ context }) => context.session?.id)).size).toBe(1)
    expect(page.t.events[0]?.context.consent).toEqual({ categoryPreferences: { analytics: true, advertising: false } })
    expect(idsOf(page.platform)).toMatchObject({
      __anon_id: page.analytics.user('anonymousId'),
      __user_id: 'alice',
      __fh_consent: 'analytics',
      __fh_session: expect.stringContaining(page.t.events[0]?.context.session?.id as string),
    })
    expect(page.ads.events).toEqual([])
  })

  it('gives held events the id and the visit of a visitor who was here before', async () => {
    const storage = createFakeStorage()
    const earlier = openPage(required, { storage })
    earlier.analytics.consent.grant()
    await earlier.analytics.identify('alice', { plan: 'team' })
    const { anonymousId } = earlier.analytics.user()
    const { session } = (await earlier.analytics.track('x')).payload.meta
    // As where the browser has cut the life of the cookie.
    storage.items.delete('__fh_consent')

    const { analytics, t, platform } = openPage(required, { storage })
    const started: unknown[] = []
    analytics.on('sessionStart', ({ payload }) => void started.push(payload))
    analytics.track('held')
    expect(analytics.user('anonymousId')).not.toBe(anonymousId)
    await platform.clock.advance(1000)
    analytics.consent.grant()
    expect(analytics.user()).toEqual({ userId: 'alice', anonymousId, traits: { plan: 'team' } })
    await analytics.flush()
    expect(t.events).toMatchObject([
      { event: 'held', anonymousId, userId: null, timestamp: new Date(FAKE_START).toISOString() },
    ])
    expect(t.events[0]?.context.session).toEqual(session)
    expect(started).toHaveLength(1)
    expect(storage.items.get('__anon_id')).toBe(anonymousId)
  })

  it('makes who logged in meanwhile the visitor, without the traits of the one before', async () => {
    const storage = createFakeStorage()
    storage.items.set('__anon_id', 'known')
    storage.items.set('__user_id', 'alice')
    storage.items.set('__fh_traits_of', 'alice')
    storage.items.set('__user_traits', { email: 'alice@example.com' })
    const { analytics } = openPage(required, { storage })
    analytics.identify('bob', { plan: 'solo' })
    analytics.consent.grant()
    expect(analytics.user()).toEqual({ userId: 'bob', anonymousId: 'known', traits: { plan: 'solo' } })
    expect(storage.items.get('__user_traits')).toEqual({ plan: 'solo' })
    expect(storage.items.get('__user_id')).toBe('bob')
  })

  it('does not log in again who logged out while events were held', async () => {
    const storage = createFakeStorage()
    storage.items.set('__anon_id', 'known')
    storage.items.set('__user_id', 'carol')
    const { analytics, t } = openPage(required, { storage })
    analytics.identify('alice', { plan: 'team' })
    analytics.reset()
    analytics.track('after')
    const { anonymousId } = analytics.user()
    analytics.consent.grant()
    await analytics.flush()
    expect(t.events).toMatchObject([
      { type: 'identify', userId: 'alice' },
      { event: 'after', userId: null },
    ])
    expect(analytics.user()).toEqual({ userId: null, anonymousId, traits: {} })
    expect(storage.items.get('__user_id')).toBeUndefined()
    expect(anonymousId).not.toBe('known')
  })

  it('of one purpose more sends the held events only to those that it lets in', async () => {
    const { analytics, t, ads, names } = openPage(required)
    analytics.track('x')
    analytics.consent.grant('analytics')
    analytics.track('y')
    await analytics.flush()
    analytics.consent.grant('advertising')
    analytics.track('z')
    await analytics.flush()
    expect(names(t)).toEqual(['x', 'y', 'z'])
    expect(names(ads)).toEqual(['x', 'y', 'z'])
  })

  it('tells a plugin that a visit started, once', async () => {
    const started: unknown[] = []
    const plugin = {
      name: 'p',
      sessionStart: ({ payload }: { payload: Payload }) => void started.push(payload.session),
    }
    const { analytics } = openPage({ ...required, plugins: [plugin] })
    const { payload } = await analytics.track('x')
    expect(started).toEqual([])
    analytics.consent.grant()
    analytics.track('y')
    expect(started).toEqual([payload.meta.session])
  })

  it('is remembered for the next page, which starts with it', async () => {
    const storage = createFakeStorage()
    openPage(required, { storage }).analytics.consent.grant('analytics')
    await Promise.resolve()
    const { analytics, platform, names } = openPage(required, { storage })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'pending' })
    analytics.track('x')
    expect(platform.events.entries.size).toBe(1)
    await analytics.flush()
    expect(names()).toEqual(['x'])
  })

  it('in another tab counts here from the next call on', async () => {
    const storage = createFakeStorage()
    const here = openPage(required, { storage })
    here.analytics.track('held')
    openPage(required, { storage }).analytics.consent.grant()
    await here.platform.clock.advance(1000)
    here.analytics.track('next')
    await here.analytics.flush()
    expect(here.names()).toEqual(['held', 'next'])
    expect(here.analytics.user('anonymousId')).toBe(storage.items.get('__anon_id'))
  })

  it('is told to those who listen', () => {
    const { analytics } = openPage(required)
    const told: unknown[] = []
    analytics.on('consent', ({ payload }) => void told.push((payload as unknown as { consent: unknown }).consent))
    analytics.consent.grant('analytics')
    expect(told).toEqual([{ analytics: 'granted', advertising: 'pending' }])
  })
})

describe('a denial', () => {
  it('after a grant removes ids, session, traits, state and queue, and nothing leaves any more', async () => {
    const { platform, analytics, dropped } = openPage(required)
    platform.answer = () => ({ status: 'failed', reason: 'offline' })
    analytics.consent.grant()
    await analytics.identify('alice', { plan: 'team' })
    analytics.track('queued')
    platform.events.setText('t:profile', 'p1')
    await platform.clock.advance(2000)
    const attempts = platform.sent.length
    expect(attempts).toBeGreaterThan(0)
    expect(platform.events.entries.size).toBe(2)
    platform.events.entries.set('dead:1', structuredClone([...platform.events.entries.values()][0]) as never)

    analytics.consent.deny()
    expect(analytics.user()).toEqual({ userId: null, anonymousId: null, traits: {} })
    expect(idsOf(platform)).toEqual({})
    expect(platform.events.entries.size).toBe(0)
    expect(platform.events.texts.size).toBe(0)
    expect(platform.events.isKept).toBe(false)
    // Two events for two transports, and the one of a tab that is gone.
    expect(dropped()).toEqual({ 'consent-withdrawn': 5 })

    const { writes } = platform.storage
    const before = writes.length
    analytics.page()
    await analytics.track('after')
    await platform.clock.advance(120_000)
    platform.lifecycle.leave()
    await analytics.flush()
    expect(platform.sent).toHaveLength(attempts)
    expect(writes.slice(before)).toEqual([])
    expect(idsOf(platform)).toEqual({})
    expect(analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'denied' })
  })

  it('of advertising alone takes the queue of its transports and nothing else', async () => {
    const { platform, analytics, dropped, names, t } = openPage(required)
    platform.answer = () => ({ status: 'failed', reason: 'offline' })
    analytics.consent.grant()
    analytics.track('x')
    platform.events.setText('ads:profile', 'p1')
    platform.events.setText('t:profile', 'p2')
    analytics.consent.deny('advertising')
    expect([...platform.events.entries.values()].map(({ pending }) => pending)).toEqual([{ t: 0 }])
    expect([...platform.events.texts.keys()]).toEqual(['t:profile'])
    expect(dropped()).toEqual({ 'consent-withdrawn': 1 })
    analytics.track('y')
    expect(idsOf(platform)).toMatchObject({ __anon_id: expect.any(String), __fh_consent: 'analytics' })
    await platform.clock.advance(2000)
    expect(names(t)).toEqual(expect.arrayContaining(['x', 'y']))
    expect(platform.sent.filter(({ request }) => request.url.includes('ads'))).toEqual([])
    expect(dropped()).toEqual({ 'consent-withdrawn': 1 })
  })

  it('of what was held drops it and counts', async () => {
    const { platform, analytics, dropped } = openPage(required)
    analytics.track('x')
    analytics.consent.deny()
    expect(dropped()).toEqual({ 'consent-denied': 2 })
    analytics.consent.grant()
    await analytics.flush()
    expect(platform.sent).toEqual([])
    expect(dropped()).toEqual({ 'consent-denied': 2 })
  })

  it('removes also what an earlier visit left, where consent was never given on this page', () => {
    const storage = createFakeStorage()
    storage.items.set('__anon_id', 'old')
    const { analytics } = openPage(required, { storage })
    analytics.consent.deny()
    expect(storage.items.size).toBe(0)
  })

  it('while hooks of a call run keeps the call from those who were denied', async () => {
    const platform = createFakePlatform()
    const slow = {
      name: 'slow',
      purposes: [],
      trackStart: () => new Promise((resolve) => platform.setTimer(() => resolve(0), 50)),
    }
    const ran: string[] = []
    const vendor = { name: 'vendor', track: () => void ran.push('vendor') }
    const analytics = createClient({ plugins: [slow, vendor, captureTransport('t')], ...required }, platform)
    analytics.consent.grant()
    analytics.track('x')
    analytics.consent.deny()
    await platform.clock.advance(1000)
    expect(ran).toEqual([])
    expect(platform.sent).toEqual([])
    expect(platform.events.entries.size).toBe(0)
  })

  it('keeps a call out of the journal of those who were denied, also where the page dies while its hooks run', async () => {
    const { analytics, platform } = openPage({
      plugins: [
        { name: 'never', trackStart: () => new Promise(() => {}) },
        captureTransport('t'),
        captureTransport('ads', { purposes: ['advertising'] }),
      ],
    })
    analytics.consent.deny('advertising')
    analytics.track('x')
    const left = [...platform.events.entries]
    expect(left).toMatchObject([[expect.any(String), { provisional: true, pending: { t: 0 } }]])
    const next = openPage()
    next.platform.events.giveAway(left)
    await next.analytics.flush()
    expect([next.names(), next.names(next.ads)]).toEqual([['x'], []])
  })

  it('in another tab is followed before the next request and at the next call', async () => {
    const storage = createFakeStorage()
    const here = openPage(required, { storage })
    here.analytics.consent.grant()
    here.analytics.identify('alice')
    const there = openPage(required, { storage })
    there.analytics.consent.deny()
    await here.platform.clock.advance(120_000)
    expect(here.platform.sent).toEqual([])
    expect(here.dropped()).toEqual({ 'consent-withdrawn': 2 })
    expect(here.analytics.user('userId')).toBeNull()
    here.analytics.track('x')
    expect(storage.items.size).toBe(0)
  })

  it('can be taken back: the visitor is then a new one', async () => {
    const { platform, analytics, names } = openPage(required)
    analytics.consent.grant()
    const before = (await analytics.track('one')).payload.anonymousId
    await analytics.flush()
    analytics.consent.deny()
    analytics.consent.grant()
    const { payload } = await analytics.track('two')
    await analytics.flush()
    expect(names()).toEqual(['one', 'two'])
    expect(payload.anonymousId).not.toBe(before)
    expect(platform.storage.items.get('__anon_id')).toBe(payload.anonymousId)
    expect(platform.events.isKept).toBe(true)
  })
})

describe('where consent is not required', () => {
  it('all is granted, and neither events nor storage say anything of it', async () => {
    const { analytics, platform, t } = openPage()
    analytics.track('x')
    await analytics.flush()
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'granted' })
    expect(t.events[0]?.context).not.toHaveProperty('consent')
    expect(platform.storage.items.has('__fh_consent')).toBe(false)
  })

  it('a denial is remembered, so that the next page does not start again, and what was written once stays', () => {
    const storage = createFakeStorage()
    const first = openPage({}, { storage })
    first.analytics.consent.deny('advertising')
    expect(storage.items.get('__fh_consent')).toBe('analytics')
    const second = openPage({}, { storage })
    expect(second.analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'denied' })
    second.analytics.consent.deny()
    expect(Object.fromEntries(storage.items)).toEqual({ __fh_consent: '' })
    const third = openPage({}, { storage })
    third.analytics.track('x')
    expect(third.analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'denied' })
    expect(Object.fromEntries(storage.items)).toEqual({ __fh_consent: '' })
    third.analytics.consent.grant()
    expect(storage.items.get('__fh_consent')).toBe('analytics.advertising')
    expect(storage.items.has('__anon_id')).toBe(true)
  })

  it('a denial is not forgotten by a page that does not know the purpose', async () => {
    const storage = createFakeStorage()
    const withSale = { consent: consent({ purposes: ['analytics', 'advertising', 'sale'] }) }
    const first = openPage(withSale, { storage })
    first.analytics.consent.deny('sale')
    openPage({}, { storage }).analytics.consent.grant('analytics')
    expect(storage.items.get('__fh_consent')).toBe('analytics.advertising')
    expect(openPage(withSale, { storage }).analytics.consent.state()).toMatchObject({ sale: 'denied' })
  })

  it('what other software knew does not come back after a log-out or a denial, on this page or the next', async () => {
    const storage = createFakeStorage()
    storage.items.set('ajs_user_id', 'alice').set('ajs_anonymous_id', 'segment')
    const { analytics, platform } = openPage({}, { storage })
    await platform.settle()
    expect(analytics.user('userId')).toBe('alice')
    analytics.consent.deny()
    openPage({}, { storage }).analytics.consent.grant()
    analytics.consent.grant()
    await analytics.track('x')
    expect(analytics.user('userId')).toBeNull()
    const next = openPage({}, { storage })
    expect(next.analytics.user('userId')).toBeNull()
    const pending = openPage(required, { storage: createFakeStorage() })
    pending.platform.storage.items.set('ajs_user_id', 'alice')
    pending.analytics.reset()
    pending.analytics.consent.grant()
    expect(pending.analytics.user('userId')).toBeNull()
  })

  it('cookies that a late answer sets again after the denial are removed at the next look', async () => {
    const { analytics, platform } = openPage()
    await analytics.identify('alice')
    const ids = [...platform.storage.items]
    analytics.consent.deny()
    for (const [key, value] of ids) platform.storage.items.set(key, value)
    await platform.clock.advance(200)
    await analytics.track('x')
    expect(idsOf(platform)).toEqual({ __fh_consent: '' })
  })
})

describe('an answer that was under way at a denial', () => {
  it('leaves no cookies that it sets, before any further call', async () => {
    const { analytics, platform } = openPage()
    await analytics.identify('alice')
    let answer = () => {}
    platform.answers.push(() => new Promise((resolve) => (answer = () => resolve(answered(200, '{}')))))
    const flushed = analytics.flush()
    await platform.settle()
    const ids = [...platform.storage.items]
    analytics.consent.deny()
    for (const [key, value] of ids) platform.storage.items.set(key, value)
    answer()
    await flushed
    expect(idsOf(platform)).toEqual({ __fh_consent: '' })
  })
})

describe('signals of the browser', () => {
  it('Global Privacy Control denies advertising and sale, also against a grant, and events say so', async () => {
    const sale = captureTransport('sale', { purposes: ['sale'] })
    const { analytics, t, ads } = openPage({}, { signals: { gpc: true } })
    analytics.consent.grant()
    analytics.track('x')
    await analytics.flush()
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'denied' })
    expect(t.events).toMatchObject([
      { context: { consent: { categoryPreferences: { analytics: true, advertising: false }, gpc: true } } },
    ])
    expect(ads.events).toEqual([])
    const other = openPage({ plugins: [sale] }, { signals: { gpc: true } })
    expect(other.analytics.consent.state()).toMatchObject({ sale: 'denied' })
  })

  it('Global Privacy Control is not heeded where the option says so', () => {
    const { analytics } = openPage({ globalPrivacyControl: false }, { signals: { gpc: true } })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'granted' })
  })

  it.each([{ dnt: true }, { gpc: true }])('with doNotTrack, %j denies everything', async (signals) => {
    const { analytics, platform } = openPage({ doNotTrack: true }, { signals })
    analytics.track('x')
    await analytics.flush()
    expect(analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'denied' })
    expect(platform.sent).toEqual([])
    expect(platform.storage.items.size).toBe(0)
  })

  it('Do Not Track is not heeded by default', () => {
    const { analytics } = openPage({}, { signals: { dnt: true } })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'granted' })
  })
})

describe('cookieless', () => {
  it.each<ConsentOptions>([{}, { required: true }])('keeps nothing and sends all, with consent %j', async (options) => {
    const storage = createFakeStorage()
    const { analytics, platform, names, t } = openPage({ cookieless: true, consent: consent(options) }, { storage })
    analytics.track('x')
    analytics.consent.grant()
    analytics.identify('alice')
    await analytics.flush()
    expect(names()).toEqual(['x', 'identify'])
    expect(storage.writes).toEqual([])
    expect(platform.events.isKept).toBe(false)
    const next = openPage({ cookieless: true, consent: consent(options) }, { storage })
    expect(next.analytics.user('userId')).toBeNull()
    expect(new Set(t.events.map(({ anonymousId }) => anonymousId)).size).toBe(1)
  })
})

describe('misuse', () => {
  it.each([
    [{ purposes: 'analytics' }, 'consent.purposes'],
    [{ purposes: [] }, 'consent.purposes'],
    [{ purposes: ['a.b'] }, 'consent.purposes'],
    [{ onPending: 'wait' }, 'consent.onPending'],
  ])('%j throws and names %s', (options, name) => {
    const setup = consent(options as never)
    expect(() => createClient({ consent: setup }, createFakePlatform())).toThrow(`[firsthand] ${name}`)
  })

  it.each([{ required: true }, {}, true, consent])('%j in place of what consent() returns throws', (wrong) => {
    const platform = createFakePlatform()
    expect(() => createClient({ consent: wrong as never }, platform)).toThrow(
      "[firsthand] consent: expected consent({...}) from 'firsthand/consent'",
    )
    expect(platform.storage.writes).toEqual([])
  })

  it.each([[''], [undefined], [null], [[]], [['nothing']]])('a grant of %j grants nothing', (names) => {
    const { analytics } = openPage(required)
    analytics.consent.grant(names as never)
    expect(analytics.consent.state()).toEqual({ analytics: 'pending', advertising: 'pending' })
  })

  it('purposes may be given as a list, and be called like what every object has', async () => {
    const purposes = ['constructor', '__proto__', 'toString']
    const storage = createFakeStorage()
    const { analytics } = openPage({ consent: consent({ required: true, purposes }) }, { storage })
    expect(Object.values(analytics.consent.state())).toEqual(['pending', 'pending', 'pending', 'pending'])
    analytics.consent.grant(['__proto__', 'toString'])
    expect(Object.values(analytics.consent.state())).toEqual(['pending', 'granted', 'granted', 'pending'])
    expect(storage.items.get('__fh_consent')).toBe('__proto__.toString')
  })

  it('grants of pages with other purposes are kept, and removed by a denial of all', async () => {
    const storage = createFakeStorage()
    const open = (purpose: string) =>
      openPage({ consent: consent({ required: true, purposes: [purpose] }) }, { storage })
    const [shop, blog] = [open('shop'), open('blog')]
    shop.analytics.consent.grant('shop')
    blog.analytics.consent.grant('blog')
    expect(storage.items.get('__fh_consent')).toBe('blog.shop')
    await shop.analytics.track('x')
    expect(shop.analytics.consent.state()).toMatchObject({ shop: 'granted' })
    blog.analytics.consent.deny('blog')
    expect(storage.items.get('__fh_consent')).toBe('shop')
    blog.analytics.consent.deny()
    expect(storage.items.has('__fh_consent')).toBe(false)
  })

  it('a new click is not lost at a grant where clicks of earlier pages are stored', async () => {
    const { platform, analytics } = openPage(required)
    platform.storage.items.set('__anon_id', 'stored')
    platform.storage.items.set('__fh_clicks', { fbclid: { value: 'old', firstSeenAt: FAKE_START - 1000 } })
    platform.page.query = { gclid: 'new' }
    platform.page.context.page = { search: '?gclid=new' }
    analytics.track('held')
    analytics.consent.grant()
    const { payload } = await analytics.track('after')
    expect(payload.meta.context?.clickIds).toMatchObject({ gclid: { value: 'new' }, fbclid: { value: 'old' } })
    expect(platform.storage.items.get('__fh_clicks')).toMatchObject({
      gclid: { value: 'new' },
      fbclid: { value: 'old' },
    })
  })

  it('plugins can neither stop nor delay that ids are removed', async () => {
    for (const removeItemStart of [async () => {}, ({ abort }: { abort(): unknown }) => abort()]) {
      const { platform, analytics } = openPage({
        plugins: [{ name: 'keeper', purposes: [], removeItemStart }] as never,
      })
      await analytics.identify('alice', { plan: 'team' })
      await platform.settle()
      analytics.consent.deny()
      expect(idsOf(platform)).toEqual({ __fh_consent: '' })
    }
  })

  it.each([
    [{ requires: true }, /consent\.requires/],
    [{ required: 'yes' }, /consent\.required/],
    [{ purposes: [5] }, /consent\.purposes/],
  ])('%j is refused', (options, message) => {
    expect(() => openPage({ consent: consent(options as never) })).toThrow(message)
  })

  it.each(['advertising', ['a.b'], [null]])('a plugin with the purposes %j is refused', (purposes) => {
    expect(() => openPage({ plugins: [captureTransport('bad', { purposes } as never)] })).toThrow(/bad: purposes/)
  })

  it('a purpose that there is not is told and changes nothing', () => {
    const { analytics } = openPage(required)
    const errors: string[] = []
    analytics.on('error', ({ payload }) => void errors.push(`${(payload as Payload & { error: unknown }).error}`))
    analytics.consent.grant('analytic')
    expect(errors).toEqual(['no purpose named analytic'])
    expect(analytics.consent.state()).toEqual({ analytics: 'pending', advertising: 'pending' })
  })
})

describe('an identify of an earlier page whose hooks did not end', () => {
  it('is sent, but logs nobody in', async () => {
    const left = createFakePlatform()
    const never = { name: 'never', identifyStart: () => new Promise(() => {}) }
    createClient({ plugins: [never, captureTransport('t')] }, left).identify('alice')
    const platform = createFakePlatform()
    const t = captureTransport('t')
    const analytics = createClient({ plugins: [t] }, platform)
    await analytics.identify('bob')
    platform.events.giveAway([...left.events.entries])
    await analytics.flush()
    expect(t.events.map(({ userId }) => userId).sort()).toEqual(['alice', 'bob'])
    expect(analytics.user('userId')).toBe('bob')
    expect(platform.storage.items.get('__user_id')).toBe('bob')
  })
})
