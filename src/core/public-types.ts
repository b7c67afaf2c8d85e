/** The types that `firsthand` exports, the same for browsers and Node. */
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
} from './analytics'
export type { ConsentState } from './decisions'
export type { DeliveryReport, DeliveryState, FlushResult } from './delivery/delivery'
export type { Event, EventContext, EventSequence, EventSession, EventType, Properties, Traits } from './event'
export type { Detach, Detach as DetachListeners, Listener, ListenerArgument } from './listeners'
export type { AnalyticsConfig, ClientOptions, ConsentSetup, InitialUser, SchemasSetup } from './options'
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
} from './payload'
export type { KeyValueStorage, StorageOptions } from './platform'
export type {
  Hook,
  HookArgument,
  NamedPlugin,
  Plugin,
  Plugin as AnalyticsPlugin,
  PluginOrTransport,
  PluginState,
} from './plugin'
export type {
  DeliveryOverrides,
  Encoded,
  EventOutcome,
  PackedRequest,
  Transport,
  TransportContext,
  TransportLimits,
} from './transport'
export type { TransportRequest, TransportResponse, TransportResult, TransportState } from './transport'
export type {
  InvalidEventError,
  OnInvalid,
  SchemaIssue,
  SchemaResult,
  SchemasOf,
  SchemasOptions,
  StandardSchema,
} from './schemas'
