import { createMemoryStorage } from '../core/memory-storage'
import type { KeyValueStorage } from '../core/platform'
import { createNodePlatform } from '../node/platform'
import type { CookieStorageOptions } from './browser'
import { createSessionPlugin } from './session-plugin'
import { createToAnalyticsPlugin } from './to-analytics-plugin'

/** In Node: memory of its own for each instance, where `analytics` itself shares one between all. */
export const cookieStorage = (_options?: CookieStorageOptions): KeyValueStorage => createMemoryStorage()

export const sessionPlugin = /* @__PURE__ */ createSessionPlugin(createNodePlatform)

export const toAnalyticsPlugin = /* @__PURE__ */ createToAnalyticsPlugin(() => createNodePlatform())

export type { CookieStorageOptions } from './browser'
export type * from './types'
