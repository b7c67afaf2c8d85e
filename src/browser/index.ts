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
export type {
  AnyEvents,
  Callback,
  CallResult,
  ConsentCalls,
  ConsentingAnalytics,
  CreateAnalytics,
  EventMap,
  PluginManagement,
  PluginMethods,
  TrackArguments,
} from '../core/analytics'
export type { ConsentState } from '../core/decisions'
export type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
export type { Event, EventContext, EventSequence, EventSession, EventType, Properties, Traits } from '../core/event'
export type { Detach, Detach as DetachListeners, Listener, ListenerArgument } from '../core/listeners'
export type { AnalyticsConfig, ClientOptions, ConsentSetup, InitialUser } from '../core/options'
export type {
  AliasPayload,
  CallOptions,
  CallPayloads,
  CallPhase,
  GroupPayload,
  IdentifyPayload,
  PageData,
  PagePayload,
  Payload,
  PayloadMeta,
  PayloadOf,
  ScreenPayload,
  TrackPayload,
} from '../core/payload'
export type { KeyValueStorage, StorageOptions } from '../core/platform'
export type {
  Hook,
  HookArgument,
  NamedPlugin,
  Plugin,
  Plugin as AnalyticsPlugin,
  PluginOrTransport,
  PluginState,
} from '../core/plugin'
export type {
  DeliveryOverrides,
  Encoded,
  EventOutcome,
  Transport,
  TransportContext,
  TransportLimits,
} from '../core/transport'
export type { TransportRequest, TransportResponse, TransportResult, TransportState } from '../core/transport'
export type {
  InvalidEventError,
  OnInvalid,
  SchemaIssue,
  SchemaResult,
  SchemasOf,
  StandardSchema,
} from '../core/validation'
