import { afterEach, describe, expect, it } from 'vitest'
import { type TracardiOptions, tracardi } from '../../../plugins/tracardi/index'
import { createClient } from '../../../src/core/client'
import type { DeliveryReport } from '../../../src/core/delivery/delivery'
import type { TransportRequest } from '../../../src/core/transport'
import { Analytics as Server } from '../../../src/node/server'
import { testTransport } from '../../contract/transport'
import { serveDouble } from '../../doubles/double'
import { createTracardiDouble, type TracardiDouble } from '../../doubles/tracardi/tracardi-double'
import { answered, createFakePlatform } from '../../helpers/fake-platform'
import type { LoopbackServer } from '../../helpers/loopback-server'
import { bodyOf, decodeOf, encodeIn, testContext, trackEvent } from '../encode'

const host = 'https://track.example.com'
const sources = { site: { type: 'rest' }, hook: { type: 'webhook' }, off: { type: 'rest', isDisabled: true } } as const
const create = (more: Partial<TracardiOptions> = {}) => tracardi({ host, sourceId: 'site', ...more })
const envelope = (more: object = {}) =>
  JSON.stringify({ task: 't', ux: [], events: [], profile: { id: 'p' }, session: { id: 's' }, errors: [], ...more })

testTransport('tracardi', {
  create,
  success: createTracardiDouble(sources).answer,
  lie: { status: 200, body: 'null' },
})
testTransport('tracardi without profiles', {
  create: () => create({ profileLess: true }),
  success: createTracardiDouble(sources).answer,
  lie: { status: 226, body: envelope({ errors: ['one failed'] }), meaning: 'rejected' },
})
testTransport('tracardi by webhook', {
  create: () => create({ sourceId: 'hook', webhook: true }),
  success: createTracardiDouble(sources).answer,
  lie: { status: 200, body: '<html>' },
})

describe('options of tracardi', () => {
  it.each([
    ['host', { sourceId: 'site' }],
    ['sourceId', { host }],
    ['sourceId', { host, sourceId: '@internal' }],
    ['sourceId', { host, sourceId: 'hook/session' }],
    ['types', { host, sourceId: 'site', types: { page: '' } }],
    ['eventType', { host, sourceId: 'site', eventType: 'page' }],
    ['options', { host, sourceId: 'site', options: 'debug' }],
  ])('throw at creation with the name where %s is missing or wrong: %j', (name, options) => {
    expect(() => tracardi(options as unknown as TracardiOptions)).toThrow(`[firsthand] ${name}: `)
  })
})

