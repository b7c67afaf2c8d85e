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

/** Beside each event: the request's relevant headers and what was answered. */
export interface Arrival {
  request: { format: string; origin: string | null; userAgent: string | null; keyKind: 'public' | 'secret' }
}

export interface NewEvent {
  event: StoredEvent
  arrival: Arrival
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

export interface StoreStats {
  events: number
  people: number
  sessions: number
}

/** Says that an anonymous id belongs to a user; learned from identify calls and from events that carry both ids. */
export interface IdentityEdge {
  anonymousId: string
  userId: string
}

/**
 * The collector's system of record. A store keeps one event per `(project, messageId)`; the first one wins.
 * Every method may reject when the store is unusable, but `append`, which answers with `unavailable`.
 */
export interface Store {
  append(events: readonly NewEvent[]): Promise<AppendResult>
  events(query: EventQuery): Promise<EventPage>
  /** Events that were stored after `cursor` in the order of storing, for a reader that follows along. */
  eventsAfter(cursor: string | null, limit: number): Promise<{ events: StoredEvent[]; cursor: string }>
  /** Who these anonymous ids belong to, as far as it is known. */
  identities(project: string, anonymousIds: readonly string[]): Promise<IdentityEdge[]>
  stats(): Promise<StoreStats>
  close(): Promise<void>
}
