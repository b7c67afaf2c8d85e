import type { Analytics as AnalyticsInstance, CreateAnalytics } from '../core/analytics'
import { createClient } from '../core/client'
import { CONSTANTS } from '../core/constants'
import { EVENTS } from '../core/event-names'
import type { ClientOptions } from '../core/options'
import { createNodePlatform } from './platform'

/**
 * A client for one visitor, kept in memory; clients know nothing of each other. For a server with many users use `firsthand/node`.
 * Throws on misuse, naming the option.
 */
export const Analytics = ((config: ClientOptions = {}) =>
  // The map of events exists for the compiler alone.
  createClient(config, createNodePlatform())) as CreateAnalytics

export { Analytics as init, CONSTANTS, EVENTS }
export default Analytics
export type { AnalyticsInstance }
export type * from '../core/public-types'
