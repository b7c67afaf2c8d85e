import type { Platform } from '../platform'
import type { Transport } from '../transport'
import type { DeliveryReport, DeliveryState } from './delivery'
import type { JournalEntry } from './journal-entry'
import type { QueueLimits, RouteLimits } from './limits'

/** What delivery needs of the platform. */
export type DeliveryPlatform = Pick<
  Platform,
  'runtime' | 'now' | 'random' | 'setTimer' | 'sender' | 'hash' | 'events' | 'lifecycle'
> & { storage?: Pick<Platform['storage'], 'getItem'> }

/** What all parts of delivery share. */
export interface Host extends DeliveryPlatform {
  queue: QueueLimits
  report(report: DeliveryReport): void
  state: DeliveryState
  /** By claim. */
  routes: Map<string, Route>
  /** Those with something to do, by transport and lane. */
  lanes: Map<string, Lane>
  /** Everything journalled, oldest first. */
  items: Items
  /** Of these items. */
  bytes: number
  /** Closed, or left for the back/forward cache: nothing is sent before it is known what is still ours. */
  asleep: boolean
}

/** One event in memory beside its copy in the store. */
export interface Item {
  key: string
  entry: JournalEntry
  /** Of the event as JSON. */
  bytes: number
  /** Left by an earlier page. */
  adopted?: boolean
  /** Some transport will never get it. */
  dropped?: boolean
}

/** By key, oldest first. */
export type Items = Map<string, Item>

/** The way to one receiver. */
export interface Route {
  host: Host
  transport: Transport
  /** Its key in `pending`: the transport's name, and its receiver where it has one. */
  claim: string
  limits: RouteLimits
  /** An exit request is repeated at the next visit unless its answer was read. */
  repeats: boolean
}

/** A queue whose requests leave one after another. */
export interface Lane extends Route {
  key: string
  /** What still waits for a final outcome, on its way or not. */
  items: Items
  /** Those on their way, and in which batch. */
  busy: Map<Item, readonly Item[]>
  /** The ordinary try under way; true when it got further. */
  sending?: Promise<boolean> | undefined
  /** Events in the next batch: halved when the receiver refuses a batch as a whole. */
  size: number
  /** In a row. */
  failures: number
  /** The wait ends that the receiver asked for. */
  askedUntilMs: number
  /** Our own backoff ends, and not before the other. */
  retryAtMs: number
  /** The next try is planned; Infinity where none is. */
  dueAtMs: number
  cancelTimer(): void
}
