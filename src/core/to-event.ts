import { EVENT_VERSION, type Event, type EventType } from './event'
import type { Payload } from './payload'

/** The event's own keys that a payload has too. */
type Shared = Pick<Event, 'event' | 'properties' | 'traits' | 'groupId' | 'previousId' | 'userId' | 'anonymousId'>

/** ISO 8601 in UTC, or null: only years 0 to 9999 have the four digits that stores and receivers sort by. */
export const toTimestamp = (given: unknown): string | null => {
  try {
    const text = given == null ? '' : new Date(given as string).toISOString()
    return /^\d{4}-/.test(text) ? text : null
  } catch {
    // No date, or a BigInt or Symbol.
    return null
  }
}

/** Makes the event of a payload: the only place where one becomes the other. Keys without a value are undefined. */
export const toEvent = (payload: Payload): Event => {
  const { event, properties, traits, groupId, previousId, userId, anonymousId } = payload as Shared
  const { messageId, ts, context, session, sequence } = payload.meta
  const name = event ? undefined : properties?.name
  return {
    version: EVENT_VERSION,
    type: payload.type.replace('Start', '') as EventType,
    messageId: messageId as string,
    timestamp: toTimestamp(payload.options.timestamp) ?? new Date(ts).toISOString(),
    anonymousId,
    userId,
    event,
    name: typeof name === 'string' ? name : undefined,
    properties,
    traits,
    groupId,
    previousId,
    // Last, because a server's caller and an import of old events name the session in the context.
    context: { session, sequence, ...context },
    integrations: payload.options.integrations,
  }
}

/** The payload with which the hooks of an earlier page's event start anew. */
export const toPayload = ({
  version,
  type,
  messageId,
  timestamp,
  name,
  context,
  integrations,
  ...rest
}: Event): Payload => {
  return {
    ...rest,
    type: `${type}Start`,
    options: { timestamp, integrations },
    meta: { rid: messageId, messageId, ts: Date.parse(timestamp), context, session: context.session },
  }
}
