import { checkKnown, fail } from '../misuse'

const policies = ['anonymize', 'drop', 'keep'] as const

/** What becomes of a visitor's address: shortened, not kept, or kept as it is. */
export type IpPolicy = (typeof policies)[number]

export interface IpOptions {
  /**
   * What is stored of a visitor's address: `anonymize` shortens IPv4 to /24 and IPv6 to /48, `drop` stores nothing, `keep` all
   * of it. The same is done with `context.ip` of events.
   * @default 'anonymize'
   */
  policy?: IpPolicy
  /**
   * How many proxies of yours stand before the collector, such as 1 for a load balancer; the visitor is whom the outermost
   * names in `X-Forwarded-For`. With 0 whoever has opened the connection is the visitor.
   * @default 0
   */
  trustedHops?: number
  /** In place of `trustedHops`: the header in which your proxy names the visitor, such as `cf-connecting-ip`. */
  header?: string
}

/** Names of headers in which a proxy of yours says where the visitor is. */
export interface GeoOptions {
  /** Has two letters, as `cf-ipcountry` and `cloudfront-viewer-country`. */
  countryHeader?: string
  /** Has a code or a name, as `cloudfront-viewer-country-region`. */
  regionHeader?: string
}

export const ipDefaults = { policy: 'anonymize', trustedHops: 0 } satisfies IpOptions

export type ResolvedIpOptions = IpOptions & Required<Pick<IpOptions, 'policy' | 'trustedHops'>>

const maxHops = 10

/** Applies defaults; throws on misuse. */
export function resolveIp(given: IpPolicy | IpOptions = {}): ResolvedIpOptions {
  const options = typeof given === 'string' ? { policy: given } : given
  checkKnown('ip', options, ['policy', 'trustedHops', 'header'])
  const { policy = ipDefaults.policy, trustedHops = ipDefaults.trustedHops, header } = options
  if (!policies.includes(policy)) fail('ip.policy', `pass ${policies.join(', ')}`)
  if (!Number.isSafeInteger(trustedHops) || trustedHops < 0 || trustedHops > maxHops) {
    fail('ip.trustedHops', `pass how many proxies of yours there are, 0 to ${maxHops}`)
  }
  if (header === undefined) return { policy, trustedHops }
  if (trustedHops > 0) fail('ip.header', 'pass either a header or trustedHops')
  checkHeader('ip.header', header)
  return { policy, trustedHops, header }
}

/** Throws on misuse. */
export function checkGeo(geo: GeoOptions = {}): void {
  checkKnown('geo', geo, ['countryHeader', 'regionHeader'])
  for (const [name, value] of Object.entries(geo)) if (value !== undefined) checkHeader(`geo.${name}`, value)
}

function checkHeader(at: string, value: unknown): void {
  if (typeof value !== 'string' || !/^[\w-]{1,100}$/.test(value)) fail(at, 'pass the name of a header')
}
