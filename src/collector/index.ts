export { type Collector, createCollector, type RequestInfo } from './create-collector'
export type { Feed, FeedListener } from './feed'
export type { Log, LogEntry } from './log'
export { type CollectorLimits, type CollectorOptions, collectorDefaults, type ProjectOptions } from './options'
export { describeScript, type ScriptFile } from './script-file'
export type {
  AppendOutcome,
  AppendResult,
  Arrival,
  EventPage,
  EventQuery,
  IdentityEdge,
  KeyKind,
  NewEvent,
  RejectionCount,
  Store,
  StoredEvent,
  StoreStats,
} from './store'
export type { Rejection } from './validate-items'
