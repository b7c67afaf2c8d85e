import type { Analytics as AnalyticsInstance, CreateAnalytics } from '../core/analytics'
import { createClient } from '../core/client'
import { CONSTANTS } from '../core/constants'
import { EVENTS } from '../core/event-names'
import type { ClientOptions } from '../core/options'
import { createBrowserPlatform } from './platform'

/** A client for the visitor of this page. Throws on misuse, naming the option. */
export const Analytics = ((config: ClientOptions = {}) =>
  // The map of events exists for the compiler alone.
  createClient(config, createBrowserPlatform(config ?? {}))) as CreateAnalytics

export { Analytics as init, CONSTANTS, EVENTS }
export default Analytics
export type { AnalyticsInstance }
export type * from '../core/public-types'
