import Cookies from 'js-cookie'
import { currentLocation } from './globals'

/** Browsers cut longer lifetimes to this. */
const MAX_AGE_DAYS = 400

const PROBE = '__fh_domain'

export interface CookieJar {
  get(name: string): string | undefined
  /** False where the browser did not take it. A value that is there already is not written again. */
  set(name: string, value: string): boolean
  remove(name: string): void
}

/** Cookies for the whole site: widest domain, path `/`, `SameSite=Lax`, `Secure` on https, 400 days. */
export function createCookieJar(givenDomain?: string): CookieJar {
  let domain = givenDomain
  const attributes = () => {
    domain ??= widestDomain()
    const secure = currentLocation().protocol === 'https:'
    return { path: '/', sameSite: 'Lax', secure, ...(domain && { domain }) } as const
  }
  const get = (name: string): string | undefined => {
    try {
      return Cookies.get(name)
    } catch {
      // A sandboxed frame: reading throws, and so would writing.
      return undefined
    }
  }
  const remove = (name: string) => {
    if (get(name) === undefined) return
    Cookies.remove(name, attributes())
    // Without a domain it is another cookie of the same name, and so is, as `analytics` writes it, one of a folder.
    let { pathname: path } = currentLocation()
    for (; path && get(name) !== undefined; path = path.replace(/[^/]*\/?$/, '')) {
      for (const one of [path, path.replace(/(.)\/$/, '$1')]) Cookies.remove(name, { path: one })
    }
  }
  return {
    get,
    set(name, value) {
      const isThere = () => get(name) === value
      const put = () => Cookies.set(name, value, { ...attributes(), expires: MAX_AGE_DAYS })
      try {
        if (isThere()) return true
        put()
        if (isThere()) return true
        // Another of the same name stands before it.
        remove(name)
        put()
      } catch {
        // As above: the comparison tells.
      }
      return isThere()
    },
    remove,
  }
}

/** The registrable domain: browsers refuse cookies for public suffixes, so the shortest that is taken is it. */
function widestDomain(): string {
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
