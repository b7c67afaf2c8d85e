import type { Event } from '../event'
import type { Transport } from '../transport'
import { isStale } from './batch'
import { byteLength } from './byte-length'
import type { Delivery, DeliveryReport, FlushResult, HeldEvent, Shipment } from './delivery'
import type { DeliveryPlatform, Host, Item, Lane, Route } from './host'
import {
  add,
  adopt,
  countDrops,
  drop,
  forget,
  isJournalled,
  laneKey,
  nameOf,
  note,
  remove,
  sortItems,
  write,
} from './journal'
import { createLane, exit, push, send, wake } from './lane'
import { type QueueLimits, queueDefaults, routeLimits } from './limits'
import { within } from './within'

export type { QueueLimits } from './limits'

export interface DeliveryHostOptions {
  transports: readonly Transport[]
  platform: DeliveryPlatform
  queue?: Partial<QueueLimits>
  /** Hears the outcome of each event at each try. Must not throw. */
  report(report: DeliveryReport): void
  /** An event whose hooks an earlier page did not finish: run them again, then release or discard it. */
  recover(event: Event, transports: readonly string[], held: HeldEvent): void
}

/** Time that `close` gives the last flush where the caller does not say. */
const CLOSE_MS = 10_000

const createHost = ({ platform, queue, report }: DeliveryHostOptions): Host => ({
  ...platform,
  queue: { ...queueDefaults, ...queue },
  report,
  state: { accepted: 0, waiting: 0, sent: 0, acknowledged: 0, retried: 0, dropped: {}, quotaRefusals: 0, paused: {} },
  routes: new Map(),
  lanes: new Map(),
  items: new Map(),
  bytes: 0,
  asleep: false,
})

export const createDelivery = (options: DeliveryHostOptions): Delivery => {
  const host = createHost(options)
  const { events: store, lanes, lifecycle, state } = host
  for (const transport of options.transports) {
    const { deduplicates, delivery, name, receiver } = transport
    const claim = receiver ? `${name} ${receiver}` : name
    const repeats = delivery?.exit ? delivery.exit === 'repeat' : deduplicates
    host.routes.set(claim, { host, transport, claim, limits: routeLimits(transport), repeats })
  }
  const leave = (reason?: string) => {
    const leaving = reason === 'leaving'
    lanes.forEach((lane) => exit(lane, leaving))
    if (!leaving) return
    host.asleep = true
    store.release()
  }
  const resume = () => host.asleep && store.resume((owns) => wakeUp(host, owns))
  lifecycle.onLeave(leave)
  lifecycle.onReturn(resume)
  lifecycle.onConnectivity((online) => online && lanes.forEach(wake))
  store.adopt((entries, corrupt) => {
    countDrops(state.dropped, 'corrupt', corrupt)
    for (const item of adopt(host, entries)) {
      try {
        if (item.entry.provisional) recover(host, item, options)
        else takeUp(host, item)
      } catch {
        countDrops(state.dropped, 'corrupt', 1)
        lanes.forEach(({ items }) => items.delete(item.key))
        item.entry.pending = {}
        remove(host, item)
      }
    }
    for (const lane of lanes.values()) lane.items = sortItems(lane.items)
  })
  return {
    accept: (shipments) => accept(host, shipments),
    hold: (shipment) => held(host, journal(host, shipment, true)),
    withdraw: (transports, isKept) => withdraw(host, transports, isKept),
    flush: () => flush(host),
    flushUrgently: leave,
    resume,
    state: () => JSON.parse(JSON.stringify({ ...state, waiting: host.items.size })),
    async close({ timeoutMs = CLOSE_MS } = {}) {
      const result = await flush(host, timeoutMs)
      host.asleep = true
      lanes.forEach((lane) => lane.cancelTimer())
      store.close()
      return result
    },
  }
}

/** Why the transport will never take the event; undefined where it may. */
const refusal = ({ transport, limits }: Route, event: Event, bytes: number): string | undefined => {
  try {
    return bytes > limits.maxEventBytes ? 'too-large' : transport.accepts?.(event) === false ? 'refused' : undefined
  } catch {
    return 'refused'
  }
}

