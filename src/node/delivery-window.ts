import { createDelivery } from '../core/delivery/create-delivery'
import type { DeliveryState } from '../core/delivery/delivery'
import type { PutResult } from '../core/delivery/event-store'
import { routeLimits } from '../core/delivery/limits'
import { createMemoryEventStore } from '../core/delivery/memory-event-store'
import type { Event } from '../core/event'
import type { Backlog, Waiting } from './backlog'
import { type EventTexts, timestampOf } from './event-text'
import type { EventQueueOptions, Ticket, TicketExtra } from './queue'
import { createTicketTransport, eventOf } from './ticket-transport'

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
  /** Takes the oldest event that delivery does not work on. */
  shift(): Ticket | undefined
  flush(): Promise<unknown>
  /** Final outcomes so far, of each event at each transport. */
  outcomes(): number
  state(): DeliveryState
}

export interface WindowOptions extends EventQueueOptions {
  texts: EventTexts
  /** Of what is left out of short texts. */
  sharedBytes: number
  backlog: Backlog<TicketExtra>
  /** Of an event without one of its own. */
  commonExtra: TicketExtra
  /** Hears of each event that no transport waits for any more. */
  finish(ticket: Ticket): void
}

export function createDeliveryWindow(options: WindowOptions): DeliveryWindow {
  const { backlog, finish, limits, platform, report, sharedBytes, store, texts, transports } = options
  const loads = createLoads(
    transports.map(({ name }) => name),
    limits,
  )
  let isFeeding = false
  let outcomes = 0
  const delivery = createDelivery({
    transports: transports.map((transport) => createTicketTransport(transport, texts)),
    platform: { ...platform, events: { ...createTicketStore(), ...(store && textsOf(store)) } },
    queue: { ...limits, maxAgeMs: Infinity },
    report({ event, outcome, transport }) {
      const ticket = event as unknown as Ticket
      report(transport, outcome, () => eventOf(ticket, texts))
      if (outcome.status === 'retry' || outcome.status === 'paused') return
      outcomes++
      loads.add(transport, -1, -ticket.bytes)
      if (outcome.status !== 'delivered') {
        ticket.isDropped = true
        ticket.extra.tally?.lose(ticket, outcome.status, outcome.reason)
      }
      if (--ticket.open === 0) finish(ticket)
    },
    recover: (_event, _transports, held) => held.discard(),
  })
  const shift = createTickets(options)
  const feed = (force = false) => {
    for (let isForced = force; isForced || loads.haveRoom(); isForced = false) {
      const ticket = shift()
      if (!ticket) return
      const { bytes, extra } = ticket
      for (const name of extra.transports) loads.add(name, 1, bytes)
      const whole = extra.isShort ? bytes + sharedBytes : bytes
      delivery.accept([{ event: ticket as unknown as Event, transports: extra.transports, bytes: whole }])
    }
  }
  const feedSoon = () => {
    if (isFeeding || !backlog.size()) return
    isFeeding = true
    queueMicrotask(() => {
      isFeeding = false
      feed()
    })
  }
  return {
    feed,
    feedSoon,
    shift,
    flush: () => delivery.flush(),
    outcomes: () => outcomes,
    state: () => delivery.state(),
  }
}

const LANES = Array.from({ length: 256 }, (_, index) => `${index}`)

/** Makes a ticket of what has waited, with all its keys from the beginning so that all have one shape. */
function createTickets({ backlog, commonExtra, transports }: WindowOptions): () => Ticket | undefined {
  const hasAgeLimit = transports.some((transport) => routeLimits(transport).maxEventAgeMs < Infinity)
  let number = 0
  const toTicket = ({ bytes, extra = commonExtra, lane, text }: Waiting<TicketExtra>): Ticket => ({
    number: ++number,
    text,
    bytes,
    lane: LANES[lane] as string,
    timestamp: hasAgeLimit ? timestampOf(text) : '',
    open: extra.transports.length,
    isDropped: false,
    extra,
    event: undefined,
  })
  return () => {
    const waiting = backlog.shift()
    return waiting && toTicket(waiting)
  }
}

/** Nobody else reads its keys, and nothing is kept in it: measured, keys by time took a twentieth of the time of an event. */
function createTicketStore() {
  const result: PutResult = { status: 'memory' }
  let number = 0
  return { ...createMemoryEventStore(), newKey: () => `${++number}`, put: () => result }
}

/** How much each transport has to do. */
function createLoads(names: readonly string[], { maxBytes, maxEvents }: EventQueueOptions['limits']) {
  const loads = new Map(names.map((name) => [name, { events: 0, bytes: 0 }]))
  const list = [...loads.values()]
  // Half of the queue at most, so that there is always something older to drop than what has just come.
  const events = Math.min(WINDOW.events, Math.ceil(maxEvents / 2))
  const bytes = Math.min(WINDOW.bytes, maxBytes / 2)
  return {
    add(name: string, moreEvents: number, moreBytes: number) {
      const load = loads.get(name) as (typeof list)[0]
      load.events += moreEvents
      load.bytes += moreBytes
    },
    /** A transport that is down must not hold up the others. */
    haveRoom: () => list.some((load) => load.events < events && load.bytes < bytes),
  }
}

const textsOf = ({ getText, setText }: NonNullable<EventQueueOptions['store']>) => ({ getText, setText })
