import type { Analytics as AnalyticsInstance, AnyEvents, EventMap } from '../core/analytics'
import { createClient } from '../core/client'
import { CONSTANTS } from '../core/constants'
import { EVENTS } from '../core/event-names'
import type { ClientOptions } from '../core/options'
import { createBrowserPlatform } from './platform'

/** A client for the visitor of this page. Throws on misuse, naming the option. */
export const Analytics = <Events extends EventMap<Events> = AnyEvents>(
  config: ClientOptions & Record<string, unknown> = {},
): AnalyticsInstance<Events> =>
  // The map of events exists for the compiler alone.
  createClient(config, createBrowserPlatform(config)) as unknown as AnalyticsInstance<Events>

export { Analytics as init, CONSTANTS, EVENTS }
export default Analytics
export type { AnalyticsInstance }
export type {
  AnyEvents,
  Callback,
  CallResult,
  EventMap,
  PluginManagement,
  PluginMethods,
  TrackArguments,
} from '../core/analytics'
export type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
export type { Event, EventContext, EventSequence, EventSession, EventType, Properties, Traits } from '../core/event'
export type { Detach, Listener, ListenerArgument } from '../core/listeners'
export type { ClientOptions, InitialUser } from '../core/options'
export type { CallOptions, Payload, PayloadMeta } from '../core/payload'
export type { KeyValueStorage, StorageOptions } from '../core/platform'
export type { Hook, HookArgument, Plugin, PluginOrTransport, PluginState } from '../core/plugin'
export type {
  DeliveryOverrides,
  Encoded,
  EventOutcome,
  Transport,
  TransportContext,
  TransportLimits,
} from '../core/transport'
export type { TransportRequest, TransportResponse, TransportResult, TransportState } from '../core/transport'
