import { getDomain, getPublicSuffix } from 'tldts'

/** Whether, and how, the collector's answer can set a cookie that the page reads. */
export type CookieDomain =
  /** Null: without `Domain`, for this host alone. */
  | { status: 'same-site'; domain: string | null }
  /** Browsers would refuse it, or the page would never see it. */
  | { status: 'none'; reason: 'other-site' | 'other-host' | 'outside-domain' | 'no-host' }

/** The domain below which one owner has everything, as browsers see it; null for addresses, suffixes and single names. */
export function registrableDomain(host: string): string | null {
  // Below github.io, vercel.app and their like every name belongs to somebody else.
  return getDomain(host, { allowPrivateDomains: true })
}

/** Does everybody get names below this one, as below co.uk and github.io? */
export function isPublicSuffix(host: string): boolean {
  return getPublicSuffix(host, { allowPrivateDomains: true }) === host.replace(/\.$/, '')
}

/** Nothing that would be more than a domain in a header. */
const domainText = /^[a-z\d]([a-z\d._-]*[a-z\d])?$/

/** Can all hosts below it share a cookie without sharing it with strangers? */
export function isCookieDomain(domain: unknown): domain is string {
  return typeof domain === 'string' && domainText.test(domain) && registrableDomain(domain) !== null
}

/**
 * The domain on which the SDK of this page has its cookies, where the collector may set them too: the registrable domain of the
 * page, if the collector's host is below it as well. `given` is what the owner says it is, '' for the page's host alone.
 */
export function findCookieDomain(pageHost: string, collectorHost: string, given?: string): CookieDomain {
  // A host with a dot at its end is another one to cookies, and to nobody else.
  if (!pageHost || !collectorHost || pageHost.endsWith('.')) return { status: 'none', reason: 'no-host' }
  if (given) {
    // Not compared with the collector's host: a proxy may have changed that.
    return isBelow(pageHost, given)
      ? { status: 'same-site', domain: given }
      : { status: 'none', reason: 'outside-domain' }
  }
  const domain = given === '' ? null : registrableDomain(pageHost)
  if (domain === null) {
    return pageHost === collectorHost ? { status: 'same-site', domain } : { status: 'none', reason: 'other-host' }
  }
  return domainText.test(domain) && isBelow(collectorHost, domain)
    ? { status: 'same-site', domain }
    : { status: 'none', reason: 'other-site' }
}

function isBelow(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}
