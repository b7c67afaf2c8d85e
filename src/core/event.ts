/**
 * The canonical event, version 1: what leaves the client, what the collector stores and what a destination is fed.
 * Its vocabulary is Segment's tracking spec, so that existing SDKs and warehouses understand it.
 * The format is final; docs/event.md describes each field. A change needs a new version.
 */
export const EVENT_VERSION = 1

export type EventType = 'page' | 'track' | 'identify' | 'group' | 'alias' | 'screen'

/** Any JSON object. */
export type Properties = Record<string, unknown>

export type Traits = Record<string, unknown>

/** The visit that an event belongs to. */
export interface EventSession {
  /** Made by the client, opaque. */
  id: string
  /** Counts the visits of this visitor, from 1. */
  number: number
  /** Start of the visit, epoch milliseconds on the client's clock. */
  start: number
}

/** Position of an event among all events of one page instance (or one client in Node), so that a gap is visible. */
export interface EventSequence {
  /** Identifies the page instance. */
  instance: string
  /** Counts from 1 without gaps, aborted calls aside. */
  number: number
}

/** A parameter by which an advertiser knows a click again. */
export interface ClickId {
  /** As it stood in the address. */
  value: string
  /** Epoch milliseconds on the client's clock. */
  firstSeenAt: number
}

/** By the name of the parameter. */
export type ClickIds = Record<string, ClickId>

/** What was true around the event when the call was made. Segment's names where Segment has one. */
export interface EventContext {
  library?: { name: string; version: string }
  page?: { url?: string; path?: string; search?: string; title?: string; referrer?: string }
  /** From `utm_*`, prefix dropped, `campaign` renamed `name`. */
  campaign?: Record<string, string>
  /** By which the visitor came, to this page or in the last 90 days: `{ gclid: { value, firstSeenAt } }`. */
  clickIds?: ClickIds
  locale?: string
  timezone?: string
  userAgent?: string
  /** Low-entropy client hints; Chromium only. */
  userAgentData?: { brands: { brand: string; version: string }[]; mobile: boolean; platform: string }
  screen?: { width: number; height: number }
  viewport?: { width: number; height: number }
  session?: EventSession
  sequence?: EventSequence
  [key: string]: unknown
}

export interface Event {
  version: typeof EVENT_VERSION
  type: EventType
  /** Unique, made when the call is made, at most 100 characters. The store keeps one event per project and messageId. */
  messageId: string
  /** ISO 8601 in UTC with milliseconds: when it happened by the client's clock. */
  timestamp: string
  anonymousId: string | null
  userId: string | null
  /** Name of a tracked event; only `track`. */
  event?: string
  /** Name of the page or screen; only `page` and `screen`. */
  name?: string
  /** `track`, `page`, `screen`. */
  properties?: Properties
  /** `identify`, `group`. */
  traits?: Traits
  /** Only `group`. */
  groupId?: string
  /** The id before this one: `alias`, and `identify` where it replaces another user id. */
  previousId?: string
  context: EventContext
  /** Which destinations may see the event, as in Segment's spec: `{ All: false, Name: true }`. */
  integrations?: Record<string, unknown>
}
