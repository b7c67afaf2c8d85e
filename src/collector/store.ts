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

/** Headers are at most 512 characters, or null where there are none. */
export interface ArrivalRequest {
  /** Intake format. */
  format: string
  origin: string | null
  referer?: string | null
  userAgent: string | null
  acceptLanguage?: string | null
  /** The request had `Sec-GPC: 1`. */
  gpc?: boolean
  keyKind: KeyKind
}

/** Beside each event: the request's relevant headers and what was answered. Events of one request share the object. */
export interface Arrival {
  request: ArrivalRequest
  /** `events` and `rejected` count the whole request. */
  response: { status: number; events: number; rejected: number }
}

/** What the collector knows of whoever sent an event, beside the event itself; docs/store.md has the columns. */
export interface ClientInfo {
  /** Shortened (IPv4 /24, IPv6 /48) unless the owner decided otherwise; null where it is not known or not kept. */
  ip: string | null
  /** ISO 3166-1 alpha-2, from a header that the owner names. */
  country: string | null
  region: string | null
  browser: string | null
  browserVersion: string | null
  os: string | null
  osVersion: string | null
  /** Such as desktop, mobile, tablet, tv or bot. */
  device: string | null
  bot: boolean
  /** The visitor asked by Global Privacy Control not to be sold or shared. */
  gpc: boolean
}

export interface NewEvent {
  event: StoredEvent
  arrival: Arrival
  /** Events of one request mostly share the object; without it the columns are null. */
  client?: ClientInfo
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
  /** Events of this user, and those of these anonymous ids that name no user. */
  person?: Pick<Person, 'userId' | 'anonymousIds'>
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

/** Of one project in one UTC day or month. */
export interface UsageRow {
  project: string
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  period: string
  stored: number
  duplicates: number
  rejected: number
  /** Counted on the day of the first event of a page instance. */
  gaps: number
}

export interface UsageQuery {
  project?: string
  by: 'day' | 'month'
  /** `YYYY-MM-DD`, inclusive. */
  since?: string
  /** `YYYY-MM-DD`, exclusive. */
  until?: string
}

/** Says that an anonymous id belongs to a user; learned from events that carry both ids, and from alias calls. */
export interface IdentityEdge {
  anonymousId: string
  userId: string
}

export interface IdentityOptions {
  /** Only what was said with these kinds of key counts; both, where it is left out. */
  keyKinds?: readonly KeyKind[]
}

/** An edge or a link that would join two users: it is recorded, and joins nothing. */
export interface IdentityConflict extends IdentityEdge {
  keyKind: KeyKind
  /** ISO 8601, the earliest event that said so. */
  firstAt: string
  /** The anonymous id of the user to which a link would join this one; absent where an event named the user itself. */
  linkedId?: string
}

export interface Person {
  project: string
  /** Null where nobody has logged in. */
  userId: string | null
  /** Of all browsers and devices of this person. */
  anonymousIds: string[]
  conflicts: IdentityConflict[]
  events: number
  /** ISO 8601, of the earliest event; null without events. */
  firstAt: string | null
  /** ISO 8601, of the latest event; null without events. */
  lastAt: string | null
}

/** A project that was added at run time; those of the collector's options are not in the store. */
export interface StoredProject {
  id: string
  origins: readonly string[]
  allowNoOrigin: boolean
  /** Events of a calendar month (UTC) that are accepted; null is no limit. */
  monthlyQuota: number | null
  keys: readonly StoredKey[]
  /** ISO 8601 */
  createdAt: string
  /** ISO 8601 */
  changedAt: string
}

export interface StoredKey {
  kind: KeyKind
  /** The key itself where it is public, its SHA-256 as hex where it is secret. */
  value: string
  /** ISO 8601; afterwards it is no key any more. */
  expiresAt: string | null
}

export interface SqlOptions {
  /** Further rows are left out, and `truncated` says so. */
  maxRows: number
  timeoutMs: number
}

export interface SqlResult {
  columns: string[]
  rows: unknown[][]
  truncated: boolean
}

export type SqlOutcome =
  | { status: 'done'; result: SqlResult }
  /** Not a single SELECT, or the database found a fault in it. */
  | { status: 'refused'; reason: string }
  | { status: 'timeout' }

/**
 * The collector's system of record. A store keeps one event per `(project, messageId)`; the first one wins.
 * Every method may reject when the store is unusable, but `append`, which answers with `unavailable`.
 */
export interface Store {
  /** Other processes write to it as well: whoever follows along looks for more this often, unasked. */
  pollMs?: number
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
   * claim one id, the earliest event time wins, then the smaller user id, whatever arrived first. An id that is
   * itself a user belongs to nobody else. An alias without a user says that two anonymous ids are one visitor: the
   * previous one belongs to whoever the other belongs to, where no user claims it.
   */
  identities(project: string, anonymousIds: readonly string[], options?: IdentityOptions): Promise<IdentityEdge[]>
  /** Everybody's browsers and devices by the same rule. `id` is a user id or an anonymous id; null where it is unknown. */
  person(project: string, id: string, options?: IdentityOptions): Promise<Person | null>
  stats(): Promise<StoreStats>
  /** Ordered by period, then project. */
  usage(query: UsageQuery): Promise<UsageRow[]>
  /** Ordered by id. */
  projects(): Promise<StoredProject[]>
  /**
   * Inserts, or replaces the one of the same id. With `replaces` only where that has this `changedAt`, with null only
   * where there is none: whoever changes what it has read must not take back what others have changed meanwhile.
   * Says whether it was saved.
   */
  saveProject(project: StoredProject, replaces?: string | null): Promise<boolean>
  /** Runs one SELECT on a read-only connection of its own, so that the intake does not wait for it. */
  query(sql: string, options: SqlOptions): Promise<SqlOutcome>
  /** Waits for appends under way, then releases what the store holds. */
  close(): Promise<void>
}
