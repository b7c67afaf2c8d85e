import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyKind, NewEvent, Store, StoredEvent } from '../../src/collector/store'
import { newEvent } from './stored-event'

type Claim = Partial<StoredEvent> & { keyKind?: KeyKind }

const day = (number: number) => `2026-01-0${number}T00:00:00.000Z`

/** Few ids and times, so that every kind of quarrel comes up. */
const claims: fc.Arbitrary<Claim[]> = fc.array(
  fc.record({
    type: fc.constantFrom('track' as const, 'identify' as const, 'alias' as const, 'alias' as const),
    anonymousId: fc.constantFrom('a', 'b', 'c'),
    userId: fc.constantFrom(null, null, 'u', 'v'),
    previousId: fc.constantFrom('a', 'b', 'c', 'd', 'u'),
    timestamp: fc.integer({ min: 1, max: 3 }).map(day),
    keyKind: fc.constantFrom('public' as const, 'secret' as const),
  }),
  { minLength: 1, maxLength: 8 },
)

const everyId = ['a', 'b', 'c', 'd', 'u', 'v']

/** Who is who: what every store promises of the identity graph. */
export function testStoreIdentity(store: () => Store): void {
  describe('who is who', () => {
    it('gives an anonymous id to the user of the earliest event, then to the smaller id, in any order of arrival', async () => {
      const claims = [
        { anonymousId: 'x', userId: 'late', timestamp: '2026-01-03T00:00:00.000Z' },
        { anonymousId: 'x', userId: 'early', timestamp: '2026-01-01T00:00:00.000Z' },
        { anonymousId: 'y', userId: 'b', timestamp: '2026-01-01T00:00:00.000Z' },
        { anonymousId: 'y', userId: 'a', timestamp: '2026-01-01T00:00:00.000Z' },
        { anonymousId: 'z', userId: 'late', timestamp: '2026-01-01T00:00:00.000Z' },
        { anonymousId: 'z', userId: 'late', timestamp: '2026-01-05T00:00:00.000Z' },
        { anonymousId: 'z', userId: 'early', timestamp: '2026-01-04T00:00:00.000Z' },
      ]
      const expected = { x: 'early', y: 'a', z: 'late' }
      let project = 0
      const orders = fc.shuffledSubarray(claims, { minLength: claims.length })
      await fc.assert(
        fc.asyncProperty(orders, fc.integer({ min: 1, max: 7 }), async (order, size) => {
          const id = `order-${project++}`
          for (let at = 0; at < order.length; at += size) {
            await store().append(order.slice(at, at + size).map((claim) => newEvent({ ...claim, project: id })))
          }
          const edges = await store().identities(id, ['x', 'y', 'z', 'unknown'])
          expect(Object.fromEntries(edges.map((edge) => [edge.anonymousId, edge.userId]))).toEqual(expected)
        }),
        { numRuns: 20 },
      )
    })

    it('joins ids by alias, but not where an identify replaces another user', async () => {
      await store().append([
        newEvent({ type: 'alias', anonymousId: null, userId: 'new', previousId: 'old' }),
        newEvent({ type: 'alias', anonymousId: null, userId: 'self', previousId: 'self' }),
        newEvent({ type: 'identify', anonymousId: null, userId: 'bob', previousId: 'ann' }),
        newEvent({ messageId: 'twice', anonymousId: 'dup', userId: 'first' }),
        newEvent({ messageId: 'twice', anonymousId: 'dup', userId: 'aaa', timestamp: '2020-01-01T00:00:00.000Z' }),
      ])
      expect(await store().identities('shop', ['old', 'ann', 'dup'])).toEqual(
        expect.arrayContaining([
          { anonymousId: 'old', userId: 'new' },
          { anonymousId: 'dup', userId: 'first' },
        ]),
      )
      expect(await store().identities('shop', ['ann', 'self'])).toEqual([])
      expect(await store().identities('other', ['old'])).toEqual([])
    })

    let projects = 0

    /** In a project of its own; `cuts` are the sizes of the appends. */
    async function tell(events: readonly Claim[], cut = events.length): Promise<string> {
      const project = `graph-${projects++}`
      for (let at = 0; at < events.length; at += cut) {
        const part = events.slice(at, at + cut)
        const news = part.map(({ keyKind, ...fields }): NewEvent => newEvent({ ...fields, project }, keyKind))
        expect((await store().append(news)).status).toBe('committed')
      }
      return project
    }

    async function graphOf(project: string, keyKinds?: readonly KeyKind[]) {
      const people = await Promise.all(everyId.map((id) => store().person(project, id, { keyKinds })))
      const edges = await store().identities(project, everyId, { keyKinds })
      return {
        people: people.map((person) => person && { ...person, project: '' }),
        edges: edges.sort((left, right) => (left.anonymousId < right.anonymousId ? -1 : 1)),
      }
    }

    it('gives the same people whatever the order of arrival, and however it is cut into appends', async () => {
      const told = claims.chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.integer({ min: 1, max: events.length }),
        ),
      )
      await fc.assert(
        fc.asyncProperty(told, fc.constantFrom(undefined, ['secret' as const]), async ([events, order, cut], kinds) => {
          const first = await graphOf(await tell(events), kinds)
          expect(await graphOf(await tell(order, cut), kinds)).toEqual(first)
        }),
        { numRuns: 40 },
      )
    })

    it('puts every id into one person at most, and every edge into a person or among the conflicts', async () => {
      await fc.assert(
        fc.asyncProperty(claims, async (events) => {
          const project = await tell(events)
          const { people, edges } = await graphOf(project)
          const owners = new Map(edges.map(({ anonymousId, userId }) => [anonymousId, userId]))
          for (const person of people) {
            if (!person) continue
            for (const id of person.anonymousIds) expect(owners.get(id) ?? null).toBe(person.userId)
          }
          for (const { anonymousId, userId, type, previousId } of events) {
            const claimed = type === 'alias' ? previousId : anonymousId
            if (!userId || !claimed || claimed === userId) continue
            const user = people[everyId.indexOf(userId)]
            const holds = user?.anonymousIds.includes(claimed)
            const quarrels = user?.conflicts.some((edge) => edge.anonymousId === claimed && edge.userId === userId)
            expect(holds !== quarrels, `${claimed} ${userId}`).toBe(true)
          }
        }),
        { numRuns: 40 },
      )
    })

    it('joins the history of two devices where one user logs in on both, with what they did before', async () => {
      const project = await tell([
        { anonymousId: 'phone', event: 'Seen', timestamp: day(1) },
        { anonymousId: 'laptop', event: 'Compared', timestamp: day(2) },
        { type: 'identify', anonymousId: 'laptop', userId: '+4930123', timestamp: day(3) },
        { type: 'identify', anonymousId: 'phone', userId: '+4930123', timestamp: day(4) },
        { anonymousId: null, userId: '+4930123', event: 'Paid', timestamp: day(5), keyKind: 'secret' },
        { anonymousId: 'stranger', event: 'Seen' },
      ])
      for (const id of ['phone', 'laptop', '+4930123']) {
        const person = await store().person(project, id)
        expect(person).toEqual({
          project,
          userId: '+4930123',
          anonymousIds: ['laptop', 'phone'],
          conflicts: [],
          events: 5,
          firstAt: day(1),
          lastAt: day(5),
        })
        const { events } = await store().events({ project, person: person!, limit: 9 })
        expect(events.map(({ timestamp }) => timestamp).sort()).toEqual([1, 2, 3, 4, 5].map(day))
      }
      expect(await store().person(project, 'nobody')).toBeNull()
      expect(await store().person('elsewhere', 'phone')).toBeNull()
      expect(await store().person(project, 'stranger')).toMatchObject({ userId: null, anonymousIds: ['stranger'] })
    })

    it('records what would join two users as a conflict, and joins nothing', async () => {
      const project = await tell([
        { anonymousId: 'shared', userId: 'ann', timestamp: day(1) },
        { anonymousId: 'shared', userId: 'bob', timestamp: day(2), keyKind: 'secret' },
        { type: 'alias', anonymousId: null, userId: 'bob', previousId: 'ann', timestamp: day(3) },
      ])
      const shared = { anonymousId: 'shared', userId: 'bob', keyKind: 'secret', firstAt: day(2) }
      const alias = { anonymousId: 'ann', userId: 'bob', keyKind: 'public', firstAt: day(3) }
      expect(await store().person(project, 'ann')).toMatchObject({
        anonymousIds: ['shared'],
        events: 1,
        conflicts: [shared, alias],
      })
      expect(await store().person(project, 'bob')).toMatchObject({
        anonymousIds: [],
        events: 2,
        conflicts: [shared, alias],
      })
      expect(await store().person(project, 'shared')).toMatchObject({ userId: 'ann' })
    })

    it('remembers the kind of key, so that what pages said can be left out', async () => {
      const project = await tell([
        { anonymousId: 'a', userId: 'claimed', timestamp: day(1), keyKind: 'public' },
        { anonymousId: 'a', userId: 'proved', timestamp: day(2), keyKind: 'secret' },
        { anonymousId: 'b', userId: 'claimed', keyKind: 'public' },
        { anonymousId: 'b', event: 'Seen' },
        { anonymousId: null, userId: 'a', keyKind: 'public' },
      ])
      const keyKinds = ['secret' as const]
      expect(await store().identities(project, ['a', 'b'], { keyKinds })).toEqual([
        { anonymousId: 'a', userId: 'proved' },
      ])
      expect(await store().person(project, 'b', { keyKinds })).toMatchObject({ userId: null, conflicts: [] })
      expect(await store().person(project, 'b')).toMatchObject({ userId: 'claimed' })
      // Somebody named a user "a": that id is nobody else's then, as far as pages are believed.
      expect(await store().identities(project, ['a'])).toEqual([])
    })

    it('follows an alias without a user from one anonymous id to the next', async () => {
      const alias = (previousId: string, anonymousId: string) =>
        ({ type: 'alias', userId: null, previousId, anonymousId, event: undefined }) as const
      const project = await tell([
        { anonymousId: 'script', event: 'Before' },
        alias('script', 'cookie'),
        alias('older', 'script'),
        { anonymousId: 'other' },
      ])
      const visitor = { userId: null, anonymousIds: ['cookie', 'older', 'script'], events: 3 }
      for (const id of visitor.anonymousIds) expect(await store().person(project, id)).toMatchObject(visitor)
      await store().append([newEvent({ project, anonymousId: 'cookie', userId: 'u' })])
      for (const id of [...visitor.anonymousIds, 'u']) {
        expect(await store().person(project, id)).toMatchObject({ ...visitor, userId: 'u', events: 4 })
      }
    })

    it('records a link between the ids of two users as a conflict, and joins nothing', async () => {
      const link = (previousId: string, anonymousId: string, number: number) =>
        ({ type: 'alias', userId: null, previousId, anonymousId, timestamp: day(number), event: undefined }) as const
      const project = await tell([
        { anonymousId: 'script', userId: 'ann', timestamp: day(1) },
        { anonymousId: 'cookie', userId: 'bob', timestamp: day(1) },
        { ...link('script', 'cookie', 2), keyKind: 'secret' },
        link('older', 'script', 3),
        link('older', 'cookie', 4),
        // Of one user, and of one whom nobody knows: no quarrel.
        { anonymousId: 'phone', userId: 'ann', timestamp: day(1) },
        link('script', 'phone', 5),
        link('script', 'stranger', 5),
      ])
      const conflicts = [
        { anonymousId: 'script', userId: 'bob', keyKind: 'secret', firstAt: day(2), linkedId: 'cookie' },
        { anonymousId: 'older', userId: 'bob', keyKind: 'public', firstAt: day(4), linkedId: 'cookie' },
      ]
      const ann = { userId: 'ann', anonymousIds: ['older', 'phone', 'script'], conflicts }
      for (const id of ['ann', 'older', 'script']) expect(await store().person(project, id)).toMatchObject(ann)
      const bob = { userId: 'bob', anonymousIds: ['cookie'], conflicts }
      for (const id of ['bob', 'cookie']) expect(await store().person(project, id)).toMatchObject(bob)
      expect(await store().person(project, 'ann', { keyKinds: ['public'] })).toMatchObject({
        conflicts: conflicts.slice(1),
      })
      expect(await store().person(project, 'stranger')).toMatchObject({ userId: null, conflicts: [] })
    })

    it('says the same in the views identities and identity_conflicts', async () => {
      await fc.assert(
        fc.asyncProperty(claims, async (events) => {
          const project = await tell(events)
          const { edges, people } = await graphOf(project)
          const rows = await select(
            `SELECT anonymous_id, user_id FROM identities WHERE project = '${project}' ORDER BY anonymous_id`,
          )
          expect(rows).toEqual(edges.map(({ anonymousId, userId }) => [anonymousId, userId]))
          const conflicts = people.flatMap((person) => person?.conflicts ?? []).map((edge) => Object.values(edge))
          const recorded = await select(
            `SELECT anonymous_id, user_id, key_kind FROM identity_conflicts WHERE project = '${project}'`,
          )
          const keys = (list: unknown[][]) => [...new Set(list.map((row) => row.slice(0, 3).join(' ')))].sort()
          expect(keys(recorded)).toEqual(keys(conflicts))
        }),
        { numRuns: 15 },
      )
    })

    async function select(sql: string): Promise<unknown[][]> {
      const outcome = await store().query(sql, { maxRows: 100, timeoutMs: 20_000 })
      expect(outcome).toMatchObject({ status: 'done' })
      return outcome.status === 'done' ? outcome.result.rows : []
    }
  })
}
