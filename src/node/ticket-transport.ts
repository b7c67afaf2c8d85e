import type { Event } from '../core/event'
import type { Transport, TransportContext } from '../core/transport'
import type { EventTexts } from './event-text'
import type { Ticket } from './queue'
import { MAX_REQUESTS } from './request-limit'

/** Measured: a request costs as much as 60 events, and with more of them in one it no longer counts. */
const MAX_BATCH_EVENTS = 500

/** The event of a ticket. */
export const eventOf = (ticket: Ticket, texts: EventTexts): Event =>
  (ticket.event ??= texts.read(ticket.text, ticket.extra.isShort))

/** Order matters per user only, so users are spread over lanes. */
export function laneOf({ userId, anonymousId }: Event): number {
  const text = userId ?? anonymousId ?? ''
  let sum = 0
  for (let index = 0; index < text.length; index++) sum = (sum * 31 + text.charCodeAt(index)) >>> 0
  return sum % MAX_REQUESTS
}

/**
 * A transport as delivery runs it here: with larger batches, within its own limits and what its user has chosen, and
 * with lanes unless it has its own. Delivery sees tickets for events; the transport sees events, which are made of
 * their texts where it looks at them.
 */
export function createTicketTransport(transport: Transport, texts: EventTexts): Transport {
  const { accepts, delivery, joins, lane, partition } = transport
  const event = (ticket: Event) => eventOf(toTicket(ticket), texts)
  const events = joins
    ? (tickets: readonly Event[]) => lazyList(tickets, event)
    : (list: readonly Event[]) => list.map(event)
  const own: { [Name in keyof Transport]?: Transport[Name] | undefined } = {
    // As a key of objects a text from the program's source is found faster than one that was put together: measured, by a
    // tenth of all that is done for an event. On disk the receiver is told by the queue.
    receiver: undefined,
    delivery: { maxBatchEvents: MAX_BATCH_EVENTS, ...delivery },
    encode: (tickets, context) =>
      transport.encode(events(tickets), joins ? withTexts(tickets.map(toTicket), context, texts) : context),
    decode: (response, tickets, context) => transport.decode(response, events(tickets), context),
  }
  if (accepts) own.accepts = (ticket) => transport.accepts?.(event(ticket)) as boolean
  if (partition) own.partition = (ticket) => transport.partition?.(event(ticket)) as string
  if (lane) own.lane = (ticket) => transport.lane?.(event(ticket)) as string
  else if (!partition) own.lane = (ticket) => toTicket(ticket).lane
  // Inherits, so that a transport with getters or `this` goes on working.
  return Object.assign(Object.create(transport), own)
}

const toTicket = (event: Event): Ticket => event as unknown as Ticket

/** What the process shares is told once where all events of the batch have it. */
function withTexts(tickets: readonly Ticket[], context: TransportContext, texts: EventTexts): TransportContext {
  const isShort = tickets.every(({ extra }) => extra.isShort)
  const wholeOf = ({ extra, text }: Ticket) => (extra.isShort ? texts.whole(text) : text)
  return {
    ...context,
    texts: {
      whole: () => tickets.map(wholeOf),
      short: isShort ? tickets.map(({ text }) => text) : tickets.map(wholeOf),
      shared: isShort ? texts.shared : '{}',
    },
  }
}

/** An array whose elements are made when they are read. */
function lazyList(tickets: readonly Event[], make: (ticket: Event) => Event): readonly Event[] {
  return new Proxy(tickets, {
    get: (list, key) => {
      const value: unknown = Reflect.get(list, key)
      return typeof key === 'string' && /^\d+$/.test(key) && value ? make(value as Event) : value
    },
  })
}
