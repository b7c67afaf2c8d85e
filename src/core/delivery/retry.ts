const BASE_MS = 500
const CAP_MS = 60_000
/** A longer wait is a mistake of the receiver, and beyond 24.8 days timers fire at once. */
const MAX_ASKED_MS = 3_600_000

/** Exponential backoff with full jitter: anything from 0 to the step, so that clients do not come back together. */
export const backoffMs = (failures: number, random: number): number =>
  random * Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1))

/** A `Retry-After` header in seconds or as a date, as milliseconds from now; undefined where it says nothing. */
export const retryAfterMs = (header: string | null, nowMs: number): number | undefined => {
  if (!header) return
  const afterMs = Number(header) * 1000 || Date.parse(header) - nowMs
  return afterMs >= 0 ? Math.min(afterMs, MAX_ASKED_MS) : undefined
}
