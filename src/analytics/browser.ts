import { nanoid } from 'nanoid'
import { query } from '../browser/page-info'
import { createBrowserPlatform } from '../browser/platform'
import { createBrowserStorage } from '../browser/storage'
import { CONSTANTS } from '../core/constants'
import type { KeyValueStorage } from '../core/platform'
import { createSessionPlugin } from './session-plugin'
import { createToAnalyticsPlugin } from './to-analytics-plugin'

export interface CookieStorageOptions {
  /** Domain of the cookies; `''` is this host alone. The widest that the browser accepts where it is not given. */
  cookieDomain?: string
}

const ids: readonly string[] = [CONSTANTS.ANON_ID, CONSTANTS.USER_ID]

/**
 * A `storage` for `analytics`: ids in cookies of the whole site that last 400 days, the rest in localStorage, memory
 * where both are forbidden. Ids that `analytics` has left in localStorage are taken along.
 */
export function cookieStorage({ cookieDomain }: CookieStorageOptions = {}): KeyValueStorage {
  const storage = createBrowserStorage(cookieDomain)
  return {
    ...storage,
    getItem(key, options) {
      const value = storage.getItem(key, options)
      if (value != null && options === undefined && ids.includes(key)) storage.setItem(key, value)
      return value
    },
  }
}

export const sessionPlugin = /* @__PURE__ */ createSessionPlugin(({ cookieDomain }) => ({
  storage: createBrowserStorage(cookieDomain),
  now: Date.now,
  id: () => nanoid(),
  query,
}))

export const toAnalyticsPlugin = /* @__PURE__ */ createToAnalyticsPlugin(createBrowserPlatform)

export type * from './types'
