import type { Event } from '../event'
import type { Transport } from '../transport'
import { byteLength } from './byte-length'
import type { Delivery, DeliveryReport, HeldEvent, Shipment } from './delivery'
import { acceptedAtMs } from './event-key'
import { close, flush } from './flush'
import { createLane, createRoute, type DeliveryPlatform, type Host, type Item, type Route } from './host'
import { add, adopt, drop, forget, isJournalled, note, remove } from './journal'
import { sortItems } from './batch'
import { exit, plan, push } from './lane'
import { type QueueLimits, queueDefaults } from './limits'

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
  const { events: store, lanes, lifecycle, routes } = host
  for (const transport of options.transports) routes.set(transport.name, createRoute(host, transport))
  const leave = (reason?: string) => {
    const leaving = reason === 'leaving'
    lanes.forEach((lane) => exit(lane, leaving))
    if (!leaving) return
    host.asleep = true
    store.release()
  }
  lifecycle.onLeave(leave)
  lifecycle.onReturn(() => resume(host))
  lifecycle.onConnectivity((online) => online && wake(host, true))
  store.adopt((entries, corrupt) => {
    if (corrupt) host.state.dropped.corrupt = (host.state.dropped.corrupt ?? 0) + corrupt
    for (const item of adopt(host, entries)) {
      const { event, pending, provisional } = item.entry
      if (provisional) options.recover(event, Object.keys(pending), held(host, item))
      else takeUp(host, item)
    }
    // They are older than what this page has queued.
    lanes.forEach(sortItems)
  })
  return {
    accept: (shipments) => accept(host, shipments),
    hold: ({ event, transports }) => held(host, journal(host, event, transports, true)),
    flush: () => flush(host),
    flushUrgently: leave,
    resume: () => resume(host),
    state: () => JSON.parse(JSON.stringify({ ...host.state, waiting: host.items.size })),
    close: (settings) => close(host, settings?.timeoutMs),
  }
}

/** Why the transport will never take the event. */
const refusal = ({ transport, limits }: Route, event: Event, bytes: number): string | undefined => {
  if (bytes > limits.maxEventBytes) return 'too-large'
  try {
    return transport.accepts?.(event) === false ? 'refused' : undefined
  } catch {
    return 'refused'
  }
}

/** Undefined, and counted, where no transport takes the event. */
const journal = (host: Host, event: Event, transports: readonly string[], provisional: boolean): Item | undefined => {
  let json = ''
  try {
    json = JSON.stringify(event)
  } catch {
    // Circular or a BigInt: nothing could send it.
  }
  const bytes = byteLength(json)
  const names = transports.filter((name) => {
    const route = host.routes.get(name)
    const reason = !json ? 'not-json' : route && !provisional && refusal(route, event, bytes)
    if (reason) note(host, event, name, { status: 'dropped', reason })
    return route && !reason
  })
  // Parsed anew, so that what is sent is what was journalled, whatever the caller does with its objects later.
  return names.length ? add(host, JSON.parse(json), bytes, names, provisional) : undefined
}

const accept = (host: Host, shipments: readonly Shipment[]): void => {
  for (const { event, transports } of shipments) {
    const item = journal(host, event, transports, false)
    if (item) takeUp(host, item)
  }
}

/** Queues an item for each of its transports. One that this page does not have keeps its claim until it is too old. */
const takeUp = (host: Host, item: Item): void => {
  const { event, pending } = item.entry
  for (const name in pending) {
    const route = host.routes.get(name)
    if (route) {
      const { transport } = route
      const key = `${name}:${transport.lane ? transport.lane(event) : transport.partition?.(event)}`
      const lane = host.lanes.get(key) ?? createLane(route, key)
      host.lanes.set(key, lane)
      push(lane, item)
    } else if (host.now() - acceptedAtMs(item.key) > host.queue.maxAgeMs) drop(host, item, name, 'too-old')
  }
}

const held = (host: Host, item: Item | undefined): HeldEvent => {
  const release = (shipments: readonly Shipment[]) => {
    // Not ours: the queue dropped it, or another tab has taken it over and runs the hooks itself.
    if (!item || !isJournalled(host, item)) return
    // First the new, then the old: a crash between them repeats the event, never loses it.
    accept(host, shipments)
    remove(host, item)
  }
  return { release, discard: () => release([]) }
}

/** Plans a try of all that waits; `atOnce`: whatever the backoff. */
const wake = ({ lanes }: Host, atOnce?: boolean): void =>
  lanes.forEach((lane) => {
    if (atOnce) lane.retryAtMs = 0
    plan(lane, 0)
  })

const resume = (host: Host): void => {
  if (!host.asleep) return wake(host)
  host.events.resume((owns) => {
    for (const item of [...host.items.values()]) {
      if (owns(item.key)) continue
      item.entry.pending = {}
      forget(host, item)
    }
    host.asleep = false
    wake(host)
  })
}
