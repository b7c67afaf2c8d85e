/** Origins that a project accepts. */
export interface OriginList {
  /** Does this `Origin` header, or the origin of this address, stand on the list? */
  includes(originOrUrl: string): boolean
}

const wildcard = '*.'

/**
 * Compares scheme, host and port. `https://*.example.com` stands for every host with exactly one label in place of
 * the asterisk, and not for `https://example.com` itself.
 */
export function createOriginList(patterns: readonly string[]): OriginList {
  const exact = new Set<string>()
  const parents = new Set<string>()
  for (const pattern of patterns) {
    const { scheme, host } = parsePattern(pattern)
    if (host.startsWith(wildcard)) parents.add(`${scheme}//${host.slice(wildcard.length)}`)
    else exact.add(`${scheme}//${host}`)
  }
  return {
    includes(originOrUrl) {
      const url = parse(originOrUrl)
      if (!url?.host) return false
      if (exact.has(`${url.protocol}//${url.host}`)) return true
      const dot = url.host.indexOf('.')
      return dot > 0 && parents.has(`${url.protocol}//${url.host.slice(dot + 1)}`)
    },
  }
}

/** Throws where the pattern is not an origin; the message says what one looks like. */
export function parsePattern(pattern: string): { scheme: string; host: string } {
  const starred = pattern.includes(`://${wildcard}`)
  const url = parse(starred ? pattern.replace(`://${wildcard}`, '://') : pattern)
  const isOrigin = url?.host && !url.username && !url.password && /^[^:]+:\/\/[^/?#\\]+$/.test(pattern)
  if (!isOrigin || url.host.includes('*') || (starred && !url.host.includes('.'))) {
    throw new TypeError(`"${pattern}" is not an origin such as https://example.com or https://*.example.com`)
  }
  return { scheme: url.protocol, host: starred ? wildcard + url.host : url.host }
}

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
