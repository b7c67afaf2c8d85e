import { type IpAddress, readAddress } from './ip-address'
import { createBoundedCache } from './bounded-cache'
import type { ResolvedIpOptions } from './options'

export type ClientAddress = (headers: Pick<Headers, 'get'>, remoteAddress: string | undefined) => IpAddress | null

/**
 * Finds the visitor's address. Each proxy adds to the right of `X-Forwarded-For` whom it was asked by, and anybody can
 * write what stands left of that, so only as many entries count as there are proxies of the owner's. Where there are fewer,
 * the request has not come through them, and the address is not known.
 */
export function createClientAddress({ trustedHops, header }: ResolvedIpOptions): ClientAddress {
  const read = createAddressReader()
  if (header !== undefined) return (headers) => read(headers.get(header))
  if (trustedHops === 0) return (_, remoteAddress) => read(remoteAddress)
  return (headers) => read((headers.get('x-forwarded-for') ?? '').split(',').at(-trustedHops))
}

/** Visitors send several requests, and proxies all of them. */
const maxRemembered = 2_000
/** Longer texts are no addresses, and not worth remembering. */
const maxLength = 100

function createAddressReader(): (text: string | null | undefined) => IpAddress | null {
  const known = createBoundedCache<{ address: IpAddress | null }>(maxRemembered)
  return (text) => {
    if (!text || text.length > maxLength) return null
    let found = known.get(text)
    if (!found) known.set(text, (found = { address: readAddress(text) }))
    return found.address
  }
}
