import { CLICKS_KEY, CONSENT_KEY, CONSTANTS, FIRST_KEY, SEGMENT, SESSION_KEY } from '../core/constants'
import { createMemoryStorage } from '../core/memory-storage'
import type { KeyValueStorage, StorageOptions } from '../core/platform'
import { createCookieJar } from './cookies'
import { localStorageArea, sessionStorageArea } from './globals'

/** Where text can be kept. */
interface Area {
  getItem(key: string): unknown
  setItem(key: string, text: string): unknown
  removeItem(key: string): void
}

/** One place; `set` says whether the value is there afterwards. */
interface Place {
  get(key: string): unknown
  set(key: string, value: unknown): boolean
  remove(key: string): void
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
export function createBrowserStorage(cookieDomain?: string): KeyValueStorage {
  const { get, set, remove } = createCookieJar(cookieDomain)
  const memory = createMemoryStorage()
  const places: Record<string, Place> = {
    cookie: createPlace(() => ({ getItem: get, setItem: set, removeItem: remove }), plainKeys),
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
        const value = place.get(key) ?? undefined
        // Where one of them is a cookie, another that is none is not known: what `analytics` once left in localStorage
        // may be somebody who has logged out on another subdomain.
        const isLast = place === places.cookie && identityKeys.includes(key) && identityKeys.some(get)
        if (value !== undefined || isLast) return value
      }
      return undefined
    },
    setItem(key, value, options) {
      let isKept = false
      for (const place of placesOf(key, options)) {
        // A copy that `analytics` reads, or that would come to light when the cookie is gone, stays true.
        if (!isKept || place.get(key) != null) isKept = place.set(key, value) || isKept
      }
    },
    removeItem(key, options) {
      for (const place of placesOf(key, options)) place.remove(key)
    },
  }
}

function createPlace(area: () => Area | null, plain: readonly string[] = []): Place {
  const read = (key: string) => area()?.getItem(key)
  return {
    get: (key) => (plain.includes(key) ? read(key) : parse(read(key))),
    set(key, value) {
      const text = plain.includes(key) ? `${value}` : JSON.stringify(value)
      try {
        if (read(key) !== text) area()?.setItem(key, text)
      } catch {
        // Full or forbidden: the comparison tells.
      }
      return read(key) === text
    },
    remove: (key) => area()?.removeItem(key),
  }
}

/** What other software wrote may be no JSON: it is then taken as it is. */
function parse(text: unknown): unknown {
  try {
    return JSON.parse(text as string)
  } catch {
    return text
  }
}
