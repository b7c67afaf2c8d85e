import type { EVENT_VERSION, EventType } from '../../core/event'
import type { Arrival, ClientInfo, NewEvent, StoredEvent } from '../store'

export type EventValue = string | number | null

export type EventRow = Readonly<Record<string, EventValue | undefined>>

/** What an insert is given, in the order of `toRow`: columns of `events`, and the `client` as a JSON list. */
export const eventFields = [
  'project',
  'message_id',
  'type',
  'event',
  'name',
  'anonymous_id',
  'user_id',
  'group_id',
  'previous_id',
  'session_id',
  'session_number',
  'timestamp',
  'original_timestamp',
  'sent_at',
  'received_at',
  'url',
  'path',
  'title',
  'referrer',
  'category',
  'label',
  'value',
  'sequence_instance',
  'sequence_number',
  'properties',
  'traits',
  'context',
  'integrations',
  'request',
  'response',
  'version',
  'host',
  'client',
] as const

/** Columns of `events` that `client` stands for, in the order of its list. */
export const clientColumns = [
  'ip',
  'country',
  'region',
  'browser',
  'browser_version',
  'os',
  'os_version',
  'device',
  'bot',
  'gpc',
] as const

/** Rows of events in the order of `eventFields`; objects are JSON texts. */
export function toRows(events: readonly NewEvent[]): EventValue[][] {
  // Events of one request share these, so their texts are made once.
  const requestText = textOfLatest<Arrival>(({ request }) => JSON.stringify(request))
  const responseText = textOfLatest<Arrival>(({ response }) => JSON.stringify(response))
  const clientText = textOfLatest<ClientInfo>((client) => JSON.stringify(clientValues(client)))
  return events.map(({ event, arrival, client }) =>
    toRow(event, [requestText(arrival), responseText(arrival)], client ? clientText(client) : null),
  )
}

function textOfLatest<Value>(toText: (value: Value) => string): (value: Value) => string {
  let latest: Value | undefined
  let text = ''
  return (value) => {
    if (value !== latest) text = toText((latest = value))
    return text
  }
}

function toRow(event: StoredEvent, arrival: [request: string, response: string], client: string | null): EventValue[] {
  const { context, properties } = event
  const { session, sequence } = context
  const page = pageColumns(event)
  return [
    event.project,
    event.messageId,
    event.type,
    event.event ?? null,
    event.name ?? null,
    event.anonymousId,
    event.userId,
    event.groupId ?? null,
    event.previousId ?? null,
    label(session?.id),
    count(session?.number),
    event.timestamp,
    event.originalTimestamp,
    event.sentAt,
    event.receivedAt,
    ...page,
    label(properties?.category),
    label(properties?.label),
    quantity(properties?.value),
    label(sequence?.instance),
    count(sequence?.number),
    json(properties),
    json(event.traits),
    JSON.stringify(context),
    json(event.integrations),
    ...arrival,
    event.version,
    hostOf(page[0] ?? null),
    client,
  ]
}

function clientValues(client: ClientInfo): EventValue[] {
  const { ip, country, region, browser, browserVersion, os, osVersion, device, bot, gpc } = client
  return [ip, country, region, browser, browserVersion, os, osVersion, device, Number(bot), Number(gpc)]
}

const hostOfUrl = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?([^/?#\\]+)/i

function hostOf(url: EventValue): string | null {
  if (typeof url !== 'string') return null
  return hostOfUrl.exec(url)?.[1]?.toLowerCase() ?? null
}

export function fromRow(row: EventRow): StoredEvent {
  const event: StoredEvent = {
    version: row.version as typeof EVENT_VERSION,
    type: row.type as EventType,
    messageId: row.message_id as string,
    timestamp: row.timestamp as string,
    anonymousId: row.anonymous_id as string | null,
    userId: row.user_id as string | null,
    context: JSON.parse(row.context as string),
    project: row.project as string,
    receivedAt: row.received_at as string,
    sentAt: row.sent_at as string | null,
    originalTimestamp: row.original_timestamp as string,
  }
  if (row.event != null) event.event = row.event as string
  if (row.name != null) event.name = row.name as string
  if (row.group_id != null) event.groupId = row.group_id as string
  if (row.previous_id != null) event.previousId = row.previous_id as string
  for (const name of ['properties', 'traits', 'integrations'] as const) {
    const text = row[name]
    if (typeof text === 'string') event[name] = JSON.parse(text)
  }
  return event
}

/** Where it happened: what the context says; for page events their own properties say it too. */
function pageColumns({ type, context, properties }: StoredEvent): EventValue[] {
  const { page } = context
  const own = type === 'page' ? properties : undefined
  return [
    label(page?.url) ?? label(own?.url),
    label(page?.path) ?? label(own?.path),
    label(page?.title) ?? label(own?.title),
    label(page?.referrer) ?? label(own?.referrer),
  ]
}

// The contents of context and properties are whatever the sender put there.

function label(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : null
}

/** A number beyond is no count of anything; one made up by somebody would spoil the sum of gaps for good. */
const maxCount = 1_000_000

function count(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= maxCount
    ? (value as number)
    : null
}

function quantity(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
