import type { EventContext, EventSequence, EventSession, Properties, Traits } from './event'

/** All that we add to the payload of `analytics` sits here, so that its key sets stay equal to theirs. */
export interface PayloadMeta {
  /** Identifies the call; the same in every phase of one call. */
  rid: string
  /** Epoch milliseconds of the call. */
  ts: number
  hasCallback?: true
  /** Becomes `event.messageId`; never changes after the call. */
  messageId?: string
  /** Becomes `event.context`. A hook edits it by returning a payload with a changed `meta.context`. */
  context?: EventContext
  session?: EventSession
  sequence?: EventSequence
}

/** Fourth argument of every call. */
export interface CallOptions {
  /** Picks destinations for this call: `{ all: false, segment: true }`. */
  plugins?: Record<string, boolean>
  /** When it happened, if not now: ISO 8601 text, a Date or epoch milliseconds. */
  timestamp?: string | number | Date
  /** Own unique id of the event, at most 100 characters; a repeat of it is stored once. */
  messageId?: string
  /** Merged over the context that the client found. */
  context?: EventContext
  /** Passed to the receiver as in Segment's spec. */
  integrations?: Record<string, unknown>
  [key: string]: unknown
}

/** What `page` may be given; in browsers these are found. */
export interface PageData extends Properties {
  title?: string
  url?: string
  path?: string
  hash?: string
  search?: string
  width?: number
  height?: number
  referrer?: string
}

/** What a plugin's hook sees; the shape of `analytics` 0.8. Which keys exist depends on `type`. */
export interface Payload {
  /** The phase: `trackStart`, `track`, `trackEnd`, ... */
  type: string
  event?: string
  properties?: Properties
  traits?: Traits
  options: CallOptions
  userId: string | null
  anonymousId: string | null
  previousId?: string
  meta: PayloadMeta
  /** Set by a hook that stops the call, for all plugins or for those named. */
  abort?: boolean | { plugins?: readonly string[]; reason?: string }
  [key: string]: unknown
}

/** Payloads by call, for hooks and listeners; what they share is in `Payload`. */
export interface TrackPayload extends Payload {
  event: string
  properties: Properties
}

export interface PagePayload extends Payload {
  properties: Properties
}

/** `userId` is null where only traits were given. */
export interface IdentifyPayload extends Payload {
  traits: Traits
}

export interface GroupPayload extends Payload {
  groupId: string
  traits: Traits
}

export interface AliasPayload extends Payload {
  userId: string
  previousId: string
}

export interface ScreenPayload extends Payload {
  properties: Properties & { name: string }
}

export interface CallPayloads {
  page: PagePayload
  track: TrackPayload
  identify: IdentifyPayload
  group: GroupPayload
  alias: AliasPayload
  screen: ScreenPayload
}

/** `track`, `trackStart`, `trackEnd`, `trackAborted`. */
export type CallPhase<Call extends string> = Call | `${Call}Start` | `${Call}End` | `${Call}Aborted`

/** The call that a lifecycle event is about, `track:segment` included. */
type CallOf<Name extends string> = {
  [Call in keyof CallPayloads]: Name extends CallPhase<Call> | `${CallPhase<Call>}:${string}` ? Call : never
}[keyof CallPayloads]

/** The payload of a lifecycle event, by its name. */
export type PayloadOf<Name extends string> = [CallOf<Name>] extends [never] ? Payload : CallPayloads[CallOf<Name>]
