import type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
import type { QueueLimits } from '../core/delivery/limits'
import type { Event } from '../core/event'
import type { Transport } from '../core/transport'
import type { OnFull } from './queue'
import type { ImportItem, ImportOptions, ImportResult } from './import-events'
import type { RequestLike } from './request-info'
import type { RequestOptions, RequestScope } from './request-scope'
import type { AliasCall, CallExtras, GroupCall, IdentifyCall, PageCall, TrackCall, UserId } from './server-call'

export interface ServerOptions {
  /** Transports, each with a name of its own. At least one. */
  plugins: readonly Transport[]
  /** Where events wait. Default: in memory, 100,000 events, 64,000,000 bytes, no age, `drop-oldest`. */
  queue?: Partial<QueueLimits> & QueuePlace
  /** Flushes before a process ends by itself. @default true */
  flushOnExit?: boolean
  /**
   * Flushes at SIGTERM and SIGINT; the signal then ends the process, unless the program listens for it as well.
   * @default false
   */
  handleSignals?: boolean
  /** How long the end of the process waits for these flushes. @default 5000 */
  exitTimeoutMs?: number
  /** Keeps an edge runtime alive until what was accepted is sent: `(promise) => context.waitUntil(promise)`. */
  waitUntil?: (promise: Promise<unknown>) => void
  /** How many proxies in front of this server are trusted, for `request`; `true` is one. @default false */
  trustProxy?: boolean | number
  /** Domain of the cookies of `request`. @default '': this host alone */
  cookieDomain?: string
  /** A visit ends after this long without an event, for `request`. @default 1800000 (30 minutes) */
  sessionTimeoutMs?: number
}

export const serverDefaults = {
  queue: { onFull: 'drop-oldest', dir: undefined },
  flushOnExit: true,
  handleSignals: false,
  exitTimeoutMs: 5000,
  trustProxy: false,
  cookieDomain: '',
  sessionTimeoutMs: 30 * 60_000,
} satisfies Partial<ServerOptions>

export interface QueuePlace {
  /**
   * What a call does while the queue is full. `drop-oldest`: the oldest event that is not on its way goes, counted as
   * `queue-full`. `block`: its promise waits for room. `error`: it rejects. @default 'drop-oldest'
   */
  onFull?: OnFull
  /** Folder for events that survive the process; several processes may share it. @default undefined: in memory */
  dir?: string
}

/** Something that the owner should know: an event that was lost, a call that names no user, a wrong key. */
export interface ServerError {
  message: string
  transport?: string
  event?: Event
}

export interface ServerListeners {
  /** The outcome of each event at each try. */
  delivery: DeliveryReport
  error: ServerError
}

/**
 * Resolves once the queue has the event, with `queue.dir` once it is on disk; `flush` tells what became of it.
 * Rejects where the call is wrong or the event is not taken.
 */
export type Accepted = Promise<{ event: Event }>

export interface ServerAnalytics {
  track(call: TrackCall): Accepted
  track(event: string, properties: Record<string, unknown> | undefined, user: CallExtras & UserId): Accepted
  page(call: PageCall): Accepted
  page(name: string | undefined, properties: Record<string, unknown> | undefined, user: CallExtras & UserId): Accepted
  screen(call: PageCall): Accepted
  screen(name: string | undefined, properties: Record<string, unknown> | undefined, user: CallExtras & UserId): Accepted
  identify(call: IdentifyCall): Accepted
  identify(userId: string | number, traits?: Record<string, unknown>, extras?: CallExtras & UserId): Accepted
  group(call: GroupCall): Accepted
  group(groupId: string | number, traits: Record<string, unknown> | undefined, user: CallExtras & UserId): Accepted
  alias(call: AliasCall): Accepted
  alias(userId: string | number, previousId: string | number, extras?: CallExtras): Accepted
  /** The calls of one request: ids and visit from its cookies, the user from the caller. */
  request(request: RequestLike, options?: RequestOptions): RequestScope
  /** Sends calls of the past, in the order given and as fast as the receiver takes them. */
  import(items: Iterable<ImportItem> | AsyncIterable<ImportItem>, options?: ImportOptions): Promise<ImportResult>
  /** Calls the listener until the returned function is called. */
  on<Name extends keyof ServerListeners>(name: Name, listener: (detail: ServerListeners[Name]) => void): () => void
  getState(name: 'delivery'): DeliveryState
  /** Sends all that was accepted so far; resolves when it has a final outcome, or cannot be sent now and is `pending`. */
  flush(): Promise<FlushResult>
  /** Flushes for at most `timeoutMs` (default 10,000), then ends. What is `pending` then waits in `queue.dir`, or is lost. */
  close(options?: { timeoutMs?: number }): Promise<FlushResult>
  [Symbol.asyncDispose](): Promise<void>
}
