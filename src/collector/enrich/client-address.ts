import { type IpAddress, readAddress } from './ip-address'
import type { ResolvedIpOptions } from './options'

export type ClientAddress = (headers: Pick<Headers, 'get'>, remoteAddress: string | undefined) => IpAddress | null

/**
 * Finds the visitor's address. Each proxy adds to the right of `X-Forwarded-For` whom it was asked by, and anybody can
 * write what stands left of that, so only as many entries count as there are proxies of the owner's. Where there are fewer,
 * the request has not come through them, and the address is not known.
 */
export function createClientAddress({ trustedHops, header }: ResolvedIpOptions): ClientAddress {
  if (header !== undefined) return (headers) => readAddress(headers.get(header))
  if (trustedHops === 0) return (_, remoteAddress) => readAddress(remoteAddress)
  return (headers) => readAddress((headers.get('x-forwarded-for') ?? '').split(',').at(-trustedHops))
}