describe('a request to Tracardi', () => {
  const session = { id: 'session-1', number: 1, start: 0 }

  it('has source, session, type, time and page', () => {
    const url = 'https://www.example.com/prices?a=1#top'
    const page = { url, path: '/prices', search: '?a=1', title: 'Prices', referrer: 'https://news.example/x?q=1#y' }
    const campaign = { source: 'newsletter', name: 'spring' }
    const event = trackEvent({ context: { session, page, campaign, timezone: 'Europe/London' } })
    const request = encodeIn(create({ host: `${host}/`, options: { debugger: true } }), 'browser', event)
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://track.example.com/track',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
    })
    expect(bodyOf(request)).toEqual({
      source: { id: 'site' },
      session: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      profile: null,
      options: { debugger: true },
      context: {
        time: { tz: 'Europe/London' },
        browser: { local: { browser: {} } },
        screen: {},
        utm: { source: 'newsletter', campaign: 'spring' },
      },
      events: [
        {
          id: 'id-1',
          type: 'Order Completed',
          time: { create: '2026-01-01T00:00:00.000Z' },
          properties: { total: 30 },
          context: {
            page: {
              url,
              path: '/prices',
              hash: 'top',
              title: 'Prices',
              referer: { host: 'news.example', query: 'q=1' },
            },
          },
        },
      ],
    })
  })

  it.each([
    [{ type: 'page', name: 'Home', properties: { name: 'Home' } }, 'page-view', { name: 'Home' }],
    [{ type: 'screen', properties: {} }, 'screen-view', {}],
    [
      { type: 'identify', userId: 'u', properties: undefined, traits: { email: 'a@example.com' } },
      'identification',
      { email: 'a@example.com', id: 'u' },
    ],
    [{ type: 'group', groupId: 'g', traits: { name: 'Initech' } }, 'group', { groupId: 'g', name: 'Initech' }],
    [{ type: 'alias', userId: 'u', previousId: 'v' }, 'alias', { userId: 'u', previousId: 'v' }],
  ] as const)('says %j as %s', (event, type, properties) => {
    const request = encodeIn(create(), 'browser', trackEvent({ event: undefined, ...event }))
    expect(bodyOf(request).events[0]).toMatchObject({ type, properties })
  })

  it('has the types that types and eventType give', () => {
    const typed = create({
      types: { 'Order Completed': 'purchase-order', page: 'visit' },
      eventType: ({ properties }) => (properties?.total === 0 ? 'free-order' : undefined),
    })
    const typeOf = (...events: Parameters<typeof trackEvent>[0][]) =>
      bodyOf(encodeIn(typed, 'browser', ...events.map((more) => trackEvent(more)))).events.map(
        ({ type }: { type: string }) => type,
      )
    expect(
      typeOf({}, { properties: { total: 0 } }, { type: 'page', event: undefined }, { event: 'page-view' }),
    ).toEqual(['purchase-order', 'free-order', 'visit', 'page-view'])
  })

  it('goes without profile where the transport or the event asks for it', () => {
    const less = trackEvent({ integrations: { tracardi: { profileLess: true } } })
    const more = trackEvent({ integrations: { tracardi: { profileLess: false } } })
    const state = { get: () => 'profile-1', set: () => {} }
    const encode = (transport: ReturnType<typeof create>, event = trackEvent()) =>
      transport.encode([event], testContext({ state })) as TransportRequest
    expect(encode(create(), less).url).toBe(`${host}/track?profile_less=true`)
    expect(bodyOf(encode(create(), less)).profile).toBeNull()
    expect(encode(create({ profileLess: true })).url).toBe(`${host}/track?profile_less=true`)
    expect(bodyOf(encode(create({ profileLess: true }), more)).profile).toEqual({ id: 'profile-1' })
    expect(create().partition?.(less)).not.toBe(create().partition?.(trackEvent()))
  })

  it('goes to /collect in webhook mode, with the properties as they are', () => {
    const request = encodeIn(create({ sourceId: 'hook', webhook: true }), 'node', trackEvent())
    expect(request.url).toBe(`${host}/collect/Order%20Completed/hook`)
    expect(bodyOf(request)).toEqual({ total: 30 })
  })

  it.each([
    ['Sign up / Trial', 'Sign up - Trial'],
    ['a\\b?c#d%2F', 'a-b?c#d%2F'],
    ['..', '-'],
    ['Tee gekauft 🍵', 'Tee gekauft 🍵'],
  ])('goes to /collect of this source alone, whatever the event is called: %s', async (event, type) => {
    const double = createTracardiDouble(sources)
    const request = encodeIn(create({ sourceId: 'hook', webhook: true }), 'node', trackEvent({ event }))
    expect(double.answer({ ...request, url: new URL(request.url).href }).status).toBe(200)
    expect(double.events).toMatchObject([{ type, sourceId: 'hook', properties: { total: 30 } }])
  })

  it('waits in Node where the host is not absolute', () => {
    expect(encodeIn(create({ host: '/' }), 'node', trackEvent())).toEqual({
      status: 'paused',
      reason: 'host-not-absolute',
    })
  })
})

