import { createDelivery } from '../core/delivery/create-delivery'
import type { DeliveryState } from '../core/delivery/delivery'
import { createMemoryEventStore } from '../core/delivery/memory-event-store'
import type { Event } from '../core/event'
import type { Backlog } from './backlog'
import type { EventQueueOptions, Ticket } from './queue'
import { toEvent } from './shared-context'

/**
 * How much delivery works on at a time, for each transport. What waits behind it is kept as text: an event takes three
 * times the memory as objects.
 */
const WINDOW = { events: 3000, bytes: 8_000_000 }

/** The part of the queue that delivery works on. */
export interface DeliveryWindow {
  /** Hands over what there is room for; with `force` one event at least. */
  feed(force?: boolean): void
  /** Once for all events of a batch that has just been answered. */
  feedSoon(): void
  flush(): Promise<unknown>
  /** Final outcomes so far, of each event at each transport. */
  outcomes(): number
  state(): DeliveryState
}

/** `finish` hears of each event that no transport waits for any more. */
export function createDeliveryWindow(
  { context, limits, platform, report, store, transports }: EventQueueOptions,
  backlog: Backlog<Ticket>,
  finish: (ticket: Ticket, event: Event) => void,
): DeliveryWindow {
  const tickets = new Map<Event, Ticket>()
  const loads = createLoads(
    transports.map(({ name }) => name),
    limits,
  )
  let isFeeding = false
  let outcomes = 0
  const delivery = createDelivery({
    transports,
    platform: { ...platform, events: { ...createMemoryEventStore(), ...(store && textsOf(store)) } },
    queue: { ...limits, maxAgeMs: Infinity },
    report(detail) {
      report(detail)
      const { event, outcome, transport } = detail
      const ticket = tickets.get(event)
      if (!ticket || outcome.status === 'retry' || outcome.status === 'paused') return
      outcomes++
      loads.add([transport], -1, -ticket.bytes)
      if (outcome.status !== 'delivered') {
        ticket.isDropped = true
        ticket.tally?.lose(ticket, outcome.status, outcome.reason)
      }
      if (--ticket.open > 0) return
      tickets.delete(event)
      finish(ticket, event)
    },
    recover: (_event, _transports, held) => held.discard(),
  })
  const hand = () => {
    const { item: ticket, text } = backlog.shift() as { item: Ticket; text: string }
    const event = toEvent(text, ticket, context)
    tickets.set(event, ticket)
    loads.add(ticket.transports, 1, ticket.bytes)
    delivery.accept([{ event, transports: ticket.transports, bytes: ticket.bytes }])
  }
  const feed = (force = false) => {
    for (let isForced = force; backlog.size() && (isForced || loads.haveRoom()); isForced = false) hand()
  }
  const feedSoon = () => {
    if (isFeeding || !backlog.size()) return
    isFeeding = true
    queueMicrotask(() => {
      isFeeding = false
      feed()
    })
  }
  return { feed, feedSoon, flush: () => delivery.flush(), outcomes: () => outcomes, state: () => delivery.state() }
}

/** How much each transport has to do. */
function createLoads(names: readonly string[], { maxBytes, maxEvents }: EventQueueOptions['limits']) {
  const loads = Object.fromEntries(names.map((name) => [name, { events: 0, bytes: 0 }]))
  const list = Object.values(loads)
  // Half of the queue at most, so that there is always something older to drop than what has just come.
  const events = Math.min(WINDOW.events, Math.ceil(maxEvents / 2))
  const bytes = Math.min(WINDOW.bytes, maxBytes / 2)
  return {
    add(of: readonly string[], moreEvents: number, moreBytes: number) {
      for (const name of of) {
        const load = loads[name] as (typeof list)[0]
        load.events += moreEvents
        load.bytes += moreBytes
      }
    },
    /** A transport that is down must not hold up the others. */
    haveRoom: () => list.some((load) => load.events < events && load.bytes < bytes),
  }
}

const textsOf = ({ getText, setText }: NonNullable<EventQueueOptions['store']>) => ({ getText, setText })
