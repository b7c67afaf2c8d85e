import type { StoredEvent } from '../collector/store'

/** Columns of an export as CSV: the fields of the event, with the page and the session beside its context. */
const columns: Record<string, (event: StoredEvent) => unknown> = {
  project: (event) => event.project,
  messageId: (event) => event.messageId,
  type: (event) => event.type,
  event: (event) => event.event,
  name: (event) => event.name,
  timestamp: (event) => event.timestamp,
  receivedAt: (event) => event.receivedAt,
  sentAt: (event) => event.sentAt,
  originalTimestamp: (event) => event.originalTimestamp,
  anonymousId: (event) => event.anonymousId,
  userId: (event) => event.userId,
  groupId: (event) => event.groupId,
  previousId: (event) => event.previousId,
  sessionId: (event) => event.context.session?.id,
  url: (event) => event.context.page?.url,
  path: (event) => event.context.page?.path,
  title: (event) => event.context.page?.title,
  referrer: (event) => event.context.page?.referrer,
  properties: (event) => event.properties,
  traits: (event) => event.traits,
  context: (event) => event.context,
  integrations: (event) => event.integrations,
}

export const columnNames = Object.keys(columns)

export function cellsOf(event: StoredEvent): unknown[] {
  return Object.values(columns).map((read) => read(event))
}