describe('an answer of Tracardi', () => {
  it.each([
    [200, envelope(), 'delivered'],
    [200, 'null', 'retry'],
    [200, '{}', 'retry'],
    [200, '<html>', 'retry'],
    [401, '{"detail":"Invalid event source `x`."}', 'paused'],
    [401, '{"detail":"Event source disabled."}', 'paused'],
    [500, '{"detail":"Invalid event source `x`."}', 'paused'],
    [500, '{"detail":"boom"}', 'retry'],
    [403, '', 'paused'],
    [404, '', 'paused'],
    [406, '{"detail":"Validation failed with error: x"}', 'rejected'],
    [413, '', 'rejected'],
    [422, 'FieldTypeConflictException: x', 'rejected'],
    [422, '{"detail":[{"loc":["body","source"],"msg":"Field required"}]}', 'rejected'],
    [429, '', 'retry'],
    [503, '', 'retry'],
  ])('of status %s and body %j means %3$s', (status, body, expected) => {
    const result = decodeOf(create(), status, body)
    expect('status' in result ? result : result[0]).toMatchObject({ status: expected })
  })

  it.each([401, 406])('of status %s about bots drops the events without asking again', (status) => {
    const result = decodeOf(create(), status, '{"detail":"Traffic from bot is not allowed."}', 2)
    expect(result.map(({ status: each }) => each)).toEqual(['rejected', 'rejected'])
  })

  it('names each refused event with 422, and the others go again at once', () => {
    const detail = [{ loc: ['body', 'events', 1, 'type'], msg: 'Value error, Event type can not be empty' }]
    expect(decodeOf(create(), 422, JSON.stringify({ detail }), 3)).toEqual([
      { status: 'retry', reason: 'neighbour', afterMs: 0 },
      { status: 'rejected', reason: 'http-422', answer: 'Value error, Event type can not be empty' },
      { status: 'retry', reason: 'neighbour', afterMs: 0 },
    ])
  })

  it.each([7, {}, ['p'], true, null])('that names no text as profile changes nothing: %j', (id) => {
    const state = { get: () => null, set: () => expect.unreachable() }
    const response = { status: 200, body: envelope({ profile: { id } }), header: () => null }
    expect(create().decode(response, [trackEvent()], testContext({ state }))).toMatchObject([{ status: 'delivered' }])
  })

  it('is handed on, also with 226: what it says of errors is no delivery', () => {
    const answer = { errors: ['one failed'], profile: { id: 'p' } }
    expect(decodeOf(create(), 200, envelope({ events: ['e'] }))[0]).toMatchObject({ answer: { events: ['e'] } })
    expect(decodeOf(create(), 226, envelope(answer), 2)).toEqual([
      { status: 'rejected', reason: 'errors', answer: expect.objectContaining(answer) },
      { status: 'rejected', reason: 'errors', answer: expect.objectContaining(answer) },
    ])
  })
})

/** A page whose requests go to the double. */
function openPage(double: TracardiDouble, more: Partial<TracardiOptions> = {}, left: Record<string, string> = {}) {
  const platform = createFakePlatform()
  for (const [name, value] of Object.entries(left)) platform.storage.items.set(name, value)
  platform.answer = (request) => {
    const { status, body, headers } = double.answer(request)
    return answered(status, body, headers)
  }
  const analytics = createClient({ plugins: [create(more)] }, platform)
  const wait = () => platform.clock.advance(1000)
  const profiles = () => platform.sent.map(({ request }) => bodyOf(request).profile?.id ?? null)
  const sessions = () => platform.sent.map(({ request }) => bodyOf(request).session.id)
  return { platform, analytics, wait, profiles, sessions }
}

