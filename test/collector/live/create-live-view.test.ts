import { describe, expect, it } from 'vitest'
import { createAdminAuth } from '../../../src/collector/admin-auth'
import { createLiveView } from '../../../src/collector/live/create-live-view'
import type { StoredEvent } from '../../../src/collector/store'
import { readEventStream } from '../../helpers/event-stream-reader'
import { createFakeFeed, createFakeStore, newEvent, storedEvent } from '../../helpers/fake-store'

const adminToken = 'correct-horse-battery'

function setUp(options: { heartbeatMs?: number; signal?: AbortSignal } = {}) {
  const store = createFakeStore()
  const feed = createFakeFeed()
  const view = createLiveView({ store, feed, adminAuth: createAdminAuth(adminToken), projectKey: 'demo', ...options })
  const get = async (path: string, headers: Record<string, string> = {}) =>
    view.request(`http://collector.test${path}`, { headers: { authorization: `Bearer ${adminToken}`, ...headers } })
  const follow = async (path = '/live/events', headers: Record<string, string> = {}) =>
    readEventStream((await get(path, headers)).body as ReadableStream<Uint8Array>)
  const arrive = async (...events: StoredEvent[]) => {
    await store.append(events.map(newEvent))
    feed.publish(events)
  }
  return { store, feed, view, get, follow, arrive }
}

function idsOf(message: { data: unknown } | null): string[] {
  const { events } = (message?.data ?? { events: [] }) as { events: StoredEvent[] }
  return events.map((event) => event.messageId)
}

describe('the page', () => {
  it.each(['/live', '/live/app.js', '/live/page.css', '/live/events', '/live/person', '/live/config'])(
    'answers 401 at %s without the token',
    async (path) => {
      expect((await setUp().view.request(path)).status).toBe(401)
    },
  )

  it.each(['/live', '/live/app.js', '/live/page.css', '/live/events', '/live/config'])(
    'allows at %s nothing but its own files',
    async (path) => {
      const { headers } = await setUp().get(path)
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
          "base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
      )
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
    },
  )

  it('serves every file that its modules and its markup ask for', async () => {
    const { get } = setUp()
    const html = await (await get('/live')).text()
    const wanted = new Set(Array.from(html.matchAll(/"live\/([^"]+)"/g), ([, name]) => name ?? ''))
    expect(wanted.size).toBeGreaterThan(1)
    for (const name of wanted) {
      const response = await get(`/live/${name}`)
      expect(response.status, name).toBe(200)
      expect(response.headers.get('content-type'), name).toMatch(name.endsWith('.css') ? 'text/css' : 'text/javascript')
      const text = await response.text()
      for (const [, imported] of text.matchAll(/from '\.\/([^']+\.js)'/g)) wanted.add(imported ?? '')
    }
  })

  it('answers 404 for files that it does not have', async () => {
    expect((await setUp().get('/live/app.ts')).status).toBe(404)
    expect((await setUp().get('/live/constructor')).status).toBe(404)
  })

  it('leads from /live/ to /live, below which its files lie', async () => {
    const response = await setUp().get('/live/')
    expect([response.status, response.headers.get('location')]).toEqual([308, '/live'])
  })
})

