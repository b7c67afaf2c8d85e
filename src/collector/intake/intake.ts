export type JsonObject = Record<string, unknown>

/** One event as an intake format found it. */
export interface IntakeItem {
  /** Fields of the canonical event, not yet validated. An object of its own: what follows may change it. */
  candidate: unknown
  /** The client's clock at the time of sending, as the client wrote it. */
  sentAt: unknown
  /** Set where the format itself rules the item out, in the format's own names. */
  refusal?: { code: string; message: string }
}

/** Said once for all items; merged key by key under each item's own, whose keys replace whole values. */
export interface SharedFields {
  context?: JsonObject
  integrations?: JsonObject
}

export interface Intake {
  /** Name of the format; kept beside each event. */
  format: string
  items: readonly IntakeItem[]
  shared: SharedFields
}

/** What a decoder makes of a parsed body. Decoders are pure: no clock, no ids, no I/O. */
export type Decoded = { status: 'decoded'; intake: Intake } | { status: 'malformed'; code: string; message: string }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy of `own` with what it lacks from `shared`; anything that is no object stays as it is. */
export function mergeUnder(shared: JsonObject | undefined, own: unknown): unknown {
  if (!shared) return own
  if (own == null) return { ...shared }
  return isObject(own) ? { ...shared, ...own } : own
}

export function malformed(code: string, message: string): Decoded {
  return { status: 'malformed', code, message }
}
