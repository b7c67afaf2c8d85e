import type { Feed, FeedListener } from '../../src/collector/feed'
import type {
  EventQuery,
  IdentityEdge,
  NewEvent,
  SqlOutcome,
  Store,
  StoredEvent,
  StoredProject,
  UsageRow,
} from '../../src/collector/store'

/** A store in memory for tests that are not about storing. Cursors count the stored events. */
export interface FakeStore extends Store {
  /** While it is a text, every read rejects with it. */
  failure: string | null
  /** Number of calls of `eventsAfter`. */
  reads: number
  /** What `query` answers. */
  outcome: SqlOutcome
}

export function createFakeStore(): FakeStore {
  const events: StoredEvent[] = []
  const keys = new Set<string>()
  const projects = new Map<string, StoredProject>()
  const counts = new Map<string, { duplicates: number; rejected: number }>()
  const owners = new Map<string, IdentityEdge & { project: string }>()
  const slice = (from: number, limit: number) => ({
    events: events.slice(from, from + limit),
    cursor: String(Math.min(events.length, from + limit)),
  })
  const check = () => {
    if (store.failure) throw new Error(store.failure)
  }
  const countOf = (project: string, day: string) => {
    const key = JSON.stringify([project, day])
    const count = counts.get(key) ?? { duplicates: 0, rejected: 0 }
    counts.set(key, count)
    return count
  }

  function add({ event }: NewEvent): 'stored' | 'duplicate' {
    const key = `${event.project} ${event.messageId}`
    const count = countOf(event.project, event.receivedAt.slice(0, 10))
    if (keys.has(key)) {
      count.duplicates++
      return 'duplicate'
    }
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
    outcome: { status: 'done', result: { columns: ['one'], rows: [[1]], truncated: false } },
    async append(batch, rejected = []) {
      if (store.failure) return { status: 'unavailable', reason: store.failure }
      const today = new Date().toISOString().slice(0, 10)
      for (const { project, count } of rejected) countOf(project, today).rejected += count
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
    async person(project, id) {
      check()
      const edges = [...owners.values()].filter((edge) => edge.project === project)
      const isUser = events.some((event) => event.project === project && event.userId === id)
      const userId = isUser ? id : (edges.find((edge) => edge.anonymousId === id)?.userId ?? null)
      const anonymousIds = userId
        ? edges.filter((edge) => edge.userId === userId).map(({ anonymousId }) => anonymousId)
        : [id]
      const own = events.filter((event) => matches(event, { project, person: { userId, anonymousIds }, limit: 1 }))
      if (own.length === 0) return null
      const times = own.map(({ timestamp }) => timestamp).sort()
      const [firstAt = null, lastAt = null] = [times[0], times.at(-1)]
      return { project, userId, anonymousIds, conflicts: [], events: own.length, firstAt, lastAt }
    },
    async usage({ project, by, since = '', until = '9999' }) {
      check()
      const rows = new Map<string, UsageRow>()
      for (const [key, { duplicates, rejected }] of counts) {
        const [id, day] = JSON.parse(key) as [string, string]
        if ((project !== undefined && id !== project) || day < since || day >= until) continue
        const period = by === 'day' ? day : day.slice(0, 7)
        const known = rows.get(`${period} ${id}`)
        const row = known ?? { project: id, period, stored: 0, duplicates: 0, rejected: 0, gaps: 0 }
        row.duplicates += duplicates
        row.rejected += rejected
        row.stored += events.filter((event) => event.project === id && event.receivedAt.startsWith(day)).length
        rows.set(`${period} ${id}`, row)
      }
      return [...rows].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row)
    },
    async projects() {
      check()
      return [...projects.values()].sort((left, right) => (left.id < right.id ? -1 : 1))
    },
    async saveProject(project, replaces) {
      check()
      const present = projects.get(project.id)
      if (replaces !== undefined && (present?.changedAt ?? null) !== replaces) return false
      projects.set(project.id, structuredClone(project))
      return true
    },
    async query() {
      check()
      return store.outcome
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
        rejected: sum(counts, 'rejected'),
        duplicates: sum(counts, 'duplicates'),
        gaps: 0,
      }
    },
    async close() {},
  }
  return store
}

function sum<Name extends string>(counts: Map<string, Record<Name, number>>, name: Name): number {
  return [...counts.values()].reduce((total, count) => total + count[name], 0)
}

function matches(event: StoredEvent, query: EventQuery): boolean {
  const { person } = query
  if (person && event.userId === null && !person.anonymousIds.includes(event.anonymousId ?? '')) return false
  if (person && event.userId !== null && event.userId !== person.userId) return false
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
