/** An address of the internet, as numbers: 4 bytes, or 8 groups of 16 bits. */
export type IpAddress = { version: 4; parts: readonly number[] } | { version: 6; parts: readonly number[] }

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** The longest that can be one: IPv6 with IPv4 inside, brackets, zone and port. */
const maxLength = 100

/**
 * Reads an address as proxies and sockets write it: with a port, in brackets or quotes, with a zone. IPv4 that is mapped into
 * IPv6 is IPv4. Null for whatever else stands there.
 */
export function readAddress(text: unknown): IpAddress | null {
  if (typeof text !== 'string' || text.length > maxLength) return null
  const bare = text.trim().replace(/^"(.*)"$/, '$1')
  const host = /^\[(.*)\](?::\d{1,5})?$/.exec(bare)?.[1] ?? bare.replace(/^([\d.]+):\d{1,5}$/, '$1')
  if (ipv4.test(host)) return { version: 4, parts: host.split('.').map(Number) }
  return readIpv6(host.replace(/%[\w.~-]*$/, ''))
}

function readIpv6(text: string): IpAddress | null {
  const url = `http://[${text}]/`
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(url)) return null
  // The platform's own parser has checked it and written it in its shortest form, without dots.
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::')
  const left = toGroups(head)
  const right = toGroups(tail ?? '')
  const zeros = Array<number>(8 - left.length - right.length).fill(0)
  const parts = [...left, ...zeros, ...right]
  const isMapped = parts.slice(0, 5).every((part) => part === 0) && parts[5] === 0xffff
  return isMapped ? { version: 4, parts: parts.slice(6).flatMap(toBytes) } : { version: 6, parts }
}

function toGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function toBytes(group: number): [number, number] {
  return [group >> 8, group & 0xff]
}

/** 6to4: the groups behind this one are an IPv4 address. */
const sixToFour = 0x2002

/** Without what tells one household from another: the last byte of IPv4, the last 80 bits of IPv6. */
export function shortenAddress({ version, parts }: IpAddress): IpAddress {
  if (version === 4) return { version, parts: [...parts.slice(0, 3), 0] }
  const kept = parts.slice(0, 3)
  if (kept[0] === sixToFour) kept[2] = (kept[2] as number) & 0xff00
  return { version, parts: [...kept, 0, 0, 0, 0, 0] }
}

/** The usual way to write it; IPv6 in its shortest form. */
export function formatAddress({ version, parts }: IpAddress): string {
  if (version === 4) return parts.join('.')
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]/`).hostname.slice(1, -1)
}
