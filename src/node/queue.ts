import type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
import type { DeliveryPlatform } from '../core/delivery/host'
import type { QueueLimits } from '../core/delivery/limits'
import type { Event, EventContext } from '../core/event'
import type { Transport } from '../core/transport'
import type { FileEventStore } from './file-event-store'
import type { Tally } from './tally'

/** What happens to a call while the queue is full. */
export type OnFull = 'block' | 'drop-oldest' | 'error'

export interface EventQueueOptions {
  transports: readonly Transport[]
  platform: DeliveryPlatform
  limits: QueueLimits
  onFull: OnFull
  /** Shared by all events of the process, so that one copy of it is kept. */
  context: EventContext
  /** Keeps the events on disk; undefined keeps them in memory. */
  store?: FileEventStore
  report(report: DeliveryReport): void
}

/** One accepted event, until no transport waits for it. */
export interface Ticket {
  /** In the order of acceptance. */
  number: number
  /** In the store; empty where there is none. */
  key: string
  bytes: number
  transports: readonly string[]
  /** Transports without a final outcome. */
  open: number
  isDropped: boolean
  /** Its text is without what all events of the process share. */
  isShort?: boolean
  /** Who else wants to know what became of it. */
  tally?: Tally
  /** Claims of receivers that this process does not have: the entry stays for one that does. */
  foreign?: Record<string, number>
}

/** In front of delivery: a bounded list of events as text, and the policy for when it is full. */
export interface EventQueue {
  /** Takes the event; a promise where the caller has to wait for room or the disk. Throws where it is not taken. */
  add(event: Event, tally?: Tally): Promise<void> | undefined
  /** A promise where as many events wait, or half of the bytes are taken; it resolves when there is room. */
  roomFor(events: number): Promise<void> | undefined
  /** Sends all that was accepted so far, until it has its final outcome, or two rounds in a row bring nothing. */
  flush(timeout?: Promise<unknown>): Promise<FlushResult>
  /** Likewise for the events of a tally alone. */
  drain(tally: Tally, timeout?: Promise<unknown>): Promise<void>
  state(): DeliveryState
  close(): void
}