/** Undefined, and counted, where no transport takes the event. */
const journal = (host: Host, shipment: Shipment, provisional: boolean): Item | undefined => {
  const { event, transports, refused } = shipment
  let json = ''
  try {
    json = shipment.bytes ? 'null' : JSON.stringify(event)
  } catch {
    // Circular or a BigInt: nothing could send it.
  }
  const bytes = shipment.bytes ?? byteLength(json)
  const claims: string[] = []
  for (const [claim, route] of host.routes) {
    if (!transports.includes(route.transport.name)) continue
    const reason = refused ?? (!json ? 'not-json' : provisional ? undefined : refusal(route, event, bytes))
    if (reason) note(host, event, claim, { status: 'dropped', reason })
    else claims.push(claim)
  }
  // Parsed anew, so that what is sent is what was journalled, whatever the caller does with its objects later.
  return claims.length ? add(host, JSON.parse(json) ?? event, bytes, claims, provisional) : undefined
}

const accept = (host: Host, shipments: readonly Shipment[]): void => {
  for (const shipment of shipments) {
    const item = journal(host, shipment, false)
    if (item) takeUp(host, item)
  }
}

/** Queues an item for each of its transports. One that this page does not have keeps its claim until it is too old. */
const takeUp = (host: Host, item: Item): void => {
  const { event, pending } = item.entry
  for (const claim in pending) {
    const route = host.routes.get(claim)
    if (route) {
      const key = laneKey(host, claim, event)
      const lane = host.lanes.get(key) ?? createLane(route, key)
      host.lanes.set(key, lane)
      push(lane, item)
    } else if (isStale(host, item)) drop(host, item, claim, 'too-old')
  }
}

const withdraw = (host: Host, transports: readonly string[], isKept: boolean): void => {
  const { events, items, state } = host
  const reason = 'consent-withdrawn'
  for (const item of [...items.values()]) {
    for (const claim in item.entry.pending)
      if (transports.includes(nameOf(host, claim))) drop(host, item, claim, reason)
  }
  for (const name of transports) events.clear(name)
  if (!isKept) countDrops(state.dropped, reason, events.clear())
}

/** Claims of receivers that this page does not have wait for a page that has them, as in `takeUp`. */
const recover = (host: Host, item: Item, options: DeliveryHostOptions): void => {
  const { event, pending } = item.entry
  const names = Object.keys(pending).flatMap((claim) => host.routes.get(claim)?.transport.name ?? [])
  if (names.length) options.recover(event, names, held(host, item))
  else takeUp(host, item)
}

const held = (host: Host, item: Item | undefined): HeldEvent => {
  const release = (shipments: readonly Shipment[]) => {
    // Not ours: the queue dropped it, or another tab has taken it over and runs the hooks itself.
    if (!item || !isJournalled(host, item)) return
    // First the new, then the old: a crash between them repeats the event, never loses it.
    accept(host, shipments)
    const { pending } = item.entry
    for (const claim in pending) if (host.routes.has(claim)) delete pending[claim]
    if (Object.keys(pending).length) write(host, item)
    else remove(host, item)
  }
  return { release, discard: () => release([]) }
}

/** Back from the back/forward cache: drops what is no longer ours and tries the rest. */
const wakeUp = (host: Host, owns: (key: string) => boolean): void => {
  host.asleep = false
  for (const item of host.items.values()) if (!owns(item.key)) forget(host, item)
  host.lanes.forEach(wake)
}

/**
 * Tries everything that waits now, whatever its backoff, until it has a final outcome or a try fails,
 * for at most this time.
 */
const flush = async (host: Host, timeoutMs?: number): Promise<FlushResult> => {
  const items = [...host.items.values()]
  await within(host, Promise.all([...host.lanes.values()].map(drain)), timeoutMs)
  const result: FlushResult = { delivered: 0, pending: 0, dropped: 0 }
  for (const item of items) result[isJournalled(host, item) ? 'pending' : item.dropped ? 'dropped' : 'delivered']++
  return result
}

const drain = async (lane: Lane): Promise<void> => {
  const keys = [...lane.items.keys()]
  await lane.sending
  for (const key of keys) while (lane.items.has(key)) if (!(await send(lane))) return
}
