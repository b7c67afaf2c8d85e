import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { CollectorOptions } from '../../../src/collector'
import { shopBatch, testCollector, track } from '../helpers/test-collector'

const origin = 'https://www.shop.example'
const session = '1.visit-1.2.mh1qk1c0.mh1qkp2s'
const first = encodeURIComponent(JSON.stringify({ v: 1, at: 1795204209820, url: `${origin}/` }))
const clicks = encodeURIComponent(JSON.stringify({ gclid: { value: 'x', firstSeenAt: 1795204209820 } }))
const all = `__anon_id=anon-1; __user_id=ann; __fh_session=${session}; __fh_first=${first}; __fh_clicks=${clicks}`
const attributes = '; Max-Age=34560000; Path=/; Domain=shop.example; Secure; SameSite=Lax'

interface Given {
  cookie?: string
  context?: Record<string, unknown>
  event?: Record<string, unknown>
  events?: object[]
  headers?: Record<string, string>
  url?: string
  projectKey?: string
}

function shop(options: Partial<CollectorOptions> = {}) {
  const test = testCollector({ cookies: true, ...options })
  /** What a page of the shop gets as answer. */
  async function send({ cookie = all, context, event, events, headers, url, projectKey = 'pk_shop' }: Given = {}) {
    const visit = { session: { id: 'visit-1', number: 2, start: 1 }, ...context }
    const batch = events ?? [{ ...track, userId: 'ann', ...event, context: visit }]
    const response = await test.collector.fetch(
      new Request(url ?? 'https://collect.shop.example/v1/batch', {
        method: 'POST',
        headers: { origin, cookie, ...headers },
        body: JSON.stringify({ ...shopBatch(...batch), projectKey }),
      }),
    )
    const cookies = response.headers.getSetCookie()
    const names = cookies.map((text) => text.slice(0, text.indexOf('=')))
    return { response, cookies, names, body: await response.json() }
  }
  return { ...test, send }
}

const allNames = ['__anon_id', '__user_id', '__fh_session', '__fh_first', '__fh_clicks']

describe('the cookies of the visitor', () => {
  it('are set anew as they came, with the attributes that the SDK gives them', async () => {
    const { cookies, body, response } = await shop().send()
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(cookies).toEqual(all.split('; ').map((pair) => pair + attributes))
    expect(body).not.toHaveProperty('anonymousId')
  })

  it('are left alone where the owner has not asked for it', async () => {
    expect((await shop({ cookies: false }).send()).names).toEqual([])
    expect((await shop({ cookies: undefined }).send()).names).toEqual([])
  })

  it('are never made of what stands in events', async () => {
    expect((await shop().send({ cookie: '' })).names).toEqual([])
    expect((await shop().send({ cookie: `__user_id=ann; __fh_session=${session}` })).names).toEqual([])
    expect((await shop().send({ cookie: '__anon_id=anon-1' })).names).toEqual(['__anon_id'])
  })

  it('stay as they are where no event is of whom they name', async () => {
    const other = { anonymousId: 'anon-2', userId: null }
    expect((await shop().send({ event: other, context: { session: { id: 'visit-0' } } })).names).toEqual([])
    expect((await shop().send({ event: other, context: { session: undefined } })).names).toEqual([])
  })

  it('stay as they are as far as the newest event does not agree', async () => {
    expect((await shop().send({ event: { userId: 'bob' } })).names).not.toContain('__user_id')
    expect((await shop().send({ event: { userId: null } })).names).not.toContain('__user_id')
    expect((await shop().send({ context: { session: { id: 'visit-0' } } })).names).not.toContain('__fh_session')
  })

  it('stay as they are where nothing is accepted', async () => {
    expect((await shop().send({ events: [{ type: 'track', anonymousId: 'anon-1' }] })).names).toEqual([])
    const failing = shop()
    await failing.store.close()
    const { response, names } = await failing.send()
    expect([response.status, names]).toEqual([503, []])
  })

  it('are set anew by answers in every format that is sent from pages', async () => {
    const { collector } = shop()
    const headers = { origin, cookie: '__anon_id=anon-1' }
    const post = (path: string, body: object, more = {}) =>
      collector.fetch(
        new Request(`https://collect.shop.example${path}`, {
          method: 'POST',
          headers: { ...headers, ...more },
          body: JSON.stringify(body),
        }),
      )
    const answers = [
      await post('/v1/track', { ...track, writeKey: 'pk_shop' }),
      await collector.fetch(
        new Request('https://collect.shop.example/pixel.gif?projectKey=pk_shop&anonymousId=anon-2&sessionId=s', {
          headers: { referer: `${origin}/page`, cookie: '__anon_id=anon-2; __user_id=u' },
        }),
      ),
      await post(
        '/events',
        { projectKey: 'pk_shop', event_name: 'x', anonymousId: 'anon-1', sessionId: 'visit-1' },
        {
          cookie: `__anon_id=anon-1; __fh_session=${session}`,
        },
      ),
    ]
    expect(answers.map(({ status, headers: got }) => [status, got.getSetCookie().length > 0])).toEqual([
      [200, true],
      [200, true],
      [200, true],
    ])
  })
})

