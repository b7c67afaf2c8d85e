import type { Transport } from '../transport'

/** Bounds of the whole queue. The oldest events go first and are counted as `queue-full` or `too-old`. */
export interface QueueLimits {
  /** Events that wait. Default 10,000. */
  maxEvents: number
  /** Bytes of these events as JSON. Default 2,000,000: localStorage takes about 5 MB for the whole origin. */
  maxBytes: number
  /** Since an event that an earlier page left was accepted. Default 7 days. */
  maxAgeMs: number
}

export const queueDefaults = {
  maxEvents: 10_000,
  maxBytes: 2_000_000,
  maxAgeMs: 604_800_000,
} satisfies QueueLimits

const routeDefaults = {
  maxBatchEvents: 100,
  maxBatchBytes: 500_000,
  maxEventBytes: 32_768,
  /** By the event's own timestamp: receivers that take only fresh events say so. */
  maxEventAgeMs: Infinity,
  flushIntervalMs: 500,
}

export type RouteLimits = typeof routeDefaults

/** What holds for one transport: the user's wishes or the defaults, within the receiver's limits. */
export const routeLimits = ({ limits, delivery }: Transport): RouteLimits => {
  const result = { ...routeDefaults, ...delivery }
  for (const name in limits) {
    const key = name as keyof RouteLimits
    result[key] = Math.min(result[key], (limits as RouteLimits)[key])
  }
  return result
}
