import type { IpAddress } from '../enrich/ip-address'
import type { Log } from '../log'
import type { CollectorLimits } from '../options'
import type { KeyOwner } from '../project-directory'
import { RequestProblem } from '../request-problem'
import { addressGroup } from './address-group'
import { rateLimitFields } from './rate-limit-fields'
import { createTokenBuckets } from './token-buckets'

export interface RequestGate {
  /** Counts a request of this address, whatever its key; throws a `RequestProblem` of status 429 where it is one too many. */
  passAddress(address: IpAddress | null): void
  /** Counts a request of this key, likewise. */
  passKey(owner: KeyOwner): void
}

export interface RequestGateOptions {
  limits: CollectorLimits
  log: Log
  /** Milliseconds of a clock that never goes back. @default performance.now */
  now?: () => number
}

/** About 100 bytes each. */
const maxBuckets = 20_000
const logEveryMs = 60_000

const hints = {
  address: 'if it is that of your proxy, say so with the option ip: { trustedHops }',
  key: 'raise limits.keyRequestsPerSecond, or have senders put more events into one request',
}

/** Bounds how many requests come in from one address and with one key. */
export function createRequestGate({ limits, log, now = () => performance.now() }: RequestGateOptions): RequestGate {
  const address = createPolicy('address', limits.addressRequestsPerSecond, limits.addressRequestBurst)
  const key = createPolicy('key', limits.keyRequestsPerSecond, limits.keyRequestBurst)

  function createPolicy(name: keyof typeof hints, perSecond: number, burst: number) {
    const buckets = createTokenBuckets({ perSecond, burst, maxBuckets, now })
    let lastLog = Number.NEGATIVE_INFINITY
    return (bucket: string, project?: string) => {
      const waitMs = buckets.take(bucket)
      if (waitMs === 0) return
      if (now() - lastLog >= logEveryMs) {
        lastLog = now()
        log({
          level: 'warn',
          message: 'requests are refused with 429; this is said once a minute',
          limit: name,
          hint: hints[name],
          project,
        })
      }
      const resetS = Math.ceil(waitMs / 1_000)
      const fields = rateLimitFields({
        name,
        quota: burst,
        windowS: Math.ceil(burst / perSecond),
        remaining: 0,
        resetS,
      })
      throw new RequestProblem(
        429,
        'too-many-requests',
        `there are too many requests of this ${name}; send again later`,
        {
          headers: { 'Retry-After': String(resetS), ...fields },
        },
      )
    }
  }

  return {
    passAddress(from) {
      const group = addressGroup(from)
      if (group !== null) address(group)
    },
    // By project and kind, so that what pages send leaves the servers their share, and a rotated key has no second one.
    passKey: ({ project, keyKind }) => key(`${keyKind} ${project.id}`, project.id),
  }
}
