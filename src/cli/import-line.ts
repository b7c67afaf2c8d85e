import { createHash } from 'node:crypto'
import { parseTime } from '../collector/event-schema'
import { type IntakeItem, isObject } from '../collector/intake/intake'
import { decodeSegmentItem } from '../collector/intake/segment-event'
import type { StoredEvent } from '../collector/store'

export type ImportLine =
  | { status: 'read'; item: IntakeItem; project: string | null; kept: KeptTimes }
  | { status: 'bad'; code: string; message: string }

/** Times of an archive that stay as they are; null where the line has none, or none that can be. */
export interface KeptTimes {
  receivedAt: string | null
  sentAt: string | null
  originalTimestamp: string | null
}

/**
 * One line of an archive: an event of `firsthand export`, or one as Segment writes them. Its time is taken as it is,
 * since the clock of its sender was corrected when it came. Without a `messageId` it gets one that is made of the
 * line, so that the same line is the same event the next time.
 */
export function readImportLine(text: string, nowMs: number): ImportLine {
  const parsed = parse(text)
  if (!isObject(parsed)) return { status: 'bad', code: 'invalid-json', message: 'is not a JSON object' }
  const kept = {
    receivedAt: keptTime(parsed.receivedAt, nowMs),
    sentAt: keptTime(parsed.sentAt, Number.POSITIVE_INFINITY),
    originalTimestamp: keptTime(parsed.originalTimestamp, Number.POSITIVE_INFINITY),
  }
  const timestamp = parsed.timestamp ?? parsed.originalTimestamp ?? parsed.sentAt ?? parsed.receivedAt
  if (timestamp == null) return { status: 'bad', code: 'missing-time', message: 'timestamp is missing' }
  // `version` counts the versions of the event's form, here and at Segment, each in its own way.
  const { version: _version, ...fields } = parsed
  const messageId = parsed.messageId || `line-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
  const { candidate } = decodeSegmentItem({ ...fields, messageId, timestamp }, null)
  const project = typeof parsed.project === 'string' && parsed.project !== '' ? parsed.project : null
  return { status: 'read', item: { candidate, sentAt: null }, project, kept }
}

/** What the collector would say of an event that comes now is put back to what it said when it came. */
export function restoreTimes(event: StoredEvent, { receivedAt, sentAt, originalTimestamp }: KeptTimes): StoredEvent {
  return {
    ...event,
    receivedAt: receivedAt ?? event.receivedAt,
    sentAt: sentAt ?? event.sentAt,
    originalTimestamp: originalTimestamp ?? event.originalTimestamp,
  }
}

function keptTime(value: unknown, latestMs: number): string | null {
  const time = parseTime(value)
  return time === null || time > latestMs ? null : new Date(time).toISOString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
