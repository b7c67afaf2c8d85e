import type { Event } from '../event'
import type { EventOutcome } from '../transport'

/** Counters since creation, as `getState('delivery')` shows them. */
export interface DeliveryState {
  /** Events journalled. */
  accepted: number
  /** Journalled events that have no final outcome yet for some transport. */
  waiting: number
  /** Events handed to the network, each try and each transport counted. */
  sent: number
  /** Final `delivered` outcomes, per transport and event. */
  acknowledged: number
  /** Tries after the first one. */
  retried: number
  /** Events dropped, by reason: `queue-full`, `too-old`, `too-large`, `rejected`, `refused`, ... */
  dropped: Record<string, number>
  /** Times that the browser refused a keepalive request or storage refused a write. */
  quotaRefusals: number
  /** Transport names that wait because the receiver paused them, with the reason. */
  paused: Record<string, string>
}

/** What is reported through `on('delivery')`: the outcome of each event at each try. */
export interface DeliveryReport {
  transport: string
  event: Event
  outcome: EventOutcome | { status: 'dropped'; reason: string }
}

/** Honest end result of `flush` and `close`. */
export interface FlushResult {
  delivered: number
  pending: number
  dropped: number
}

/** One event and the transports that it is meant for. A namespaced hook may make an event differ between transports. */
export interface Shipment {
  event: Event
  transports: readonly string[]
  /** Why it is not to be sent: it only counts as dropped. */
  refused?: string
  /** Of the event as JSON, where it is the host's own copy: it is taken as it is. */
  bytes?: number
}

/** An event whose asynchronous hooks are still running. */
export interface HeldEvent {
  /** The hooks are through: journals what they made of it and queues it. */
  release(shipments: readonly Shipment[]): void
  /** The call was aborted: removes it from the journal. */
  discard(): void
}

/** Queue, batching, retry and persistence for every transport. Never imports the client. */
export interface Delivery {
  /** Journals and queues; has happened when it returns. */
  accept(shipments: readonly Shipment[]): void
  /** Journals the event as called, provisionally: it is not sent before `release`. */
  hold(shipment: Shipment): HeldEvent
  /**
   * These transports may not have what waits for them: it is dropped as `consent-withdrawn`, their state forgotten.
   * Without `isKept` the store is emptied as well, of what other owners left too.
   */
  withdraw(transports: readonly string[], isKept: boolean): void
  /** Sends what waits; resolves when all that was accepted so far has a final outcome, or the transport is paused or unreachable. */
  flush(): Promise<FlushResult>
  /** The page is going away: everything synchronous, keepalive, within the browser's budget. */
  flushUrgently(): void
  /** The page is back (bfcache restore, tab shown again). */
  resume(): void
  state(): DeliveryState
  /** Flushes for at most `timeoutMs`, then stops all timers. What is left stays in the journal. */
  close(options?: { timeoutMs?: number }): Promise<FlushResult>
}
