import type { Event } from '../core/event'
import { type CheckedEvent, checkEvent, parseTime } from './event-schema'
import { correctTime } from './event-time'
import { type Intake, type IntakeItem, isObject, mergeUnder, type SharedFields } from './intake/intake'
import type { CollectorLimits } from './options'
import type { KeyOwner } from './project-directory'
import { RequestProblem } from './request-problem'
import type { StoredEvent } from './store'
import { tidyJson } from './tidy-json'

/** Why an event of a request was not stored; the sender must not repeat it as it is. */
export interface Rejection {
  /** Position in the request, from 0. */
  index: number
  messageId: string | null
  code: string
  message: string
}

export interface ValidItems {
  events: StoredEvent[]
  rejected: Rejection[]
}

export interface IntakeOrigin {
  owner: KeyOwner
  /** Epoch milliseconds. */
  receivedAt: number
  limits: CollectorLimits
}

type Judged = { status: 'valid'; event: StoredEvent } | { status: 'invalid'; code: string; message: string }

const tooDeep = { code: 'too-deep', message: 'is nested too deeply' }
const tooManyKeys = { code: 'too-many-keys', message: 'has too many keys' }
const tooLarge = { code: 'too-large', message: 'is too large' }
const urlNotAllowed = { code: 'url-not-allowed', message: 'the address of the page is not on the list of the project' }

/** Shared fields are written once and stored with every event, so a small request could fill a disk. */
const maxExpansion = 8

/** Sorts the events of a request into those that can be stored, completed, and those that cannot, with reasons. */
export function validateItems(intake: Intake, origin: IntakeOrigin): ValidItems {
  const { limits } = origin
  const shared = { ...intake.shared, ...checkSizes(intake, limits) }
  const known = createKnown(origin)
  const valid: ValidItems = { events: [], rejected: [] }
  for (const [index, item] of intake.items.entries()) {
    const judged = judge(item, shared, origin, known)
    if (judged.status === 'valid') valid.events.push(judged.event)
    else valid.rejected.push({ index, messageId: messageIdOf(item), code: judged.code, message: judged.message })
  }
  return valid
}

/** At most: what an event has of its own may replace some of it. */
interface SharedSize {
  maxBytes: number
  keys: number
}

/** Shared fields are tidy afterwards. */
function checkSizes({ items, shared }: Intake, limits: CollectorLimits): SharedSize {
  if (items.length > limits.maxBatchEvents) {
    throw new RequestProblem(413, 'too-many-events', `send at most ${limits.maxBatchEvents} events in one request`)
  }
  if (!shared.context && !shared.integrations) return { maxBytes: 0, keys: 0 }
  // Before it is measured: JSON.stringify overflows the stack on what is nested 200,000 deep.
  const tidied = tidyJson(shared, { maxDepth: limits.maxEventDepth, maxKeys: limits.maxEventKeys })
  if (tidied.status !== 'tidy') {
    throw new RequestProblem(400, 'too-deep', 'nest the shared context less deeply, with fewer keys')
  }
  const maxBytes = Math.min(limits.maxEventBytes, (limits.maxBodyBytes * maxExpansion) / items.length)
  if (tidied.maxBytes > maxBytes && jsonBytes(shared) > maxBytes) {
    throw new RequestProblem(413, 'shared-context-too-large', 'send fewer events together, or less shared context')
  }
  return tidied
}

/** What events of one request have in common is worked out once. */
interface Known {
  receivedAt: string
  timeOf(text: unknown): number | null
  textOf(timeMs: number): string
  isElsewhere(url: string): boolean
}

function createKnown({ owner, receivedAt }: IntakeOrigin): Known {
  const textOf = remembered(iso)
  return {
    receivedAt: textOf(receivedAt),
    timeOf: remembered(parseTime),
    textOf,
    isElsewhere: remembered((url: string) => isWeb(url) && !owner.project.origins.hasUrl(url)),
  }
}

