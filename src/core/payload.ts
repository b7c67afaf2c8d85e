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
