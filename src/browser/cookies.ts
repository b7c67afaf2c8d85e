import Cookies from 'js-cookie'
import { currentLocation } from './globals'
import type { Area } from './storage'

/** Browsers cut longer lifetimes to this. */
const MAX_AGE_DAYS = 400

const PROBE = '__fh_domain'

/**
 * Cookies for the whole site: widest domain, path `/` (the default of js-cookie), `SameSite=Lax`, `Secure` on https,
 * 400 days. In a sandboxed frame all of it throws.
 */
export const createCookieJar = (givenDomain?: string): Area => {
  let domain = givenDomain
  const attributes = () => {
    domain ??= widestDomain()
    return { sameSite: 'Lax', secure: currentLocation().protocol === 'https:', domain } as const
  }
  const removeItem = (name: string) => {
    if (Cookies.get(name) === undefined) return
    Cookies.remove(name, attributes())
    // Without a domain it is another cookie of the same name, and so is, as `analytics` writes it, one of a folder.
    let { pathname: path } = currentLocation()
    for (; path && Cookies.get(name) !== undefined; path = path.replace(/\/$|[^/]+$/, ''))
      Cookies.remove(name, { path })
  }
  return {
    getItem: (name) => Cookies.get(name),
    setItem(name, value) {
      const put = () => Cookies.set(name, value, { ...attributes(), expires: MAX_AGE_DAYS })
      put()
      // Another of the same name stands before it.
      if (Cookies.get(name) !== value) {
        removeItem(name)
        put()
      }
    },
    removeItem,
  }
}

/** The registrable domain: browsers refuse cookies for public suffixes, so the shortest that is taken is it. */
const widestDomain = (): string => {
  const { hostname } = currentLocation()
  const labels = hostname.split('.')
  // An address has no parent domain.
  if (/^[\d.]+$|:/.test(hostname)) return ''
  for (let count = 2; count <= labels.length; count++) {
    const domain = labels.slice(-count).join('.')
    const mark = `${Math.random()}`
    Cookies.set(PROBE, mark, { domain, sameSite: 'Lax' })
    const isTaken = Cookies.get(PROBE) === mark
    Cookies.remove(PROBE, { domain })
    if (isTaken) return domain
  }
  return ''
}
