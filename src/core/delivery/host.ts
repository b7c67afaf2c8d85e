import type { Platform } from '../platform'
import type { Transport, TransportContext } from '../transport'
import type { DeliveryReport, DeliveryState } from './delivery'
import type { JournalEntry } from './journal-entry'
import { type QueueLimits, type RouteLimits, routeLimits } from './limits'

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
  routes: Map<string, Route>
  /** Those with something to do, by transport and lane. */
  lanes: Map<string, Lane>
  /** Everything journalled, oldest first. */
  items: Map<string, Item>
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
  /** Some transport will never get it. */
  dropped?: boolean
}

/** The way to one receiver. */
export interface Route {
  host: Host
  name: string
  transport: Transport
  limits: RouteLimits
  /** An exit request is repeated at the next visit unless its answer was read. */
  repeats: boolean
  /** The part of the transport's context that never changes. */
  context: Pick<TransportContext, 'runtime' | 'credentials' | 'hash' | 'state' | 'stored'>
}

/** A queue whose requests leave one after another. */
export interface Lane extends Route {
  key: string
  /** In the order of their keys. */
  items: Item[]
  /** The ordinary try under way; true when it got further. */
  sending?: Promise<boolean> | undefined
  /** The batch of that try. */
  flight?: Item[] | undefined
  /** Exit requests under way. */
  exits: number
  /** Events in the next batch: halved when the receiver refuses a batch as a whole. */
  size: number
  /** In a row. */
  failures: number
  /** Our own backoff ends. */
  retryAtMs: number
  /** The wait ends that the receiver asked for. */
  askedUntilMs: number
  /** The next try is planned. */
  dueAtMs: number
  cancelTimer?: (() => void) | undefined
}

export const createRoute = (host: Host, transport: Transport): Route => {
  const { events, runtime, hash, storage } = host
  const { name, delivery, deduplicates } = transport
  return {
    host,
    name,
    transport,
    limits: routeLimits(transport),
    repeats: delivery?.exit ? delivery.exit === 'repeat' : deduplicates,
    context: {
      runtime,
      hash,
      credentials: {},
      state: {
        get: (key) => events.getText(`${name}:${key}`),
        set: (key, value) => events.setText(`${name}:${key}`, value),
      },
      stored: (key) => (storage?.getItem(key) as string | undefined) ?? null,
    },
  }
}

export const createLane = (route: Route, key: string): Lane => ({
  ...route,
  key,
  items: [],
  exits: 0,
  size: route.limits.maxBatchEvents,
  failures: 0,
  retryAtMs: 0,
  askedUntilMs: 0,
  dueAtMs: 0,
})
