import { CLICKS_KEY, CONSENT_KEY, CONSTANTS, FIRST_KEY, SEGMENT, SESSION_KEY } from '../core/constants'
import { createMemoryStorage } from '../core/memory-storage'
import type { KeyValueStorage, StorageOptions } from '../core/platform'
import { createCookieJar } from './cookies'
import { attempt, localStorageArea, sessionStorageArea } from './globals'

/** Where text can be kept. All of it may throw where the browser forbids it. */
export interface Area {
  getItem(key: string): unknown
  setItem(key: string, text: string): unknown
  removeItem(key: string): void
}

/** The same for values, and never throws; `setItem` says whether the value is there afterwards. */
interface Place {
  getItem(key: string): unknown
  setItem(key: string, value: unknown): boolean
  removeItem(key: string): void
}

/** Who the visitor is, as plain text that servers read. */
const identityKeys: readonly string[] = [CONSTANTS.ANON_ID, CONSTANTS.USER_ID, SESSION_KEY]

/** Cookies without JSON. */
const plainKeys: readonly string[] = [...identityKeys, CONSENT_KEY, SEGMENT.userId, SEGMENT.anonymousId]

const cookieKeys: readonly string[] = [...plainKeys, FIRST_KEY, CLICKS_KEY]

/**
 * Ids, session, first visit and click ids live in cookies, everything else in localStorage; where the browser forbids one, the next place
 * stands in: cookie, localStorage, sessionStorage, memory. `{ storage: 'cookie' }` names a place, as in `analytics`.
 */
export const createBrowserStorage = (cookieDomain?: string): KeyValueStorage => {
  const jar = createCookieJar(cookieDomain)
  const memory = createMemoryStorage()
  const cookie = createPlace(() => jar, plainKeys)
  const places: Record<string, Place> = {
    cookie,
    localStorage: createPlace(localStorageArea),
    sessionStorage: createPlace(sessionStorageArea),
    global: createPlace(() => memory),
  }

  function placesOf(key: string, options?: StorageOptions): Iterable<Place> {
    const named = places[(typeof options === 'string' ? options : options?.storage) ?? '']
    if (named) return [named]
    const all = Object.values(places)
    return cookieKeys.includes(key) ? all : new Set([places.localStorage as Place, ...all])
  }

  return {
    getItem(key, options) {
      for (const place of placesOf(key, options)) {
        const value = place.getItem(key) ?? undefined
        // Where one of them is a cookie, another that is none is not known: what `analytics` once left in localStorage
        // may be somebody who has logged out on another subdomain.
        const isLast = place === cookie && identityKeys.includes(key) && identityKeys.some(cookie.getItem)
        if (value !== undefined || isLast) return value
      }
      return undefined
    },
    setItem(key, value, options) {
      let isKept = false
      for (const place of placesOf(key, options)) {
        // A copy that `analytics` reads, or that would come to light when the cookie is gone, stays true.
        if (!isKept || place.getItem(key) != null) isKept = place.setItem(key, value) || isKept
      }
    },
    removeItem(key, options) {
      for (const place of placesOf(key, options)) place.removeItem(key)
    },
  }
}

const createPlace = (area: () => Area | null, plain: readonly string[] = []): Place => {
  const read = (key: string) => attempt(() => area()?.getItem(key))
  return {
    getItem: (key) => (plain.includes(key) ? read(key) : parse(read(key))),
    setItem(key, value) {
      const text = plain.includes(key) ? `${value}` : JSON.stringify(value)
      const isThere = () => read(key) === text
      return isThere() || (attempt(() => area()?.setItem(key, text)), isThere())
    },
    removeItem: (key) => void attempt(() => area()?.removeItem(key)),
  }
}

/** What is no JSON was written by other software: it is taken as it is. */
const parse = (text: unknown): unknown => {
  try {
    return JSON.parse(text as string)
  } catch {
    return text
  }
}