describe('the stream', () => {
  it('is sent at once and kept by nobody', async () => {
    const { headers } = await setUp().get('/live/events')
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(headers.get('x-accel-buffering')).toBe('no')
  })

  it('starts with the newest 200 events in the order of storing, and the counters', async () => {
    const { arrive, follow } = setUp()
    const events = Array.from({ length: 250 }, (_, index) => storedEvent({ messageId: `e${index}` }))
    await arrive(...events)
    const stream = await follow()
    expect(idsOf(await stream.next('events'))).toEqual(events.slice(50).map((event) => event.messageId))
    expect(await stream.next('stats')).toMatchObject({ data: { events: 250, people: 1 } })
    await stream.cancel()
  })

  it('says that an empty store is empty, and then sends each event as it is stored', async () => {
    const { arrive, follow } = setUp()
    const stream = await follow()
    expect(idsOf(await stream.next('events'))).toEqual([])
    await arrive(storedEvent({ messageId: 'first' }))
    expect(idsOf(await stream.next('events'))).toEqual(['first'])
    await arrive(storedEvent({ messageId: 'second' }))
    expect(idsOf(await stream.next('events'))).toEqual(['second'])
    await stream.cancel()
  })

  it.each(['Last-Event-ID', 'after'])('goes on after the cursor of %s without a gap', async (way) => {
    const { arrive, follow } = setUp()
    await arrive(storedEvent({ messageId: 'seen' }))
    const before = await follow()
    const id = (await before.next('events'))?.id ?? ''
    await before.cancel()
    await arrive(...Array.from({ length: 450 }, (_, index) => storedEvent({ messageId: `missed${index}` })))

    const stream = await (way === 'after'
      ? follow(`/live/events?after=${id}`)
      : follow(undefined, { 'last-event-id': id }))
    const missed: string[] = []
    while (missed.length < 450) missed.push(...idsOf(await stream.next('events')))
    expect(missed).toEqual(Array.from({ length: 450 }, (_, index) => `missed${index}`))
    await stream.cancel()
  })

  it('tells who the anonymous visitors among the events are', async () => {
    const { arrive, follow } = setUp()
    await arrive(storedEvent({ anonymousId: 'a1' }), storedEvent({ anonymousId: 'a1', userId: 'u1' }))
    const stream = await follow()
    const message = await stream.next('events')
    expect(message?.data).toMatchObject({ edges: [{ project: 'site', anonymousId: 'a1', userId: 'u1' }] })
    await stream.cancel()
  })

  it('shows what other collectors have stored, where several share the store', async () => {
    const { store, follow } = setUp()
    store.pollMs = 5
    const stream = await follow()
    await stream.next('events')
    await stream.next('stats')
    await store.append([newEvent(storedEvent({ messageId: 'by another' }))])
    expect(idsOf(await stream.next('events'))).toEqual(['by another'])
    expect((await stream.next('stats'))?.data).toMatchObject({ events: 1 })
    await stream.cancel()
  })

  it('sends a comment when nothing happens, so that proxies keep the connection', async () => {
    const stream = await setUp({ heartbeatMs: 5 }).follow()
    await stream.next('stats')
    expect(await stream.block()).toMatch(/^: /)
    expect(await stream.block()).toMatch(/^: /)
    await stream.cancel()
  })

  it('stops listening when the reader goes away', async () => {
    const { feed, follow } = setUp()
    const stream = await follow()
    await stream.next('stats')
    expect(feed.listeners).toBe(1)
    await stream.cancel()
    expect(feed.listeners).toBe(0)
  })

  it('ends when the collector closes, also for readers that come later', async () => {
    const closing = new AbortController()
    const { feed, follow } = setUp({ signal: closing.signal })
    const stream = await follow()
    await stream.next('stats')
    closing.abort()
    expect(await stream.next('events')).toBeNull()
    expect(await (await follow()).next('events')).toBeNull()
    expect(feed.listeners).toBe(0)
  })

  it('reports a store that does not answer, and goes on without a gap when it does', async () => {
    const { store, arrive, follow } = setUp()
    const stream = await follow()
    await stream.next('stats')
    const event = storedEvent({ messageId: 'stored before the failure' })
    await store.append([newEvent(event)])
    store.failure = 'database is locked'
    await arrive()
    expect(await stream.next('unavailable')).toMatchObject({ data: { reason: 'database is locked' } })
    store.failure = null
    await arrive()
    expect(idsOf(await stream.next('events'))).toEqual(['stored before the failure'])
    await stream.cancel()
  })

  it('does not read ahead for a reader that does not read', async () => {
    const { store, arrive, follow } = setUp()
    const stream = await follow()
    await stream.next('stats')
    for (let index = 0; index < 3_000; index++) await arrive(storedEvent())
    expect(store.reads).toBeLessThan(4)
    let received = 0
    while (received < 3_000) received += idsOf(await stream.next('events')).length
    expect(received).toBe(3_000)
    await stream.cancel()
  })
})

describe('the history of a person', () => {
  it('needs a project and an id', async () => {
    expect((await setUp().get('/live/person?project=site')).status).toBe(400)
    expect((await setUp().get('/live/person?userId=u1')).status).toBe(400)
  })

  it('holds anonymous and known events, whichever id it is asked for', async () => {
    const { arrive, get } = setUp()
    await arrive(
      storedEvent({ messageId: 'laptop, anonymous', anonymousId: 'a1' }),
      storedEvent({ messageId: 'laptop, identified', anonymousId: 'a1', userId: 'u1' }),
      storedEvent({ messageId: 'phone, anonymous', anonymousId: 'a2' }),
      storedEvent({ messageId: 'phone, identified', anonymousId: 'a2', userId: 'u1' }),
      storedEvent({ messageId: 'somebody else', anonymousId: 'a3' }),
    )
    const expected = ['laptop, anonymous', 'laptop, identified', 'phone, anonymous', 'phone, identified']
    for (const id of ['userId=u1', 'anonymousId=a1', 'anonymousId=a2']) {
      const history = (await (await get(`/live/person?project=site&${id}`)).json()) as { events: StoredEvent[] }
      expect(history.events.map((event) => event.messageId).sort(), id).toEqual(expected)
    }
  })

  it('leaves out what a second user of the same browser did', async () => {
    const { arrive, get } = setUp()
    await arrive(
      storedEvent({ messageId: 'first user', anonymousId: 'a1', userId: 'u1' }),
      storedEvent({ messageId: 'second user', anonymousId: 'a1', userId: 'u2' }),
      storedEvent({ messageId: 'anonymous', anonymousId: 'a1' }),
    )
    const read = async (id: string) => {
      const history = (await (await get(`/live/person?project=site&userId=${id}`)).json()) as { events: StoredEvent[] }
      return history.events.map((event) => event.messageId).sort()
    }
    expect(await read('u1')).toEqual(['anonymous', 'first user'])
    expect(await read('u2')).toEqual(['second user'])
  })
})
