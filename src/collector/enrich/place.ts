import type { GeoOptions } from './options'
import type { ClientInfo } from '../store'

export type Place = Pick<ClientInfo, 'country' | 'region'>

/** What content networks write for addresses that belong to no country: unknown, Tor, satellites, proxies. */
const noCountries = ['XX', 'T1', 'ZZ', 'A1', 'A2', 'O1', 'AP', 'EU']

/** The place that a proxy of the owner's has found; whatever has not the form of one is none. */
export function readPlace(headers: Pick<Headers, 'get'>, { countryHeader, regionHeader }: GeoOptions): Place {
  const country = countryHeader ? headers.get(countryHeader)?.trim().toUpperCase() : undefined
  const region = regionHeader ? decode(headers.get(regionHeader) ?? '').trim() : ''
  return {
    country: country && /^[A-Z]{2}$/.test(country) && !noCountries.includes(country) ? country : null,
    region: /^[\p{L}\p{M}\p{N} .,'’()/-]{1,100}$/u.test(region) ? region : null,
  }
}

/** Some write names in percent-encoding, others as UTF-8, of which a header shows the bytes. */
function decode(value: string): string {
  try {
    if (value.includes('%')) return decodeURIComponent(value)
    // oxlint-disable-next-line no-control-regex
    if (/^[\x20-\x7e]*$/.test(value)) return value
    return new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(value, (character) => character.charCodeAt(0)),
    )
  } catch {
    return ''
  }
}
