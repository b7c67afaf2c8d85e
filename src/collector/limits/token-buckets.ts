export interface TokenBucketOptions {
  /** Tokens that a bucket gains. */
  perSecond: number
  /** Tokens that a bucket holds; a new one is full. */
  burst: number
  /** Buckets that are remembered; the one that was not asked for longest is forgotten, which makes it full. */
  maxBuckets: number
  /** Milliseconds of a clock that never goes back. */
  now: () => number
}

export interface TokenBuckets {
  /** Takes a token from the bucket of this name: 0, or in how many milliseconds there will be one. */
  take(name: string): number
}

/** Far below a millisecond, far above what adding up parts of milliseconds gets wrong. */
const rounding = 1e-6

/** Limits how often something happens by name, in bounded memory. */
export function createTokenBuckets({ perSecond, burst, maxBuckets, now }: TokenBucketOptions): TokenBuckets {
  const intervalMs = 1_000 / perSecond
  /** When each bucket is full again: all that there is to know of it. */
  const fullAt = new Map<string, number>()
  return {
    take(name) {
      const at = now()
      const full = Math.max(fullAt.get(name) ?? at, at)
      const waitMs = full - at - (burst - 1) * intervalMs
      const isEmpty = waitMs > rounding
      // Deleted first: a map keeps the order in which its keys came.
      fullAt.delete(name)
      fullAt.set(name, isEmpty ? full : full + intervalMs)
      if (fullAt.size > maxBuckets) fullAt.delete(fullAt.keys().next().value as string)
      return isEmpty ? Math.ceil(waitMs - rounding) : 0
    },
  }
}
