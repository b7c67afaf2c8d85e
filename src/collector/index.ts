export { type Collector, createCollector } from './create-collector'
export type { GeoOptions, IpOptions, IpPolicy } from './enrich/options'
export type { Feed, FeedListener } from './feed'
export type { IdentityTrust } from './identity-trust'
export type { Log, LogEntry, LogLevel } from './log'
export type { Labels, MetricFamily, MetricType, Sample } from './metrics/prometheus'
export { type CollectorLimits, type CollectorOptions, collectorDefaults, type ProjectOptions } from './options'
export type { HostAddresses, RequestInfo } from './request-info'
export { describeScript, type ScriptFile } from './script-file'
export type { CookieOptions } from './visitor/options'
export type {
  AppendOutcome,
  AppendResult,
  Arrival,
  ArrivalRequest,
  ClientInfo,
  EventPage,
  EventQuery,
  IdentityConflict,
  IdentityEdge,
  IdentityOptions,
  KeyKind,
  NewEvent,
  Person,
  RejectionCount,
  SqlOptions,
  SqlOutcome,
  SqlResult,
  Store,
  StoredEvent,
  StoredKey,
  StoredProject,
  StoreStats,
  UsageQuery,
  UsageRow,
} from './store'
export type { Rejection } from './validate-items'
