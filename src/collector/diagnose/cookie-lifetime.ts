import { readAddress } from '../enrich/ip-address'
import type { HostAddresses } from '../request-info'
import { registrableDomain } from '../visitor/cookie-domain'

/** How WebKit sees the collector's host beside the page's. */
export type HostRelation =
  | { status: 'same-host' }
  /** `by`: both are behind one name, or their addresses begin alike. */
  | { status: 'near'; by: 'alias' | 'address' }
  | { status: 'far'; by: 'alias'; alias: string }
  | { status: 'far'; by: 'address' }
  | { status: 'unknown' }

/** What WebKit compares: 16 bits of IPv4, 64 of IPv6. */
const comparedParts = { 4: 2, 6: 4 }

/**
 * Does WebKit take this host for the owner's own? One that stands for a name of somebody else, or whose address is far from that
 * of the page, counts as a disguise, and its cookies are cut to 7 days.
 */
export function relateHosts(
  page: { host: string; dns: HostAddresses | null },
  collector: { host: string; dns: HostAddresses | null },
): HostRelation {
  if (page.host === collector.host) return { status: 'same-host' }
  if (!page.dns || !collector.dns) return { status: 'unknown' }
  const alias = collector.dns.aliases.at(-1)
  if (alias !== undefined) return relateAlias(alias, page.host, page.dns)
  const nearness = ([4, 6] as const).flatMap((version) => {
    const [here, there] = [page.dns, collector.dns].map((dns) => prefixes(dns, version)) as [Set<string>, Set<string>]
    return here.size > 0 && there.size > 0 ? [[...there].every((prefix) => here.has(prefix))] : []
  })
  if (nearness.length === 0) return { status: 'unknown' }
  return nearness.every(Boolean) ? { status: 'near', by: 'address' } : { status: 'far', by: 'address' }
}

function relateAlias(alias: string, pageHost: string, dns: HostAddresses): HostRelation {
  const owner = registrableDomain(alias)
  const own = [pageHost, ...dns.aliases].map(registrableDomain)
  return owner !== null && own.includes(owner) ? { status: 'near', by: 'alias' } : { status: 'far', by: 'alias', alias }
}

function prefixes(dns: HostAddresses | null, version: 4 | 6): Set<string> {
  const read = (dns?.addresses ?? []).flatMap((text) => readAddress(text) ?? [])
  return new Set(
    read.flatMap((address) =>
      address.version === version ? address.parts.slice(0, comparedParts[version]).join('.') : [],
    ),
  )
}
