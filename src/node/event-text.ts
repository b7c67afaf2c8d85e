import type { Event, EventContext } from '../core/event'

/** How events of one process wait: as JSON, mostly without what all of them share. */
export interface EventTexts {
  /** JSON of the shared context. */
  shared: string
  /** Whether the shared context can be left out of this event. */
  canShorten(event: Event): boolean
  /** Throws where JSON cannot express the event. */
  write(event: Event, isShort: boolean): string
  /** The same event with the shared context. */
  whole(text: string): string
  /** Parsed anew, so that it is what was accepted, whatever the caller did since. */
  read(text: string, isShort: boolean): Event
}

/** Ahead of all else, so that it can be cut out. */
const HEAD = '{"timestamp":"'
const TIMESTAMP_LENGTH = '2026-01-31T12:00:00.000Z'.length

/** Without parsing the text where it is one of ours. */
export const timestampOf = (text: string): string =>
  text.startsWith(HEAD) ? text.slice(HEAD.length, HEAD.length + TIMESTAMP_LENGTH) : JSON.parse(text).timestamp

export function createEventTexts(context: EventContext): EventTexts {
  const shared = JSON.stringify(context)
  const keys = Object.keys(context)
  const whole = (text: string) => {
    // Each text ends with the braces of its context and of the event.
    const start = text.slice(0, -2)
    return `${start}${start.endsWith('{') || !keys.length ? '' : ','}${shared.slice(1)}}`
  }
  return {
    shared,
    canShorten: ({ context: own }) => keys.every((key) => own[key] === context[key]),
    write: (event, isShort) => writeEvent(event, isShort ? ownPart(event.context, context) : event.context),
    whole,
    read: (text, isShort) => JSON.parse(isShort ? whole(text) : text),
  }
}

/** A copy, as a caller's names may be anything, `__proto__` included. JSON leaves out what is undefined. */
function ownPart(context: EventContext, shared: EventContext): EventContext {
  const own = { ...context }
  for (const key in shared) own[key] = undefined
  return own
}

/** Written key by key: measured, JSON.stringify takes a third longer for the event as a whole. The context comes last. */
function writeEvent(event: Event, context: EventContext): string {
  const { anonymousId, integrations, messageId, properties, timestamp, traits, type, userId, version } = event
  let text = `${HEAD}${timestamp}","version":${version},"type":"${type}","messageId":${JSON.stringify(messageId)}`
  text += `,"userId":${JSON.stringify(userId)},"anonymousId":${JSON.stringify(anonymousId)}`
  if (event.event !== undefined) text += `,"event":${JSON.stringify(event.event)}`
  if (event.name !== undefined) text += `,"name":${JSON.stringify(event.name)}`
  if (event.groupId !== undefined) text += `,"groupId":${JSON.stringify(event.groupId)}`
  if (event.previousId !== undefined) text += `,"previousId":${JSON.stringify(event.previousId)}`
  if (properties) text += field('properties', properties)
  if (traits) text += field('traits', traits)
  if (integrations) text += field('integrations', integrations)
  return `${text},"context":${JSON.stringify(context)}}`
}

/** Objects may leave themselves out, by their `toJSON`. */
function field(name: string, value: object): string {
  const json = JSON.stringify(value)
  return json === undefined ? '' : `,"${name}":${json}`
}
