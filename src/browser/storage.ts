import { CONSTANTS, SESSION_KEY } from '../core/constants'
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

/** Their values are plain text that servers read; all others are JSON. */
const plainKeys: readonly string[] = [CONSTANTS.ANON_ID, CONSTANTS.USER_ID, SESSION_KEY]

/**
 * Ids and session live in cookies, everything else in localStorage; where the browser forbids one, the next place
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

  function placesOf(key: string, options?: StorageOptions): Place[] {
    const named = places[(typeof options === 'string' ? options : options?.storage) ?? '']
    if (named) return [named]
    const all = Object.values(places)
    return plainKeys.includes(key) ? all : [places.localStorage as Place, ...all]
  }

  return {
    getItem(key, options) {
      for (const place of placesOf(key, options)) {
        const value = place.get(key)
        if (value !== undefined && value !== null) return value
      }
      return undefined
    },
    setItem(key, value, options) {
      for (const place of placesOf(key, options)) if (place.set(key, value)) return
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