describe('a page that sends to Tracardi', () => {
  it('sends no profile first and then the one that came back', async () => {
    const double = createTracardiDouble(sources)
    const { analytics, wait, profiles, sessions } = openPage(double)
    for (const name of ['one', 'two', 'three']) {
      void analytics.track(name)
      await wait()
    }
    const [profile] = double.profiles
    expect(profiles()).toEqual([null, profile, profile])
    expect(new Set(sessions()).size).toBe(1)
    expect(double.events.map(({ type }) => type)).toEqual(['profile-created', 'session-opened', 'one', 'two', 'three'])
  })

  it('keeps the profile that survives a merge', async () => {
    const double = createTracardiDouble(sources)
    const { analytics, wait, profiles } = openPage(double)
    void analytics.track('one')
    await wait()
    double.merge([...double.profiles][0] as string, 'survivor')
    for (const name of ['two', 'three']) {
      void analytics.track(name)
      await wait()
    }
    expect(profiles()).toEqual([null, expect.not.stringMatching('survivor'), 'survivor'])
  })

  it('takes the id that the server gives in place of a forged one', async () => {
    const double = createTracardiDouble(sources)
    const { analytics, wait, profiles } = openPage(double, {}, { 'tracardi-profile-id': 'forged' })
    for (const name of ['one', 'two']) {
      void analytics.track(name)
      await wait()
    }
    expect(profiles()).toEqual(['forged', [...double.profiles][0]])
  })

  it.each(['tracardi-profile-id', '__tr_pid'])('takes over %s of the official tracker', async (name) => {
    const double = createTracardiDouble(sources)
    double.profiles.add('old-profile')
    const { analytics, wait, profiles } = openPage(double, {}, { [name]: 'old-profile' })
    for (const event of ['one', 'two']) {
      void analytics.track(event)
      await wait()
    }
    expect(profiles()).toEqual(['old-profile', 'old-profile'])
    expect(double.events.some(({ type }) => type === 'profile-created')).toBe(false)
  })

  it('gives nobody the profile of the visitor before', async () => {
    const double = createTracardiDouble(sources)
    double.profiles.add('old-profile')
    const { analytics, wait, profiles } = openPage(double, {}, { 'tracardi-profile-id': 'old-profile' })
    void analytics.track('one')
    await wait()
    void analytics.reset()
    void analytics.track('two')
    await wait()
    expect(profiles()).toEqual(['old-profile', null])
    expect(double.profiles.size).toBe(2)
  })

  it('names another session in the next visit, and keeps the profile', async () => {
    const double = createTracardiDouble(sources)
    const { platform, analytics, wait, profiles, sessions } = openPage(double)
    void analytics.track('one')
    await wait()
    platform.clock.jump(31 * 60_000)
    void analytics.track('two')
    await wait()
    expect(new Set(sessions()).size).toBe(2)
    expect(profiles()[1]).toBe([...double.profiles][0])
  })

  it('has one request under way for each visitor, so that one person becomes one profile', async () => {
    const double = createTracardiDouble(sources)
    const { platform, analytics, wait } = openPage(double)
    const { answer } = platform
    platform.answer = (request) => new Promise((resolve) => platform.setTimer(() => resolve(answer(request)), 800))
    void analytics.track('one')
    platform.clock.jump(31 * 60_000)
    void analytics.track('in another visit')
    await wait()
    expect(platform.sent).toHaveLength(1)
    await wait()
    await wait()
    expect(double.profiles.size).toBe(1)
    expect(double.events.filter(({ type }) => type === 'session-opened')).toHaveLength(2)
  })

  it('tells listeners of delivery what the server said', async () => {
    const double = createTracardiDouble(sources)
    const { analytics, wait } = openPage(double, { options: { debugger: true } })
    const answers: unknown[] = []
    analytics.on('delivery', ({ payload }) => {
      const { outcome } = payload as unknown as DeliveryReport
      answers.push('answer' in outcome && outcome.answer)
    })
    void analytics.track('one')
    await wait()
    expect(answers).toEqual([
      expect.objectContaining({ events: [expect.any(String), expect.any(String), expect.any(String)] }),
    ])
  })

  it('passes the flags that keep session and events out of the database', async () => {
    const double = createTracardiDouble(sources)
    const { analytics, wait } = openPage(double, { options: { saveSession: false, saveEvents: false } })
    void analytics.track('one')
    await wait()
    expect([double.sessions.size, double.events.length]).toEqual([0, 0])
    expect(analytics.getState('delivery')).toMatchObject({ acknowledged: 1 })
  })

  it.each([['unknown'], ['off'], ['hook']])(
    'keeps events and tells the owner where the source is wrong: %s',
    async (sourceId) => {
      const { analytics, wait } = openPage(createTracardiDouble(sources), { sourceId })
      void analytics.track('one')
      await wait()
      expect(analytics.getState('delivery')).toMatchObject({ waiting: 1, paused: { tracardi: 'source' } })
    },
  )

  it('keeps the id of the official tracker where the source keeps ids as they come', async () => {
    const double = createTracardiDouble({ site: { type: 'rest', hasStaticProfileId: true } })
    const { analytics, wait, profiles } = openPage(double, {}, { 'tracardi-profile-id': 'mine' })
    for (const name of ['one', 'two']) {
      void analytics.track(name)
      await wait()
    }
    expect(profiles()).toEqual(['mine', 'mine'])
    expect([...double.profiles]).toEqual(['mine'])
  })

  it.each([401, 406] as const)('drops what a bot did and goes on for people, where bots get %s', async (botStatus) => {
    const double = createTracardiDouble(sources)
    double.botStatus = botStatus
    const { platform, analytics, wait } = openPage(double)
    const { answer } = platform
    platform.answer = (request) =>
      answer({ ...request, headers: { ...request.headers, 'user-agent': 'Googlebot/2.1' } })
    for (const name of ['one', 'two']) void analytics.track(name)
    await wait()
    expect(analytics.getState('delivery')).toMatchObject({ waiting: 0, paused: {}, dropped: { rejected: 2 } })
    expect(platform.sent).toHaveLength(1)
  })

  it('counts events as rejected whose answer of 226 tells of errors, and repeats none of them', async () => {
    const double = createTracardiDouble(sources)
    double.errors.push('a workflow failed')
    const { platform, analytics, wait } = openPage(double)
    for (const name of ['one', 'two']) void analytics.track(name)
    await wait()
    await wait()
    expect(analytics.getState('delivery')).toMatchObject({ waiting: 0, dropped: { rejected: 2 } })
    expect(platform.sent).toHaveLength(1)
  })

  it('sends again what `null` says the server has not seen', async () => {
    const double = createTracardiDouble(sources)
    const { platform, analytics } = openPage(double)
    platform.answers.push(() => answered(200, 'null'))
    void analytics.track('one')
    await platform.clock.advance(5000)
    expect(platform.sent).toHaveLength(2)
    expect(analytics.getState('delivery')).toMatchObject({ waiting: 0, acknowledged: 1, dropped: {} })
    expect(double.events.filter(({ type }) => type === 'one')).toHaveLength(1)
  })

  it('puts events of a profile and events without one into requests of their own, in one session', async () => {
    const double = createTracardiDouble(sources)
    const { platform, analytics, wait } = openPage(double)
    void analytics.track('with')
    void analytics.track('without', {}, { integrations: { tracardi: { profileLess: true } } })
    void analytics.track('with again')
    await wait()
    await wait()
    const owners = double.events.filter(({ type }) => type.startsWith('with'))
    expect(owners.map(({ type, profileId }) => [type, profileId !== null])).toEqual(
      expect.arrayContaining([
        ['with', true],
        ['without', false],
        ['with again', true],
      ]),
    )
    expect(new Set(platform.sent.map(({ request }) => bodyOf(request).session.id)).size).toBe(1)
    expect(double.profiles.size).toBe(1)
  })

  it('carries a time of long ago and letters of all kinds as they are', async () => {
    const double = createTracardiDouble(sources)
    const { analytics, wait } = openPage(double)
    const timestamp = '2012-12-02T00:30:12.984Z'
    void analytics.track('Tee "heiß" 🍵', { text: '\u0000 \u2028 \ud800' }, { timestamp } as never)
    await wait()
    expect(double.events.at(-1)).toMatchObject({ type: 'Tee "heiß" 🍵', time: { create: expect.any(String) } })
    const old = encodeIn(create(), 'node', trackEvent({ timestamp }))
    expect(bodyOf(old).events[0].time).toEqual({ create: timestamp })
  })

  it('drops only the event that the server refuses', async () => {
    const double = createTracardiDouble(sources)
    double.invalidTypes.add('bad')
    const { analytics, wait } = openPage(double)
    for (const name of ['one', 'bad', '   ', 'two']) void analytics.track(name)
    await wait()
    await wait()
    expect(double.events.map(({ type }) => type).slice(-2)).toEqual(['one', 'two'])
    expect(analytics.getState('delivery')).toMatchObject({ acknowledged: 2, waiting: 0, dropped: { rejected: 2 } })
  })
})

