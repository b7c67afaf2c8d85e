import type { Event } from '../../src/core/event'

/** Odd numbers without a pattern; each lane multiplies by its own, so that what collides in one does not in the others. */
const LANES = [0x85ebca6b, 0xc2b2ae35, 0x1b873593, 0x9e3779b1]

const mix = (text: string, factor: number): string => {
  let hash = factor
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), factor)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return ((hash ^ (hash >>> 15)) >>> 0).toString(16).padStart(8, '0')
}

/** Text in the shape of a uuid4, the same for the same text in each tab. Not secret, and synchronous, as WebCrypto is not. */
export const toUuid = (text: string): string =>
  LANES.map((factor) => mix(text, factor))
    .join('')
    .replace(
      /(.{8})(.{4}).(.{3})(.)(.{3})/,
      (_, a, b, c, variant, d) => `${a}-${b}-4${c}-${'89ab'[Number.parseInt(variant, 16) & 3]}${d}-`,
    )

/** Whose events share a profile. */
export const visitorOf = ({ anonymousId, userId }: Event): string => anonymousId ?? userId ?? ''

/** An event without a visit (servers) belongs to one of that visitor and day. */
export const sessionIdOf = (event: Event): string =>
  toUuid(event.context.session?.id ?? `${visitorOf(event)} ${event.timestamp.slice(0, 10)}`)
