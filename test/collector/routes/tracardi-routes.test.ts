import { afterAll, describe, expect, it } from 'vitest'
import type { NewEvent, Store } from '../../../src/collector'
import { siteOrigin, testCollector } from '../helpers/test-collector'

const { collector, send, stored, store, logged } = testCollector()

afterAll(async () => {
  await collector.close()
  expect(logged).toEqual([])
})

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/
const source = { id: 'pk_shop' }
const events = [{ type: 'page-view', properties: { a: 1 } }]
let serial = 0
const newSession = () => ({ id: `session-${++serial}` })

const post = (body: unknown, headers: Record<string, string | null> = {}, query = '') =>
  send('POST', `/track${query}`, body, headers)
const track = async (fields: object = {}, query = '') => (await post({ source, events, ...fields }, {}, query)).json()

describe('POST /track', () => {
  it('answers a first visit with a profile, in the envelope of Tracardi', async () => {
    const session = newSession()
    const response = await post({ source, session, events }, { 'x-context': 'staging' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      task: expect.stringMatching(uuid),
      ux: [],
      response: {},
      events: [],
      profile: { id: expect.stringMatching(uuid) },
      session,
      errors: [],
      warnings: [],
    })
    expect(response.headers.get('x-context')).toBe('staging')
    expect(Number(response.headers.get('x-process-time'))).toBeGreaterThan(0)
  })

  it('stores the events of the visit under its profile and session', async () => {
    const session = newSession()
    const { profile } = await track({ session, events: [...events, { type: 'bought', properties: { total: 5 } }] })
    const visit = { anonymousId: profile.id, userId: null, context: { session: { id: session.id } } }
    expect(await stored(2)).toMatchObject([
      { ...visit, type: 'page', properties: { a: 1 } },
      { ...visit, type: 'track', event: 'bought', properties: { total: 5 } },
    ])
  })

  it('gives a session its profile again, whatever profile the caller names', async () => {
    const session = newSession()
    const first = await track({ session })
    expect((await track({ session })).profile).toEqual(first.profile)
    expect((await track({ session, profile: { id: 'somebody' } })).profile).toEqual(first.profile)
  })

  it('keeps a known profile in a new session, and gives another for one that nobody gave out', async () => {
    const { profile } = await track({ session: newSession() })
    expect((await track({ session: newSession(), profile })).profile).toEqual(profile)
    const forged = await track({ session: newSession(), profile: { id: 'made-up' } })
    expect(forged.profile.id).toMatch(uuid)
  })

  it('gives requests of one new session that run at once the same profile', async () => {
    const session = newSession()
    const answers = await Promise.all(Array.from({ length: 8 }, () => track({ session })))
    expect(new Set(answers.map(({ profile }) => profile.id)).size).toBe(1)
  })

  it('makes a session where none is named', async () => {
    for (const session of [undefined, null, { id: ' ' }]) {
      const answer = await track({ session })
      expect(answer.session.id).toMatch(uuid)
      expect(await stored()).toMatchObject([{ context: { session: answer.session } }])
    }
  })

  it.each([
    ['?profile_less=true', {}],
    ['?profile_less=on', { profile_less: false }],
    ['', { profile_less: true }],
  ])('names no profile where none is wanted (%s %j)', async (query, fields) => {
    const session = newSession()
    expect(await track({ session, ...fields }, query)).toMatchObject({ profile: { id: null }, session })
    expect(await stored()).toMatchObject([{ anonymousId: expect.stringMatching(uuid) }])
  })

  it('does not take the visitor of an event without a profile for the profile of its session', async () => {
    const session = newSession()
    const { profile } = await track({ session: newSession() })
    await track({ session }, '?profile_less=true')
    expect((await track({ session, profile })).profile).toEqual(profile)
    expect((await track({ session }, '?profile_less=false')).profile).toEqual(profile)
  })

  it('keeps to the options: what is not saved is not named, and events are not stored', async () => {
    const session = newSession()
    expect(await track({ session, options: { saveSession: false } })).toMatchObject({ session: { id: null } })
    expect((await stored())[0]?.context.session).toBeUndefined()
    expect(await track({ session, options: { saveProfile: false } })).toMatchObject({ profile: { id: null } })
    const before = await store.stats()
    expect(await track({ session, options: { saveEvents: false } })).toMatchObject({ errors: [] })
    expect(await store.stats()).toEqual(before)
  })

  it('answers null where there are no events', async () => {
    for (const body of [{ source }, { source, events: [] }]) {
      const response = await post(body)
      expect([response.status, await response.json()]).toEqual([200, null])
    }
  })

  it('counts a repeated event once', async () => {
    const event = { id: 'tracardi-1', type: 'a' }
    const before = await store.stats()
    await track({ session: newSession(), events: [event, event] })
    await track({ session: newSession(), events: [event] })
    expect((await store.stats()).events - before.events).toBe(1)
  })

  it('stores the good events of a request and names the others in `errors`, with 226', async () => {
    const elsewhere = { type: 'b', context: { page: { url: 'https://evil.example/' } } }
    const response = await post({ source, session: newSession(), events: [...events, elsewhere] })
    expect(response.status).toBe(226)
    expect(await response.json()).toMatchObject({ errors: [expect.stringMatching(/^events\[1\]: .*not on the list/)] })
    const appended: NewEvent[] = []
    const spy = {
      ...store,
      append: async (given: NewEvent[]) => (appended.push(...given), store.append(given)),
    } as Store
    await testCollector({ store: spy }).send('POST', '/track', { source, events: [...events, elsewhere] })
    expect(appended[0]?.arrival.response).toEqual({ status: 226, events: 2, rejected: 1 })
  })

  it('answers 406 where no event can be stored', async () => {
    const large = { type: 'b', properties: { text: 'x'.repeat(40_000) } }
    const response = await post({ source, session: newSession(), events: [large] })
    expect([response.status, await response.json()]).toEqual([
      406,
      { detail: 'Validation failed with error: events[0]: is too large' },
    ])
  })
})

