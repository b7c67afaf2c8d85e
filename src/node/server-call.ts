import type { Event, EventContext, EventType } from '../core/event'
import { toIdentifier } from '../core/identifier'
import { toEvent, toTimestamp } from '../core/to-event'

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

/** What makes the event of a call. Throws with the option's name where the call is wrong. */
export const createServerEvents = ({
  id,
  now,
  context,
  isNumbered,
}: EventMaker): ((type: EventType, call: ServerCall) => Event) => {
  const instance = id()
  let number = 0
  return (type, call) => {
    checkCall(type, call)
    const userId = toIdentifier(call.userId)
    const anonymousId = toIdentifier(call.anonymousId)
    const name = call.name === undefined ? {} : { name: call.name }
    const ts = now()
    return toEvent({
      type,
      event: type === 'track' ? (call.event as string) : undefined,
      properties:
        type === 'page' || type === 'screen' ? { ...name, ...objectOf(call.properties) } : objectOf(call.properties),
      traits: objectOf(call.traits),
      groupId: toIdentifier(call.groupId) ?? undefined,
      previousId: toIdentifier(call.previousId) ?? undefined,
      options: { timestamp: call.timestamp as string, integrations: objectOf(call.integrations) },
      userId,
      anonymousId,
      meta: {
        rid: instance,
        ts,
        messageId: (call.messageId as string | undefined) ?? id(),
        context: { ...context, ...objectOf(call.context) },
        sequence: isNumbered ? { instance, number: ++number } : undefined,
      },
    })
  }
}

const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined

function checkCall(type: EventType, call: ServerCall): void {
  const fail = (message: string): never => {
    throw new Error(`[firsthand] ${type}: ${message}`)
  }
  const { event, messageId, timestamp } = call
  if (!toIdentifier(call.userId) && (type === 'alias' || !toIdentifier(call.anonymousId))) {
    fail(type === 'alias' ? 'pass userId' : 'pass userId or anonymousId: this client serves many users')
  }
  if (type === 'track' && (typeof event !== 'string' || !event)) fail('pass event, the name of what happened')
  if (type === 'group' && !toIdentifier(call.groupId)) fail('pass groupId')
  if (type === 'alias' && !toIdentifier(call.previousId)) fail('pass previousId')
  if (messageId !== undefined && (typeof messageId !== 'string' || !/^.{1,100}$/su.test(messageId))) {
    fail('messageId is a text of 1 to 100 characters')
  }
  if (timestamp !== undefined && !toTimestamp(timestamp)) fail('timestamp is no date of the years 0 to 9999')
}
