import type { Event, EventContext } from '../core/event'
import type { Ticket } from './queue'

/** Without what all events of the process share: a quarter of a short event. */
export function shorten(event: Event, shared: EventContext): Event {
  const context: EventContext = {}
  for (const key in event.context) if (event.context[key] !== shared[key]) context[key] = event.context[key]
  return { ...event, context }
}

/** The event of a text that waited. Parsed anew, so that it is what was accepted, whatever the caller did since. */
export function toEvent(text: string, { isShort }: Pick<Ticket, 'isShort'>, shared: EventContext): Event {
  const event: Event = JSON.parse(text)
  if (isShort) event.context = { ...shared, ...event.context }
  return event
}
