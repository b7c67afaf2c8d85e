import type { Event } from './event'

/**
 * A transport turns events into one HTTP request and reads the answer. It has no timers, no queue and no globals:
 * the host (browser client, Node client, the collector's outbox) owns those. docs/transport.md is the author's page.
 */
export interface Transport {
  /** Also the plugin name under which the host offers it: `plugins.disable(name)`, `options.plugins: { [name]: false }`. */
  name: string
  /** Identifies the receiver where several of one name can exist on one origin; part of the key in the journal. No secrets. */
  receiver?: string
  /** Does the receiver remove repeats by `messageId`? Decides whether an exit request is repeated at the next visit. */
  deduplicates: boolean
  limits?: Partial<TransportLimits>
  /** Overrides of the host's delivery options, as the transport's user gave them. */
  delivery?: DeliveryOverrides
  /** Cheap filter; what it refuses is counted as `refused`. */
  accepts?(event: Event): boolean
  /** Consent purposes that it needs, all of them. Default: the first of `consent({ purposes })`; `[]` needs none. */
  purposes?: readonly string[]
  /**
   * Events of different partitions never share a request, and order is kept within one. Default: one partition.
   * A pure function of the event: it gives the same text at each try and in each tab.
   */
  partition?(event: Event): string
  /**
   * Requests of one lane leave one after another, so that each can use what the answer before it left in `state`;
   * a partition belongs to one lane. Default: the partition. At exit nothing waits for an answer.
   */
  lane?(event: Event): string
  /**
   * `encode` makes the body of `context.texts` where the host gives them, and then looks at no event. For transports that
   * pass events on as they are: a server that keeps them as JSON need not parse and write each of them again.
   */
  joins?: boolean
  /**
   * A promise cannot be awaited while the page goes away (`context.urgent`): its events then wait for the next visit.
   * An outcome in place of a request means that nothing is sent: `paused` where a secret is missing, `rejected`
   * where the event cannot be expressed. An error that is thrown counts as `rejected` with reason `encode-failed`.
   */
  encode(events: readonly Event[], context: TransportContext): Encoded | Promise<Encoded>
  /**
   * Called for every complete HTTP answer. Network failures and timeouts are the host's: it retries.
   * An error that is thrown counts as `retry` with reason `decode-failed`.
   */
  decode(response: TransportResponse, events: readonly Event[], context: TransportContext): TransportResult
}

export interface TransportLimits {
  maxBatchEvents: number
  /** Bytes of the request body before compression. */
  maxBatchBytes: number
  /** Bytes of one event as JSON; a larger one is dropped and counted as `too-large`. */
  maxEventBytes: number
  /** An older event is dropped and counted as `too-old`. */
  maxEventAgeMs: number
}

/** What every transport takes beside its own options. They tighten the transport's `limits`, never widen them. */
export interface DeliveryOverrides {
  maxBatchEvents?: number
  maxBatchBytes?: number
  flushIntervalMs?: number
  maxEventAgeMs?: number
  /**
   * What becomes of an exit request that the browser took but whose answer nobody can read:
   * `repeat` keeps the copy until the next visit confirms it, `once` counts it as delivered.
   * Default: `repeat` where the receiver deduplicates, else `once`.
   */
  exit?: 'repeat' | 'once'
}

export interface TransportContext {
  /** 1 for the first try; the highest count where events of different age share a request. */
  attempt: number
  /** ISO 8601, taken anew for each try: the receiver corrects clock skew with it. */
  sentAt: string
  runtime: 'browser' | 'node'
  /** The page is going away: only a synchronous `encode` can be sent. */
  urgent: boolean
  /** Secrets that the host keeps for this transport; empty where it has none. */
  credentials: Readonly<Record<string, string>>
  /** SHA-256 of the UTF-8 text as lower-case hex. Asynchronous, as WebCrypto is. */
  hash(text: string): Promise<string>
  /**
   * Small texts that last as long as the journal does, private to this transport and shared by all tabs
   * (in Node: all processes with the same queue). Cleared when consent is withdrawn.
   */
  state: TransportState
  /** Text that other software left under this name in a cookie or localStorage; null where there is none, and in Node. */
  stored(name: string): string | null
  /** For transports that `joins`: the same events, in order, as JSON. Absent where the host does not keep them so. */
  texts?: TransportTexts
}

export interface TransportTexts {
  /** Each event as it is. */
  whole(): readonly string[]
  /** Each event without what `shared` has of its context. */
  short: readonly string[]
  /** JSON object to be merged under the context of each `short` event; `{}` where they are whole. */
  shared: string
}

export interface TransportState {
  /** Reads anew each time: another tab may have written. */
  get(key: string): string | null
  /** `null` removes. The host may forget what was not used for long, so a missing text must never be an error. */
  set(key: string, value: string | null): void
}

export type Encoded = TransportRequest | PackedRequest | EventOutcome

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  url: string
  headers: Record<string, string>
  body?: string
  /** Browser only: whether cookies go along. Default `same-origin`. */
  credentials?: 'include' | 'omit' | 'same-origin'
  /** Node only: the receiver takes `content-encoding: gzip`, and larger bodies shall leave so. */
  gzip?: boolean | undefined
}

/** A request whose body is bytes. Packing takes a promise, so none leaves while the page goes away. */
export interface PackedRequest extends Omit<TransportRequest, 'body'> {
  body: Uint8Array<ArrayBuffer>
}

export interface TransportResponse {
  status: number
  /** Header by name, any case; null where it is absent. */
  header(name: string): string | null
  body: string
}

/** What became of one event. `answer` is what the receiver said, for `on('delivery')`; it is not stored. */
export type EventOutcome =
  | { status: 'delivered'; answer?: unknown }
  /** Worth another try, not before `afterMs` where it is given. */
  | { status: 'retry'; reason: string; afterMs?: number; answer?: unknown }
  /** The receiver will never take it: dropped and counted by reason. */
  | { status: 'rejected'; reason: string; answer?: unknown }
  /** Wrong key, unknown source: kept, nothing is sent for a while, and the owner is told. */
  | { status: 'paused'; reason: string; answer?: unknown }

/**
 * One outcome for all events, or one for each, in order.
 * A single `rejected` for several events means that the receiver refused the request as a whole: the host
 * halves the batch until the guilty event stands alone; the halves leave at once and count as the same try.
 * With a list each event has its own outcome and nothing is halved; `retry` with `afterMs: 0` beside `rejected`
 * likewise leaves at once and counts as the same try. An event that a short list leaves out is retried.
 */
export type TransportResult = EventOutcome | readonly EventOutcome[]
