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
  /** Hears what became of an event at one transport. The event is made only where somebody asks for it. */
  report(transport: string, outcome: DeliveryReport['outcome'], event: () => Event): void
}

/** What few events have: those of an import, and those on disk. */
export interface TicketExtra {
  /** Its text is without what all events of the process share. */
  isShort: boolean
  /** In the store; empty where there is none. */
  key: string
  transports: readonly string[]
  /** Who else wants to know what became of it. */
  tally?: Tally | undefined
  /** Claims of receivers that this process does not have: the entry stays for one that does. */
  foreign?: Record<string, number> | undefined
}

/** One accepted event, until no transport waits for it. In delivery it stands in the event's place. */
export interface Ticket {
  /** In the order of acceptance. */
  number: number
  text: string
  /** In UTF-8. */
  bytes: number
  /** Of the user, where the transport has no lanes of its own. */
  lane: string
  /** Of the event, where a transport has a limit of age; else empty. */
  timestamp: string
  /** Transports without a final outcome. */
  open: number
  isDropped: boolean
  extra: TicketExtra
  /** Made of the text when somebody asked for it. */
  event: Event | undefined
}

/** What a call resolves with. */
export interface Taken {
  event: Event
}

/** In front of delivery: a bounded list of events as text, and the policy for when it is full. */
export interface EventQueue {
  /** Takes the event; a promise where the caller has to wait for room or the disk. Throws where it is not taken. */
  add(event: Event, tally?: Tally): Promise<Taken> | undefined
  /** A promise where as many events wait, or half of the bytes are taken; it resolves when there is room. */
  roomFor(events: number): Promise<void> | undefined
  /** Sends all that was accepted so far, until it has its final outcome, or two rounds in a row bring nothing. */
  flush(timeout?: Promise<unknown>): Promise<FlushResult>
  /** Likewise for the events of a tally alone. */
  drain(tally: Tally, timeout?: Promise<unknown>): Promise<void>
  state(): DeliveryState
  close(): void
}
