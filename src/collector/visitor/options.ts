import { checkKnown, fail } from '../misuse'
import { isCookieDomain } from './cookie-domain'

export interface CookieOptions {
  /**
   * Domain of the cookies, where the SDK's option `cookieDomain` is set: the same. Also where a proxy hides from the collector
   * under which name browsers know it. Without it the domain that the SDK finds by itself: the registrable one.
   */
  domain?: string
}

/** Throws on misuse. */
export function checkCookies(cookies: boolean | CookieOptions): void {
  if (typeof cookies === 'boolean') return
  checkKnown('cookies', cookies, ['domain'])
  const { domain } = cookies
  if (domain !== undefined && domain !== '' && !isCookieDomain(domain)) {
    fail('cookies.domain', "pass a domain of yours, such as example.com, or '' for the page's host alone")
  }
}
