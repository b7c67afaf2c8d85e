import type { EVENT_VERSION, EventType } from '../../core/event'
import type { Arrival, ClientInfo, NewEvent, StoredEvent } from '../store'

export type EventValue = string | number | null

export type EventRow = Readonly<Record<string, EventValue | undefined>>

/** Columns of `events` that an insert fills, in the order of `toRow`. */
export const eventColumns = [
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

interface ArrivalTexts {
  request: string
  response: string
}

/** Events of one request share their arrival, so its texts are made once. */
function arrivalTexts({ request, response }: Arrival): ArrivalTexts {
  return { request: JSON.stringify(request), response: JSON.stringify(response) }
}

/** Rows of events in the order of `eventColumns`; objects are JSON texts. */
export function toRows(events: readonly NewEvent[]): EventValue[][] {
  let arrival: Arrival | undefined
  let texts = { request: '', response: '' }
  return events.map((newEvent) => {
    if (newEvent.arrival !== arrival) {
      arrival = newEvent.arrival
      texts = arrivalTexts(arrival)
    }
    return toRow(newEvent, texts)
  })
}

function toRow({ event, client }: NewEvent, arrival: ArrivalTexts): EventValue[] {
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
    arrival.request,
    arrival.response,
    event.version,
    hostOf(page[0] ?? null),
    ...clientColumns(client),
  ]
}

const unknownClient: readonly EventValue[] = Array.from({ length: 10 }, () => null)

function clientColumns(client: ClientInfo | undefined): readonly EventValue[] {
  if (!client) return unknownClient
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
