import type { IpAddress } from '../enrich/ip-address'

/** Ranges that no visitor on the internet has: this machine, its network, a container's bridge, a carrier's NAT. */
const privateV4 = [
  { start: [127], bits: 8 },
  { start: [10], bits: 8 },
  { start: [172, 16], bits: 12 },
  { start: [192, 168], bits: 16 },
  { start: [169, 254], bits: 16 },
  { start: [100, 64], bits: 10 },
]

/**
 * Whom requests of this address are counted for; null where they are not. A private address is that of a proxy
 * or a bridge, behind which everybody would share one limit. IPv6 is counted by its first 64 bits: the rest is one household's to choose.
 */
export function addressGroup(address: IpAddress | null): string | null {
  if (!address || isPrivate(address)) return null
  const { version, parts } = address
  return version === 4 ? parts.join('.') : parts.slice(0, 4).join(':')
}

function isPrivate({ version, parts }: IpAddress): boolean {
  if (version === 4)
    return privateV4.some(({ start, bits }) => number(parts) >>> (32 - bits) === number(start) >>> (32 - bits))
  const [first = 0] = parts
  const isLoopback = parts.every((part, index) => part === (index === 7 ? 1 : 0))
  // fc00::/7 and fe80::/10
  return isLoopback || first >>> 9 === 0x7e || first >>> 6 === 0x3fa
}

function number([a = 0, b = 0, c = 0, d = 0]: readonly number[]): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}
