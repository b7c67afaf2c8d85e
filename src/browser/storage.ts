import { CONSTANTS, SESSION_KEY } from '../core/constants'
import { createMemoryStorage } from '../core/memory-storage'
import type { KeyValueStorage, StorageOptions } from '../core/platform'
import { createCookieJar } from './cookies'
import { localStorageArea, sessionStorageArea } from './globals'

/** One place; `set` says whether the value is there afterwards. Text only, but for memory. */
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
  const jar = createCookieJar(cookieDomain)
  const memory = createMemoryStorage()
  const places: Record<string, Place> = {
    cookie: {
      get: (key) => (plainKeys.includes(key) ? jar.get(key) : parse(jar.get(key))),
      set: (key, value) => jar.set(key, plainKeys.includes(key) ? `${value}` : JSON.stringify(value)),
      remove: jar.remove,
    },
    localStorage: createAreaPlace(localStorageArea),
    sessionStorage: createAreaPlace(sessionStorageArea),
    global: {
      get: memory.getItem,
      set(key, value) {
        memory.setItem(key, value)
        return true
      },
      remove: memory.removeItem,
    },
  }

  function placesOf(key: string, options?: StorageOptions): Place[] {
    const name = typeof options === 'string' ? options : options?.storage
    const named = places[name ?? '']
    if (named) return [named]
    const { cookie, localStorage, sessionStorage, global } = places as Record<string, Place> & { [name: string]: Place }
    const [first, second] = plainKeys.includes(key) ? [cookie, localStorage] : [localStorage, cookie]
    return [first, second, sessionStorage, global] as Place[]
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

function createAreaPlace(area: () => Storage | null): Place {
  const get = (key: string) => area()?.getItem(key)
  return {
    get: (key) => parse(get(key)),
    set(key, value) {
      const text = JSON.stringify(value)
      try {
        if (get(key) !== text) area()?.setItem(key, text)
      } catch {
        // Full or forbidden: the comparison tells.
      }
      return get(key) === text
    },
    remove: (key) => area()?.removeItem(key),
  }
}

/** What other software wrote may be no JSON: it is then taken as it is. */
function parse(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text as string)
  } catch {
    return text
  }
}
