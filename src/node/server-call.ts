import { EVENT_VERSION, type Event, type EventContext, type EventSequence, type EventType } from '../core/event'
import { toIdentifier } from '../core/identifier'
import { toTimestamp } from '../core/to-event'

/** Who it is about: at least one of the two. Numbers become text. */
export type UserId =
  | { userId: string | number; anonymousId?: string | number | null }
  | { userId?: string | number | null; anonymousId: string | number }

/** What every call may carry beside its own. */
export interface CallExtras {
  /** When it happened, if not now: ISO 8601 text, a Date or epoch milliseconds. */
  timestamp?: string | number | Date
  /** Merged over the context of this client. */
  context?: EventContext
  /** Own unique id of the event, at most 100 characters; a repeat of it is stored once. */
  messageId?: string
  /** Passed to the receiver as in Segment's spec. */
  integrations?: Record<string, unknown>
}

export type TrackCall = CallExtras & UserId & { event: string; properties?: Record<string, unknown> }
/** Of `page` and `screen`. */
export type PageCall = CallExtras & UserId & { name?: string; properties?: Record<string, unknown> }
export type IdentifyCall = CallExtras & UserId & { traits?: Record<string, unknown> }
export type GroupCall = CallExtras & UserId & { groupId: string | number; traits?: Record<string, unknown> }
export type AliasCall = CallExtras & { userId: string | number; previousId: string | number }

/** Any call, before it is checked: JavaScript callers may pass anything. */
export type ServerCall = { [name in keyof (TrackCall & PageCall & GroupCall & AliasCall)]?: unknown }

export interface EventMaker {
  id(): string
  now(): number
  /** Under the context of each call. */
  context: EventContext
  /** Whether events are numbered, so that the collector sees gaps. */
  isNumbered: boolean
}

/**
 * What makes the event of a call. Throws with the option's name where the call is wrong. There are no payloads here, as
 * there are no hooks: measured, one between call and event doubled the time.
 */
export function createServerEvents(maker: EventMaker): (type: EventType, call: ServerCall) => Event {
  const { context, id, isNumbered, now } = maker
  const instance = id()
  const clock = createClock(now)
  let number = 0
  return (type, call) => {
    const userId = toIdentifier(call.userId)
    const anonymousId = toIdentifier(call.anonymousId)
    const groupId = toIdentifier(call.groupId) ?? undefined
    const previousId = toIdentifier(call.previousId) ?? undefined
    if (!userId && (type === 'alias' || !anonymousId)) failWithoutUser(type)
    if (type === 'group' && !groupId) fail(type, 'pass groupId')
    if (type === 'alias' && !previousId) fail(type, 'pass previousId')
    const event = type === 'track' ? nameOf(call) : undefined
    const properties = type === 'page' || type === 'screen' ? named(call) : objectOf(call.properties)
    const name = event ? undefined : properties?.name
    return {
      version: EVENT_VERSION,
      type,
      messageId: call.messageId === undefined ? id() : messageIdOf(type, call),
      timestamp: call.timestamp === undefined ? clock() : timestampOf(type, call),
      anonymousId,
      userId,
      event,
      name: typeof name === 'string' ? name : undefined,
      properties,
      traits: objectOf(call.traits),
      groupId,
      previousId,
      context: contextOf(isNumbered ? { instance, number: ++number } : undefined, context, call),
      integrations: objectOf(call.integrations),
    }
  }
}

/** Of now. Many events fall into one millisecond, and a text of its own for each takes as long as writing it as JSON. */
function createClock(now: () => number): () => string {
  let last = NaN
  let text = ''
  return () => {
    const ms = now()
    if (ms !== last) text = new Date((last = ms)).toISOString()
    return text
  }
}

const contextOf = (sequence: EventSequence | undefined, context: EventContext, call: ServerCall): EventContext =>
  call.context === undefined ? { sequence, ...context } : { sequence, ...context, ...objectOf(call.context) }

const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined

/** The properties of a page or screen, which have its name. */
const named = ({ name, properties }: ServerCall): Record<string, unknown> =>
  name === undefined ? { ...objectOf(properties) } : { name, ...objectOf(properties) }

function fail(type: EventType, message: string): never {
  throw new Error(`[firsthand] ${type}: ${message}`)
}

const failWithoutUser = (type: EventType): never =>
  fail(type, type === 'alias' ? 'pass userId' : 'pass userId or anonymousId: this client serves many users')

const nameOf = ({ event }: ServerCall): string =>
  typeof event === 'string' && event ? event : fail('track', 'pass event, the name of what happened')

const messageIdOf = (type: EventType, { messageId }: ServerCall): string =>
  typeof messageId === 'string' && /^.{1,100}$/su.test(messageId)
    ? messageId
    : fail(type, 'messageId is a text of 1 to 100 characters')

const timestampOf = (type: EventType, { timestamp }: ServerCall): string =>
  toTimestamp(timestamp) ?? fail(type, 'timestamp is no date of the years 0 to 9999')