describe('the domain of the cookies', () => {
  const sent = async (given: Given, options?: Partial<CollectorOptions>) =>
    (await shop(options).send({ cookie: '__anon_id=anon-1', ...given })).cookies
  const value = '__anon_id=anon-1; Max-Age=34560000; Path=/'

  it('is none, and there is no Secure, on localhost', async () => {
    const given = { headers: { origin: 'http://localhost:3000' }, url: 'http://localhost:8080/v1/batch' }
    expect(await sent(given)).toEqual([`${value}; SameSite=Lax`])
  })

  it('is left out with all else where page and collector are not of one site', async () => {
    expect(await sent({ url: 'https://collect.example.com/v1/batch' })).toEqual([])
    expect(await sent({ url: 'http://127.0.0.1:8080/v1/batch' })).toEqual([])
    expect(await sent({ headers: { origin: 'http://localhost:3000' } })).toEqual([])
    expect(await sent({ headers: { 'sec-fetch-site': 'cross-site' } })).toEqual([])
  })

  it('is that of the option where a proxy hides the name of the collector', async () => {
    const options = { cookies: { domain: 'shop.example' } }
    expect(await sent({ url: 'http://127.0.0.1:8080/v1/batch' }, options)).toEqual([`__anon_id=anon-1${attributes}`])
    expect(await sent({ headers: { origin: 'http://localhost:3000' } }, options)).toEqual([])
  })

  it.each(['com', 'co.uk', 'github.io', '.shop.example', 'a;b.example', 7])('cannot be %j', (domain) => {
    expect(() => shop({ cookies: { domain } as never })).toThrow('[firsthand] cookies.domain: ')
  })

  it('is nobody else’s concern: servers, and requests of unknown pages get no cookies', async () => {
    const key = { projectKey: 'sk_shop_0123456789' }
    expect(await sent(key)).toEqual([])
    const noOrigin = testCollector({ cookies: true })
    const answer = await noOrigin.send(
      'POST',
      '/v1/batch',
      { projectKey: 'pk_app', batch: [track] },
      { origin: null, cookie: '__anon_id=anon-1' },
    )
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []])
  })
})

describe('consent', () => {
  const consent = (categoryPreferences: unknown, more = {}) => ({
    context: { consent: { categoryPreferences, ...more } },
  })

  it.each([
    ['denied', consent({ analytics: false, advertising: false })],
    ['denied, but for advertising', consent({ analytics: false, advertising: true })],
    ['denied for another purpose of storage', consent({ statistics: false, analytics: true })],
    ['denied, though given for another purpose of storage', consent({ statistics: true, analytics: false })],
    ['not yet given', consent({ analytics: 'pending' })],
    ['not to be understood', consent('yes')],
    ['not to be understood at all', { context: { consent: 'yes' } }],
    ['withdrawn by another page', { cookie: `${all}; __fh_consent=` }],
    ['given for something else', { cookie: `${all}; __fh_consent=advertising` }],
    ['written down twice', { cookie: `${all}; __fh_consent=analytics; __fh_consent=` }],
    [
      'written down for another purpose',
      { cookie: `${all}; __fh_consent=analytics`, ...consent({ statistics: true }) },
    ],
  ])('that is %s lets no cookie be set', async (_, given) => {
    expect((await shop().send(given)).names).toEqual([])
  })

  it.each([
    ['granted', consent({ analytics: true, advertising: false })],
    ['written down', { cookie: `${all}; __fh_consent=analytics` }],
    [
      'granted for another purpose of storage',
      { cookie: `${all}; __fh_consent=statistics`, ...consent({ statistics: true }) },
    ],
  ])('that is %s lets them be set', async (_, given) => {
    expect((await shop().send(given)).names).toEqual(allNames)
  })

  it('of one event of several is enough to say no', async () => {
    const denied = { consent: { categoryPreferences: { analytics: false } } }
    const events = [{ ...track, context: denied }, track]
    expect((await shop().send({ events })).names).toEqual([])
  })

  it('by Global Privacy Control: click ids do not live longer, by which advertisers know a visitor', async () => {
    const names = allNames.slice(0, 4)
    expect((await shop().send({ headers: { 'sec-gpc': '1' } })).names).toEqual(names)
    expect((await shop().send(consent({ analytics: true }, { gpc: true }))).names).toEqual(names)
    const visit = { v: 1, at: 1, url: `${origin}/`, clickIds: { gclid: { value: 'x', firstSeenAt: 1 } } }
    const cookie = all.replace(first, encodeURIComponent(JSON.stringify(visit)))
    expect((await shop().send({ cookie })).names).toContain('__fh_first')
    expect((await shop().send({ cookie, headers: { 'sec-gpc': '1' } })).names).not.toContain('__fh_first')
  })

  it('lets a page without storage be: its events name nobody whom a cookie names', async () => {
    const event = { anonymousId: 'of-this-page', userId: null }
    const { names, body } = await shop().send({ event, context: { session: { id: 'of-this-page' } } })
    expect([names, body.anonymousId]).toEqual([[], undefined])
  })
})