describe('POST /track refuses', () => {
  const detail = async (answer: Promise<Response>) => {
    const response = await answer
    const body = await response.json()
    return [
      response.status,
      Array.isArray(body.detail)
        ? body.detail.map(({ type, loc }: { type: string; loc: string[] }) => [type, ...loc])
        : body.detail,
    ]
  }

  it('an unknown source, with 401 and the words of Tracardi', async () => {
    expect(await detail(post({ source: { id: 'nobody' }, events }))).toEqual([
      401,
      'Invalid event source `nobody`. Request came from IP: `203.0.113.7`',
    ])
    expect(await detail(post({ source: { id: '@internal' }, events }))).toEqual([
      401,
      'Internal event sources are not allowed via API.',
    ])
    expect((await detail(post({ source: { id: ' ' }, events })))[0]).toBe(401)
  })

  it('an origin that is not on the list', async () => {
    const response = await post({ source, events }, { origin: 'https://evil.example' })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(await response.json()).toEqual({ detail: expect.stringContaining('origin') })
  })

  it('what is no request of its format, with 422 and the place', async () => {
    expect(await detail(post('{"source"'))).toEqual([422, [['json_invalid', 'body', 9]]])
    expect(await detail(post(''))).toEqual([422, [['missing', 'body']]])
    expect(await detail(post({}))).toEqual([422, [['missing', 'body', 'source']]])
    expect(await detail(post({ source, events: [{}] }))).toEqual([422, [['missing', 'body', 'events', 0, 'type']]])
    for (const type of ['text/plain;charset=UTF-8', '']) {
      expect(await detail(post({ source, events }, { 'content-type': type }))).toEqual([
        422,
        [['model_attributes_type', 'body']],
      ])
    }
    expect(await detail(post({ source, events }, {}, '?profile_less=maybe'))).toEqual([
      422,
      [['bool_parsing', 'query', 'profile_less']],
    ])
  })

  it('what is too much', async () => {
    const many = Array.from({ length: 2_501 }, () => ({ type: 'a' }))
    for (const body of ['x'.repeat(1_048_577), { source, session: newSession(), events: many }]) {
      expect(await detail(post(body))).toEqual([413, expect.stringContaining('send at most')])
    }
  })

  it('other methods', async () => {
    expect(await detail(send('GET', '/track'))).toEqual([405, 'use POST'])
  })

  it('everything while the store is unavailable, with 503 and Retry-After', async () => {
    const failing = {
      events: async () => ({ events: [], next: null }),
      append: async () => ({ status: 'unavailable', reason: 'disk full' }),
      close: async () => {},
    } as unknown as Store
    const response = await testCollector({ store: failing }).send('POST', '/track', { source, events })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await response.json()).toEqual({ detail: expect.any(String) })
    const unreadable = { ...failing, events: () => Promise.reject(new Error('broken')) } as unknown as Store
    expect((await testCollector({ store: unreadable }).send('POST', '/track', { source, events })).status).toBe(503)
  })
})

describe('/collect', () => {
  it('takes an event without profile and session', async () => {
    const response = await send('POST', '/collect/opened/pk_shop', { mail: 5 })
    expect(await response.json()).toMatchObject({ profile: { id: null }, session: { id: null } })
    expect(await stored()).toMatchObject([{ type: 'track', event: 'opened', properties: { mail: 5 } }])
  })

  it('takes the query of a GET as properties', async () => {
    const response = await send('GET', '/collect/page-view/pk_shop?a=1&b=x%20y', undefined, {
      origin: null,
      referer: `${siteOrigin}/`,
    })
    expect(response.status).toBe(200)
    expect(await stored()).toMatchObject([{ type: 'page', properties: { a: '1', b: 'x y' } }])
  })

  it('gives a named session its profile', async () => {
    const { id } = newSession()
    const first = await (await send('POST', `/collect/a/pk_shop/${id}`, '{broken')).json()
    expect(first).toMatchObject({ profile: { id: expect.stringMatching(uuid) }, session: { id } })
    expect((await track({ session: { id } })).profile).toEqual(first.profile)
    expect(await (await send('GET', `/collect/a/pk_shop/${id}`)).json()).toMatchObject({ profile: first.profile })
  })

  it('takes the fields of a form', async () => {
    await send('POST', '/collect/a/pk_shop', 'x=1&y=2', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(await stored()).toMatchObject([{ properties: { x: '1', y: '2' } }])
  })

  it('refuses unknown sources and other sites, and is not counted when it is only looked at', async () => {
    expect((await send('POST', '/collect/a/nobody', {})).status).toBe(401)
    expect((await send('GET', '/collect/a/pk_shop', undefined, { origin: 'https://evil.example' })).status).toBe(403)
    const before = await store.stats()
    expect((await send('HEAD', '/collect/a/pk_shop')).status).toBe(405)
    expect(await store.stats()).toEqual(before)
  })
})
