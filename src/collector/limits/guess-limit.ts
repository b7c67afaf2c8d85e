import { createTokenBuckets } from './token-buckets'

export interface GuessLimit {
  /** Seconds until this address may try again; 0 where it may now. */
  waitS(address: string): number
  /** Counts a wrong token. */
  wrong(address: string): void
}

/** A person who mistypes gets by; 10 tries a minute at 16 characters would take longer than there is time. */
const burst = 20
const perSecond = 1 / 6
/** About 100 bytes each. */
const maxAddresses = 10_000

/** Bounds how often an address may guess a token. `now` gives milliseconds of a clock that never goes back. */
export function createGuessLimit(now: () => number = () => performance.now()): GuessLimit {
  const buckets = createTokenBuckets({ perSecond, burst, maxBuckets: maxAddresses, now })
  const refusedUntil = new Map<string, number>()
  return {
    waitS(address) {
      const until = refusedUntil.get(address)
      if (until === undefined) return 0
      if (until > now()) return Math.ceil((until - now()) / 1_000)
      refusedUntil.delete(address)
      return 0
    },
    wrong(address) {
      const waitMs = buckets.take(address)
      if (waitMs === 0) return
      refusedUntil.delete(address)
      refusedUntil.set(address, now() + waitMs)
      if (refusedUntil.size > maxAddresses) refusedUntil.delete(refusedUntil.keys().next().value as string)
    },
  }
}