describe('how often the cookies are set anew', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-20T10:00:00Z') })
    return () => vi.useRealTimers()
  })

  it('is once a day, at the start of a visit, and when one of them changes', async () => {
    const { send } = shop()
    const names = async (given?: Given) => (await send(given)).names
    expect(await names()).toEqual(allNames)
    expect(await names()).toEqual([])
    // Activity is written down every 10 s, which is no reason.
    expect(await names({ cookie: all.replace('mh1qkp2s', 'mh1qkzzz') })).toEqual([])
    vi.advanceTimersByTime(23 * 3_600_000)
    expect(await names()).toEqual([])
    vi.advanceTimersByTime(3_600_000)
    expect(await names()).toEqual(allNames)
    const next = { cookie: all.replace('visit-1', 'visit-2'), context: { session: { id: 'visit-2' } } }
    expect(await names(next)).toEqual(allNames)
    expect(await names({ cookie: all.replace('=ann', '=bob'), event: { userId: 'bob' } })).toEqual(allNames)
    expect(await names({ cookie: all.replace('anon-1', 'anon-2'), event: { anonymousId: 'anon-2' } })).toEqual(allNames)
  })
})

describe('an event of another id than the cookie', () => {
  const other = { event: { anonymousId: 'anon-0', userId: null }, cookie: all.replace('; __user_id=ann', '') }
  const aliases = async ({ store }: ReturnType<typeof shop>) =>
    (await store.events({ type: 'alias', limit: 10 })).events.map(({ previousId, anonymousId, userId }) => [
      previousId,
      anonymousId,
      userId,
    ])

  it('of the same visit is of the same visitor: the cookie wins, and the pair is recorded', async () => {
    const test = shop()
    const { names, body } = await test.send(other)
    expect(names).toContain('__anon_id')
    expect(body).toMatchObject({ accepted: 1, duplicates: 0, anonymousId: 'anon-1' })
    expect(await aliases(test)).toEqual([['anon-0', 'anon-1', null]])
    const [alias] = (await test.store.events({ type: 'alias', limit: 1 })).events
    expect(alias?.messageId.length).toBeLessThanOrEqual(100)
  })

  it('joins what both ids did to one person, also when only the cookie’s id logs in later', async () => {
    const test = shop()
    await test.send(other)
    await test.send({ event: { messageId: 'login', userId: 'ann' } })
    const person = await test.store.person('shop', 'ann')
    expect(person?.anonymousIds.sort()).toEqual(['anon-0', 'anon-1'])
  })

  it('is told again, but recorded once, also by several collectors', async () => {
    const one = shop()
    const two = shop({ store: one.store })
    await one.send(other)
    expect((await one.send(other)).body).toMatchObject({ accepted: 1, duplicates: 0, anonymousId: 'anon-1' })
    await two.send(other)
    expect(await aliases(one)).toHaveLength(1)
  })

  it('is recorded later where the store was not to be had', async () => {
    const test = shop()
    const { append } = test.store
    test.store.append = async () => ({ status: 'unavailable', reason: 'full' })
    expect((await test.send(other)).response.status).toBe(503)
    test.store.append = append
    await test.send(other)
    expect(await aliases(test)).toHaveLength(1)
  })

  it('is of somebody else where the visit is another: a browser that two people share joins nobody', async () => {
    const test = shop()
    // Ann has logged out, and what she did comes late.
    const late = { event: { anonymousId: 'anon-0', userId: 'ann' }, context: { session: { id: 'visit-0' } } }
    const now = `__anon_id=anon-1; __fh_session=${session}`
    const { names, body } = await test.send({ ...late, cookie: now })
    expect([names, body.anonymousId, await aliases(test)]).toEqual([[], undefined, []])
  })

  it('is of somebody else where the users are two', async () => {
    const test = shop()
    const { names, body } = await test.send({ event: { anonymousId: 'anon-0', userId: 'bob' } })
    expect([names, body.anonymousId, await aliases(test)]).toEqual([[], undefined, []])
  })

  it('is nobody’s business without consent', async () => {
    const test = shop()
    const context = { consent: { categoryPreferences: { analytics: false } } }
    const { names, body } = await test.send({ ...other, context })
    expect([names, body.anonymousId, await aliases(test)]).toEqual([[], undefined, []])
  })
})
