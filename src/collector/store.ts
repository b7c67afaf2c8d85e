import type { Event } from '../core/event'

/** An event as the collector keeps it: the canonical event and what the collector knows of its arrival. */
export interface StoredEvent extends Event {
  /** Id of the project. */
  project: string
  /** ISO 8601, the collector's clock. */
  receivedAt: string
  /** ISO 8601, the client's clock at the time of sending; null where the client did not say. */
  sentAt: string | null
  /** `timestamp` as the client gave it; `timestamp` itself is corrected for clock skew. */
  originalTimestamp: string
}

/** Public keys stand in web pages and can be copied by anybody; secret keys never leave servers. */
export type KeyKind = 'public' | 'secret'

/** Beside each event: the request's relevant headers and what was answered. Events of one request share the object. */
export interface Arrival {
  request: { format: string; origin: string | null; userAgent: string | null; keyKind: KeyKind }
  /** `events` and `rejected` count the whole request. */
  response: { status: number; events: number; rejected: number }
}

export interface NewEvent {
  event: StoredEvent
  arrival: Arrival
}

/** Events of a project that were refused for what they contain; only their number is kept. */
export interface RejectionCount {
  project: string
  count: number
}

export type AppendOutcome = 'stored' | 'duplicate'

export type AppendResult =
  /** Committed to disk. One outcome for each event, in order. */
  | { status: 'committed'; outcomes: readonly AppendOutcome[] }
  /** Nothing of it was stored: disk full, file locked, read-only. The caller answers 503. */
  | { status: 'unavailable'; reason: string }

/** Filter of `GET /admin/events`. */
export interface EventQuery {
  project?: string
  type?: string
  /** Name of a tracked event. */
  event?: string
  userId?: string
  anonymousId?: string
  /** `context.session.id` */
  sessionId?: string
  /** ISO 8601, inclusive, on `timestamp`. */
  since?: string
  /** ISO 8601, exclusive, on `timestamp`. */
  until?: string
  limit: number
  cursor?: string
}

export interface EventPage {
  /** Newest arrivals first. */
  events: StoredEvent[]
  /** Pass as `cursor` for the next page; null at the end. */
  next: string | null
}

/** Counted over the whole life of the store, restarts included. */
export interface StoreStats {
  events: number
  /** Users, and anonymous ids that belong to no user. */
  people: number
  sessions: number
  /** Events that were refused for what they contain. */
  rejected: number
  /** Events that came again and were not stored again. */
  duplicates: number
  /** Events that are missing in the numbering of their page instances: lost, or still on their way. */
  gaps: number
}

/** Says that an anonymous id belongs to a user; learned from events that carry both ids, and from alias calls. */
export interface IdentityEdge {
  anonymousId: string
  userId: string
}

/**
 * The collector's system of record. A store keeps one event per `(project, messageId)`; the first one wins.
 * Every method may reject when the store is unusable, but `append`, which answers with `unavailable`.
 */
export interface Store {
  /** Opens the store ahead of its first use; rejects with what to do where it cannot, and may be called again. */
  open?(): Promise<void>
  /** Counts `rejected` in the same commit. */
  append(events: readonly NewEvent[], rejected?: readonly RejectionCount[]): Promise<AppendResult>
  events(query: EventQuery): Promise<EventPage>
  /** The newest `limit` events in the order of storing, and the cursor behind them: where a reader starts that follows along. */
  latest(limit: number): Promise<{ events: StoredEvent[]; cursor: string }>
  /** Events that were stored after `cursor` in the order of storing, for a reader that follows along. */
  eventsAfter(cursor: string | null, limit: number): Promise<{ events: StoredEvent[]; cursor: string }>
  /**
   * Who these anonymous ids belong to, as far as it is known: at most one user for each. Where several users
   * claim one id, the earliest event time wins, then the smaller user id, whatever arrived first.
   */
  identities(project: string, anonymousIds: readonly string[]): Promise<IdentityEdge[]>
  stats(): Promise<StoreStats>
  /** Waits for appends under way, then releases what the store holds. */
  close(): Promise<void>
}
