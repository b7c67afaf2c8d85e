import { createBoundedCache } from './enrich/bounded-cache'
import { isPublicSuffix } from './visitor/cookie-domain'

/** Origins that a project accepts. */
export interface OriginList {
  /** Does an `Origin` header of exactly this text stand on the list? */
  hasOrigin(origin: string): boolean
  /** Does the origin of this address stand on the list? */
  hasUrl(url: string): boolean
}

const wildcard = '*.'

/** Parsing takes longer than all else that is done with an origin, and pages of a site have the same one. */
const maxRemembered = 1_000

/** Names have at most 253 characters. */
const maxOriginLength = 300

/** What may stand in place of the asterisk: no host has a comma or a percent sign, but URLs are parsed with them. */
const label = /^[a-z0-9_-]+$/

/**
 * Compares scheme, host and port. `https://*.example.com` stands for every host with exactly one label in place of
 * the asterisk, and not for `https://example.com` itself. What is no pattern lets nobody in.
 */
export function createOriginList(patterns: readonly string[]): OriginList {
  const exact = new Set<string>()
  const parents = new Set<string>()
  for (const pattern of patterns) {
    const read = readPattern(pattern)
    if (!read) continue
    const { scheme, host } = read
    if (host.startsWith(wildcard)) parents.add(`${scheme}//${host.slice(wildcard.length)}`)
    else exact.add(`${scheme}//${host}`)
  }
  const hasHost = ({ protocol, host }: URL) => {
    if (host === '') return false
    if (exact.has(`${protocol}//${host}`)) return true
    const dot = host.indexOf('.')
    return label.test(host.slice(0, Math.max(dot, 0))) && parents.has(`${protocol}//${host.slice(dot + 1)}`)
  }
  const known = createBoundedCache<boolean>(maxRemembered)
  function isListed(origin: string): boolean {
    const url = parse(origin)
    // Browsers send the origin as it is serialised; anything else, `https://example.com#` say, is made up.
    return url !== null && originOf(url) === origin && hasHost(url)
  }
  return {
    hasOrigin(origin) {
      if (origin.length > maxOriginLength) return false
      let listed = known.get(origin)
      if (listed === undefined) known.set(origin, (listed = isListed(origin)))
      return listed
    },
    hasUrl(address) {
      const url = parse(address)
      return url !== null && hasHost(url)
    },
  }
}

/**
 * Throws where the pattern is not an origin, or would let in strangers; the message says what to do. Lists that are there
 * already are not held against it: a suffix that becomes public must not end the intake of a running collector.
 */
export function parsePattern(pattern: string): Pattern {
  const read = readPattern(pattern)
  if (!read) throw new TypeError(`"${pattern}" is not an origin such as https://example.com or https://*.example.com`)
  const suffix = read.host.startsWith(wildcard) && read.host.slice(wildcard.length).replace(/:\d+$/, '')
  if (suffix && isPublicSuffix(suffix))
    throw new TypeError(
      `"${pattern}" would let in strangers: anybody can have a name below ${suffix}; pass your own, such as https://example.${suffix}`,
    )
  return read
}

interface Pattern {
  scheme: string
  host: string
}

function readPattern(pattern: string): Pattern | null {
  const starred = pattern.includes(`://${wildcard}`)
  const url = parse(starred ? pattern.replace(`://${wildcard}`, '://') : pattern)
  const isOrigin = url?.host && !url.username && !url.password && /^[^:]+:\/\/[^/?#\\]+$/.test(pattern)
  if (!isOrigin || url.host.includes('*') || (starred && !isName(url))) return null
  return { scheme: url.protocol, host: starred ? wildcard + url.host : url.host }
}

/** A name of at least two labels: beside an asterisk there can be no address. */
function isName({ hostname }: URL): boolean {
  return hostname.includes('.') && !/^[\d.]+$/.test(hostname)
}

function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
