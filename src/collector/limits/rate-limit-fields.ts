export interface RateLimit {
  /** Name of the policy, of lower-case letters. */
  name: string
  /** How many there are in a window. */
  quota: number
  windowS: number
  remaining: number
  /** Seconds until there are more. */
  resetS: number
}

/** `RateLimit` and `RateLimit-Policy`, draft-ietf-httpapi-ratelimit-headers-10: what is allowed, and what is left of it. */
export function rateLimitFields({ name, quota, windowS, remaining, resetS }: RateLimit): Record<string, string> {
  return {
    'RateLimit-Policy': `"${name}";q=${quota};w=${windowS}`,
    RateLimit: `"${name}";r=${Math.max(0, remaining)};t=${resetS}`,
  }
}
