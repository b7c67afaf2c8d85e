import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store, StoredEvent } from '../../src/collector/store'
import { newEvent, storedEvent } from './stored-event'
import { testStoreIdentity } from './store-identity'
import { testStoreProjects } from './store-projects'
import { testStoreQuery } from './store-query'
import { testStoreUsage } from './store-usage'

export { newEvent, storedEvent }

export interface StoreHarness {
  /** Opens the same, at first empty, place each time. */
  open(): Store
  /** Removes what is left of it. */
  dispose(): Promise<void>
}

/** What every store promises, whatever it keeps its events in. */
export function testStore(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`the contract of a store, kept by ${name}`, () => {
    let harness: StoreHarness
    let store: Store

    beforeEach(async () => {
      harness = await createHarness()
      store = harness.open()
    })

    afterEach(async () => {
      await store.close()
      await harness.dispose()
    })

    const committed = (...outcomes: string[]) => ({ status: 'committed', outcomes })
    const all = async () => (await store.events({ limit: 1000 })).events
    const ids = (events: readonly StoredEvent[]) => events.map(({ messageId }) => messageId)

    it('gives an event of each type back as it was stored', async () => {
      const context = {
        page: { url: 'https://shop.example/a?b=1', title: 'A' },
        session: { id: 's', number: 2, start: 5 },
      }
      const events = [
        newEvent({
          context,
          properties: { category: 'c', value: 1.5, list: [1, { deep: null }] },
          integrations: { All: true },
        }),
        newEvent({ type: 'page', event: undefined, name: 'Home', properties: {}, sentAt: null }),
        newEvent({ type: 'screen', event: undefined, name: 'Cart' }),
        newEvent({ type: 'identify', event: undefined, userId: 'u', traits: { plan: 'pro' }, previousId: 'old' }),
        newEvent({ type: 'group', event: undefined, groupId: 'g', traits: {}, anonymousId: null, userId: 'u' }),
        newEvent({ type: 'alias', event: undefined, userId: 'u', previousId: 'anon-9' }),
      ]
      expect(await store.append(events)).toEqual(committed(...events.map(() => 'stored')))
      const withoutUndefined = JSON.parse(JSON.stringify(events.map(({ event }) => event)))
      expect((await all()).reverse()).toEqual(withoutUndefined)
    })

    it('keeps texts that look like code, and odd numbers, as they are', async () => {
      const odd = `'; DROP TABLE events; -- "\\ \u2028 ${'😀'.repeat(5)} %s ? $1`
      const properties = { [odd]: odd, constructor: { prototype: 1 }, value: '12abc', category: 7, huge: 1e300 }
      const context = { page: 'no object', session: { id: 5, number: 1.5 }, sequence: { instance: {}, number: -1 } }
      const event = newEvent({ event: odd, anonymousId: odd, userId: odd, properties, context: context as never })
      expect(await store.append([event])).toEqual(committed('stored'))
      expect(await all()).toEqual([event.event])
      expect((await store.events({ userId: odd, event: odd, limit: 1 })).events).toHaveLength(1)
      expect(await store.identities('shop', [odd])).toEqual([{ anonymousId: odd, userId: odd }])
    })

    it('keeps one event for each project and messageId: the first', async () => {
      const first = newEvent({ messageId: 'same', event: 'first' })
      const second = newEvent({ messageId: 'same', event: 'second' })
      expect(await store.append([first, second])).toEqual(committed('stored', 'duplicate'))
      expect(await store.append([second])).toEqual(committed('duplicate'))
      expect(await store.append([newEvent({ messageId: 'same', project: 'other' })])).toEqual(committed('stored'))
      expect((await store.events({ project: 'shop', limit: 9 })).events.map(({ event }) => event)).toEqual(['first'])
      expect(await store.stats()).toMatchObject({ events: 2, duplicates: 2 })
    })

    it('stores each event once when many appends with the same events run at once', async () => {
      const events = Array.from({ length: 200 }, (_, index) => newEvent({ messageId: `c-${index}` }))
      const appends = Array.from({ length: 41 }, (_, index) => events.slice(index * 4, index * 4 + 40))
      const results = await Promise.all(appends.map((append) => store.append(append)))
      const outcomes: string[] = results.flatMap((result) =>
        result.status === 'committed' ? [...result.outcomes] : [result.status],
      )
      expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(200)
      expect(outcomes).not.toContain('unavailable')
      expect(new Set(ids(await all())).size).toBe(200)
      expect(await all()).toHaveLength(200)
    })

    it('has everything again after it was closed and opened', async () => {
      await store.append([newEvent({ messageId: 'kept', userId: 'u' })], [{ project: 'shop', count: 3 }])
      const before = { events: await all(), stats: await store.stats() }
      await store.close()
      store = harness.open()
      expect({ events: await all(), stats: await store.stats() }).toEqual(before)
      expect(await store.append([newEvent({ messageId: 'kept' })])).toEqual(committed('duplicate'))
    })

    it('refuses appends after it was closed, and waits for those before', async () => {
      const before = store.append([newEvent()])
      await store.close()
      expect(await before).toEqual(committed('stored'))
      expect(await store.append([newEvent()])).toMatchObject({ status: 'unavailable' })
    })

    it('commits nothing for nothing', async () => {
      expect(await store.append([])).toEqual(committed())
    })

    it('reads newest arrivals first, page by page, each event once', async () => {
      await store.append(Array.from({ length: 7 }, (_, index) => newEvent({ messageId: `p-${index}` })))
      const pages: string[][] = []
      let cursor: string | undefined
      do {
        const page = await store.events({ limit: 3, cursor })
        pages.push(ids(page.events))
        cursor = page.next ?? undefined
      } while (cursor)
      expect(pages).toEqual([['p-6', 'p-5', 'p-4'], ['p-3', 'p-2', 'p-1'], ['p-0']])
      expect((await store.events({ limit: 7 })).next).toBeNull()
    })

    it('filters by each field and by all together', async () => {
      const visit = (id: string) => ({ context: { session: { id, number: 1, start: 1 } } })
      const wanted = newEvent({
        ...{ event: 'Paid', userId: 'u', anonymousId: 'a', timestamp: '2026-02-01T00:00:00.000Z' },
        ...visit('s'),
      })
      const others = [
        { project: 'other' },
        { type: 'page' as const },
        { event: 'Viewed' },
        { userId: 'v' },
        { anonymousId: 'b' },
        visit('t'),
        { timestamp: '2026-01-31T23:59:59.999Z' },
        { timestamp: '2026-03-01T00:00:00.000Z' },
      ].map((other) => newEvent({ ...wanted.event, ...other, messageId: `o-${JSON.stringify(other)}` }))
      await store.append([...others, wanted])
      const filter = { project: 'shop', type: 'track', event: 'Paid', userId: 'u', anonymousId: 'a', sessionId: 's' }
      const window = { since: '2026-02-01T00:00:00.000Z', until: '2026-03-01T00:00:00.000Z' }
      expect(ids((await store.events({ ...filter, ...window, limit: 99 })).events)).toEqual([wanted.event.messageId])
      for (const [name, value] of Object.entries({ ...filter, ...window })) {
        const without = { ...filter, ...window, [name]: undefined }
        expect((await store.events({ ...without, limit: 99 })).events, name).toHaveLength(2)
        expect((await store.events({ [name]: value, limit: 99 })).events, name).toHaveLength(8)
      }
    })

    it('lets a reader follow the order of storing without a gap', async () => {
      expect(await store.latest(5)).toMatchObject({ events: [] })
      const start = (await store.eventsAfter(null, 5)).cursor
      await store.append(['1', '2', '3', '4'].map((messageId) => newEvent({ messageId })))
      const latest = await store.latest(2)
      expect(ids(latest.events)).toEqual(['3', '4'])
      const first = await store.eventsAfter(start, 3)
      expect(ids(first.events)).toEqual(['1', '2', '3'])
      const second = await store.eventsAfter(first.cursor, 3)
      expect(ids(second.events)).toEqual(['4'])
      expect(second.cursor).toBe(latest.cursor)
      expect(await store.eventsAfter(second.cursor, 3)).toEqual({ events: [], cursor: second.cursor })
      await store.append([newEvent({ messageId: '5' })])
      expect(ids((await store.eventsAfter(second.cursor, 3)).events)).toEqual(['5'])
    })

    it('counts events, people, sessions, rejections, repeats and gaps', async () => {
      expect(await store.stats()).toEqual({ events: 0, people: 0, sessions: 0, rejected: 0, duplicates: 0, gaps: 0 })
      const inSession = (id: string) => ({ session: { id, number: 1, start: 0 } })
      const numbered = (instance: string, number: number) => ({ sequence: { instance, number } })
      await store.append([
        newEvent({ anonymousId: 'a', context: { ...inSession('s1'), ...numbered('i', 1) } }),
        newEvent({ anonymousId: 'a', userId: 'u', context: { ...inSession('s1'), ...numbered('i', 2) } }),
        newEvent({ anonymousId: 'b', userId: 'u', context: { ...inSession('s2'), ...numbered('i', 5) } }),
        newEvent({ anonymousId: 'stranger', context: numbered('j', 1) }),
        newEvent({ anonymousId: null, userId: 'server-only', context: numbered('k', 4) }),
        newEvent({
          anonymousId: 'a',
          userId: 'u',
          project: 'other',
          context: { ...inSession('s1'), ...numbered('i', 1) },
        }),
      ])
      await store.append([], [{ project: 'shop', count: 2 }])
      const expected = { events: 6, people: 4, sessions: 3, rejected: 2, duplicates: 0, gaps: 5 }
      expect(await store.stats()).toEqual(expected)
      await store.append([newEvent({ anonymousId: 'a', context: numbered('i', 3) })])
      expect(await store.stats()).toEqual({ ...expected, events: 7, gaps: 4 })
    })

    testStoreIdentity(() => store)
    testStoreUsage(() => store)
    testStoreProjects(() => ({
      store,
      async reopen() {
        await store.close()
        store = harness.open()
        return store
      },
    }))
    testStoreQuery(() => store)
  })
}