function remembered<Key, Value>(valueOf: (key: Key) => Value): (key: Key) => Value {
  const values = new Map<Key, Value>()
  return (key) => {
    let value = values.get(key)
    if (value === undefined) values.set(key, (value = valueOf(key)))
    return value
  }
}

function judge(item: IntakeItem, shared: SharedFields & SharedSize, origin: IntakeOrigin, known: Known): Judged {
  const { limits, owner } = origin
  const { candidate } = item
  if (item.refusal) return { status: 'invalid', ...item.refusal }
  const jsonLimits = { maxDepth: limits.maxEventDepth, maxKeys: limits.maxEventKeys }
  // Shared fields are tidy already; they are gone through again only where the sum may be too much.
  let tidied = tidyJson(candidate, jsonLimits)
  mergeShared(candidate, shared)
  if (tidied.status === 'tidy' && tidied.keys + shared.keys > jsonLimits.maxKeys)
    tidied = tidyJson(candidate, jsonLimits)
  if (tidied.status === 'too-deep') return { status: 'invalid', ...tooDeep }
  if (tidied.status === 'too-many-keys') return { status: 'invalid', ...tooManyKeys }
  if (tidied.maxBytes + shared.maxBytes > limits.maxEventBytes && jsonBytes(candidate) > limits.maxEventBytes) {
    return { status: 'invalid', ...tooLarge }
  }
  const checked = checkEvent(candidate)
  if (checked.status === 'invalid') return checked
  const event = complete(checked.event, item.sentAt, origin, known)
  if (owner.keyKind === 'public' && isElsewhere(event, known)) return { status: 'invalid', ...urlNotAllowed }
  return { status: 'valid', event }
}

function mergeShared(candidate: unknown, { context, integrations }: SharedFields): void {
  if (!isObject(candidate)) return
  if (context) candidate.context = mergeUnder(context, candidate.context)
  if (integrations) candidate.integrations = mergeUnder(integrations, candidate.integrations)
}

/** Every field that only some types have; `null` and missing are the same here. */
interface OptionalFields extends Pick<Event, 'event' | 'name' | 'properties' | 'traits' | 'integrations'> {
  groupId?: string | null
  previousId?: string | null
}

function complete(checked: CheckedEvent, sentAt: unknown, origin: IntakeOrigin, known: Known): StoredEvent {
  const { owner, receivedAt, limits } = origin
  const sentAtMs = known.timeOf(sentAt)
  const maxAgeMs = owner.keyKind === 'public' ? limits.maxEventAgeMs : Number.POSITIVE_INFINITY
  const fields: OptionalFields = checked
  const event: StoredEvent = {
    version: checked.version,
    type: checked.type,
    messageId: checked.messageId || crypto.randomUUID(),
    timestamp: known.textOf(correctTime(checked.timestamp, sentAtMs, receivedAt, maxAgeMs)),
    anonymousId: checked.anonymousId,
    userId: checked.userId,
    context: checked.context ?? {},
    project: owner.project.id,
    receivedAt: known.receivedAt,
    sentAt: sentAtMs === null ? null : known.textOf(sentAtMs),
    originalTimestamp: known.textOf(checked.timestamp ?? receivedAt),
  }
  if (fields.event !== undefined) event.event = fields.event
  if (fields.name !== undefined) event.name = fields.name
  if (fields.properties) event.properties = fields.properties
  if (fields.traits) event.traits = fields.traits
  if (fields.integrations) event.integrations = fields.integrations
  if (fields.groupId != null) event.groupId = fields.groupId
  if (fields.previousId != null) event.previousId = fields.previousId
  return event
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

/** Only what the client says of itself counts: `properties.url` may be canonical, virtual or the caller's own. */
function isElsewhere({ context }: StoredEvent, known: Known): boolean {
  const url = context.page?.url
  return typeof url === 'string' && known.isElsewhere(url)
}

/** Also with spaces around it; other schemes are screens of apps, and what is no URL names no host. */
function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

function messageIdOf({ candidate }: IntakeItem): string | null {
  const id = isObject(candidate) ? candidate.messageId : null
  return typeof id === 'string' ? id.slice(0, 100) : null
}

function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength
}
