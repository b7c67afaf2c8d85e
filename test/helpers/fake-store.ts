import type { Feed, FeedListener } from '../../src/collector/feed'
import type { EventQuery, IdentityEdge, NewEvent, Store, StoredEvent } from '../../src/collector/store'

/** A store in memory for tests that are not about storing. Cursors count the stored events. */
export interface FakeStore extends Store {
  /** While it is a text, every read rejects with it. */
  failure: string | null
  /** Number of calls of `eventsAfter`. */
  reads: number
}

export function createFakeStore(): FakeStore {
  const events: StoredEvent[] = []
  const keys = new Set<string>()
  const owners = new Map<string, IdentityEdge & { project: string }>()
  const slice = (from: number, limit: number) => ({
    events: events.slice(from, from + limit),
    cursor: String(Math.min(events.length, from + limit)),
  })
  const check = () => {
    if (store.failure) throw new Error(store.failure)
  }

  function add({ event }: NewEvent): 'stored' | 'duplicate' {
    const key = `${event.project} ${event.messageId}`
    if (keys.has(key)) return 'duplicate'
    keys.add(key)
    events.push(event)
    const { project, anonymousId, userId } = event
    const owner = `${project} ${anonymousId}`
    if (anonymousId && userId && !owners.has(owner)) owners.set(owner, { project, anonymousId, userId })
    return 'stored'
  }

  const store: FakeStore = {
    failure: null,
    reads: 0,
    async append(batch) {
      if (store.failure) return { status: 'unavailable', reason: store.failure }
      return { status: 'committed', outcomes: batch.map(add) }
    },
    async events(query) {
      check()
      const found = events.filter((event) => matches(event, query)).reverse()
      const start = Number(query.cursor ?? 0)
      const end = start + query.limit
      return { events: found.slice(start, end), next: end < found.length ? String(end) : null }
    },
    async latest(limit) {
      check()
      return slice(Math.max(0, events.length - limit), limit)
    },
    async eventsAfter(cursor, limit) {
      store.reads++
      check()
      return slice(Number(cursor ?? 0), limit)
    },
    async identities(project, anonymousIds) {
      check()
      return [...owners.values()].filter((edge) => edge.project === project && anonymousIds.includes(edge.anonymousId))
    },
    async stats() {
      check()
      const people = new Set(
        events.map((event) => owners.get(`${event.project} ${event.anonymousId}`)?.userId ?? event.anonymousId),
      )
      const sessions = new Set(events.map((event) => event.context.session?.id).filter(Boolean))
      return {
        events: events.length,
        people: people.size,
        sessions: sessions.size,
        rejected: 0,
        duplicates: 0,
        gaps: 0,
      }
    },
    async close() {},
  }
  return store
}

function matches(event: StoredEvent, query: EventQuery): boolean {
  return (['project', 'type', 'event', 'userId', 'anonymousId'] as const).every(
    (name) => query[name] === undefined || event[name] === query[name],
  )
}

export function createFakeFeed(): Feed & { readonly listeners: number } {
  const listeners = new Set<FeedListener>()
  return {
    publish(events) {
      for (const listener of listeners) listener(events)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    get listeners() {
      return listeners.size
    },
  }
}

let count = 0

/** An event as the collector stores it; `overrides` win. */
export function storedEvent(overrides: Partial<StoredEvent> = {}): StoredEvent {
  const receivedAt = overrides.receivedAt ?? new Date().toISOString()
  const timestamp = overrides.timestamp ?? receivedAt
  return {
    version: 1,
    type: 'track',
    messageId: `message-${++count}`,
    timestamp,
    anonymousId: 'anonymous-0001',
    userId: null,
    ...(overrides.type === undefined || overrides.type === 'track' ? { event: 'buttonClicked' } : {}),
    properties: {},
    context: {},
    project: 'site',
    receivedAt,
    sentAt: receivedAt,
    originalTimestamp: timestamp,
    ...overrides,
  }
}

export function newEvent(event: StoredEvent): NewEvent {
  return {
    event,
    arrival: {
      request: { format: 'segment', origin: null, userAgent: null, keyKind: 'public' },
      response: { status: 200, events: 1, rejected: 0 },
    },
  }
}
