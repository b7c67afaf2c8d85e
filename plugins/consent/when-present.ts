const FIRST_LOOK_MS = 50
const SLOWEST_LOOK_MS = 2000
const GIVE_UP_AFTER_MS = 60_000

/** Calls back with a function of the page, at once or when it has come; false where it has not within a minute. */
export function whenPresent<Found>(name: string, then: (found: Found | false) => void, waitedMs = 0): void {
  const found = (globalThis as Record<string, unknown>)[name]
  if (typeof found === 'function') return then(found as Found)
  if (waitedMs >= GIVE_UP_AFTER_MS) return then(false)
  const delayMs = Math.min(Math.max(FIRST_LOOK_MS, waitedMs / 2), SLOWEST_LOOK_MS)
  setTimeout(() => whenPresent(name, then, waitedMs + delayMs), delayMs)
}
