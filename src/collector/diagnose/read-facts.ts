import { hasSignal } from '../enrich/enricher'
import { readAddress } from '../enrich/ip-address'
import type { GeoOptions, ResolvedIpOptions } from '../enrich/options'
import { readPlace } from '../enrich/place'
import { createClientAddress } from '../enrich/client-address'
import { addressGroup } from '../limits/address-group'
import type { RequestInfo } from '../request-info'
import { type CookieDomain, findCookieDomain } from '../visitor/cookie-domain'
import type { CookieOptions } from '../visitor/options'
import { type HostRelation, relateHosts } from './cookie-lifetime'

/** What a browser has tried out, as the page tells. */
export interface Trial {
  /** Under which name the browser knows the collector, with the port. */
  host: string | null
  isHttps: boolean | null
  /** `lost`: a cookie that was set did not come back; `hidden`: it came back, but scripts cannot read it. */
  cookie: 'kept' | 'hidden' | 'lost' | null
  /** Epoch milliseconds of the browser. */
  now: number | null
}

/** All that the findings follow from. No address in it is whole. */
export interface Facts {
  cookies: boolean
  page: { origin: string; host: string; isHttps: boolean; isListed: boolean } | null
  collector: {
    /** As browsers know it, where a browser has told; else as the request says. */
    host: string
    isHttps: boolean
    /** As the request says. */
    seenHost: string
  }
  domain: CookieDomain | null
  relation: HostRelation
  proxy: {
    /** Entries of `X-Forwarded-For`. */
    forwarded: number
    /** Whether the connection comes from a private address, as that of a proxy. */
    isPrivate: boolean
    networks: readonly string[]
    trustedHops: number
    header: string | null
    isClientKnown: boolean
  }
  place: { isAsked: boolean; isKnown: boolean }
  gpc: boolean
  trial: Trial
  /** Browser minus collector. */
  clockSkewMs: number | null
}

export interface FactOptions {
  cookies: boolean | CookieOptions
  ip: ResolvedIpOptions
  geo?: GeoOptions
  isListed(origin: string): Promise<boolean>
}

/** Content networks and hosts, by a header that they add. */
const networks: readonly [header: string, name: string][] = [
  ['cf-ray', 'Cloudflare'],
  ['x-amz-cf-id', 'CloudFront'],
  ['fastly-ff', 'Fastly'],
  ['x-vercel-id', 'Vercel'],
  ['x-nf-request-id', 'Netlify'],
  ['fly-request-id', 'Fly.io'],
  ['x-azure-ref', 'Azure Front Door'],
  ['akamai-origin-hop', 'Akamai'],
  ['via', 'a proxy that names itself in Via'],
]

export async function readFacts(
  request: Request,
  info: RequestInfo,
  pageOrigin: URL | null,
  trial: Trial,
  options: FactOptions,
): Promise<Facts> {
  const { headers } = request
  const seen = new URL(request.url)
  const host = hostOf(trial.host) ?? seen.hostname
  const [pageDns = null, collectorDns = null] = await Promise.all(
    [pageOrigin?.hostname, host].map((name) => (name === undefined ? null : resolve(name, info))),
  )
  const page = pageOrigin && {
    origin: pageOrigin.origin,
    host: pageOrigin.hostname,
    isHttps: pageOrigin.protocol === 'https:',
    isListed: await options.isListed(pageOrigin.origin),
  }
  const given = typeof options.cookies === 'object' ? options.cookies.domain : undefined
  const place = readPlace(headers, options.geo ?? {})
  const forwarded = (headers.get('x-forwarded-for') ?? '').split(',').filter((entry) => entry.trim() !== '').length
  const remote = readAddress(info.remoteAddress)
  return {
    cookies: options.cookies !== false,
    page,
    collector: { host, seenHost: seen.hostname, isHttps: trial.isHttps ?? isHttps(request) },
    // What answers will have, so by the host that the collector sees.
    domain: page && findCookieDomain(page.host, seen.hostname, given),
    relation: page
      ? relateHosts({ host: page.host, dns: pageDns }, { host, dns: collectorDns })
      : { status: 'unknown' },
    proxy: {
      forwarded,
      isPrivate: remote !== null && addressGroup(remote) === null,
      networks: networks.flatMap(([header, name]) => (headers.has(header) ? name : [])),
      trustedHops: options.ip.trustedHops,
      header: options.ip.header ?? null,
      isClientKnown: createClientAddress(options.ip)(headers, info.remoteAddress) !== null,
    },
    place: {
      isAsked: Object.values(options.geo ?? {}).some(Boolean),
      isKnown: place.country !== null || place.region !== null,
    },
    gpc: hasSignal(headers),
    trial,
    clockSkewMs: trial.now === null ? null : trial.now - Date.now(),
  }
}

function hostOf(host: string | null): string | null {
  const url = `http://${host ?? ''}/`
  return host !== null && /^[\w.:[\]-]+$/.test(host) && URL.canParse(url) ? new URL(url).hostname : null
}

/** Addresses and names of this machine stand for themselves. */
function resolve(host: string, { resolveHost }: RequestInfo) {
  if (!resolveHost || !host.includes('.') || host.startsWith('[') || readAddress(host)) return null
  return resolveHost(host)
}

function isHttps(request: Request): boolean {
  const forwarded = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim()
  return (forwarded ?? new URL(request.url).protocol).startsWith('https')
}
