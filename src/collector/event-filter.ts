import type { EventQuery, StoredEvent } from './store'

/** What a reader that follows along wants to see; the fields of `EventQuery`. */
export type EventFilter = Omit<EventQuery, 'limit' | 'cursor'>

/** Does an event pass? For readers that get the events of a store in their order, filter or not. */
export function matches(event: StoredEvent, filter: EventFilter): boolean {
  const { project, type, event: name, userId, anonymousId, sessionId, since, until } = filter
  const pairs: [wanted: string | undefined, present: unknown][] = [
    [project, event.project],
    [type, event.type],
    [name, event.event],
    [userId, event.userId],
    [anonymousId, event.anonymousId],
    [sessionId, event.context.session?.id],
  ]
  if (pairs.some(([wanted, present]) => wanted !== undefined && wanted !== present)) return false
  // Times in the store are UTC with milliseconds, so that they compare as texts.
  return !(since !== undefined && event.timestamp < since) && !(until !== undefined && event.timestamp >= until)
}