describe('a server that sends to Tracardi', () => {
  let server: LoopbackServer
  afterEach(() => server.close())

  it('gives each user a profile of their own, over a real connection', async () => {
    const double = createTracardiDouble(sources)
    server = await serveDouble(double, [{ status: 503 }])
    const analytics = Server({ plugins: [tracardi({ host: server.url, sourceId: 'site', flushIntervalMs: 1 })] })
    for (const userId of ['a', 'b', 'a']) await analytics.track({ userId, event: `by ${userId}` })
    await analytics.close()
    const ownerOf = (type: string) => [
      ...new Set(double.events.filter((event) => event.type === type).map(({ profileId }) => profileId)),
    ]
    expect(double.events.filter(({ type }) => type.startsWith('by'))).toHaveLength(3)
    expect(ownerOf('by a')).toHaveLength(1)
    expect(ownerOf('by b')).toHaveLength(1)
    expect(ownerOf('by a')).not.toEqual(ownerOf('by b'))
  })

  it('names the profile of each user from then on, also in the session of another day', async () => {
    const double = createTracardiDouble(sources)
    server = await serveDouble(double)
    const analytics = Server({ plugins: [tracardi({ host: server.url, sourceId: 'site', flushIntervalMs: 1 })] })
    for (const timestamp of ['2026-01-01T12:00:00.000Z', '2026-01-02T12:00:00.000Z']) {
      await analytics.track({ userId: 'a', event: 'by a', timestamp })
      await analytics.flush()
    }
    await analytics.close()
    const [profile] = double.profiles
    expect(server.received.map(({ body }) => JSON.parse(body).profile?.id ?? null)).toEqual([null, profile])
    expect([double.sessions.size, double.profiles.size]).toEqual([2, 1])
  })

  it('reaches a webhook source', async () => {
    const double = createTracardiDouble(sources)
    server = await serveDouble(double)
    const analytics = Server({ plugins: [tracardi({ host: server.url, sourceId: 'hook', webhook: true })] })
    await analytics.track({ userId: 'a', event: 'Order Completed', properties: { total: 30 } })
    await analytics.close()
    expect(double.events).toMatchObject([{ type: 'Order Completed', properties: { total: 30 }, profileId: null }])
  })
})
