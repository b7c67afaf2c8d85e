import type { Cookie } from './visitor-cookies'

/** 400 days, the longest that browsers keep. */
const maxAgeS = 400 * 24 * 60 * 60

export interface CookiePlace {
  /** Null: this host alone. */
  domain: string | null
  secure: boolean
}

/** The cookie as it came, with the attributes that the SDK gives it; readable for scripts, because the SDK reads it. */
export function toSetCookie({ name, raw }: Pick<Cookie, 'name' | 'raw'>, place: CookiePlace, ageS = maxAgeS): string {
  const domain = place.domain === null ? '' : `; Domain=${place.domain}`
  return `${name}=${raw}; Max-Age=${ageS}; Path=/${domain}${place.secure ? '; Secure' : ''}; SameSite=Lax`
}
