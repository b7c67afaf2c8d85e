import type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
import type { QueueLimits } from '../core/delivery/limits'
import type { Event } from '../core/event'
import type { Transport } from '../core/transport'
import type { AliasCall, CallExtras, GroupCall, IdentifyCall, PageCall, TrackCall, UserId } from './server-call'

export interface ServerOptions {
  /** Transports, each with a name of its own. At least one. */
  plugins: readonly Transport[]
  /** Bounds of the queue in memory. Default: 100,000 events, 64,000,000 bytes, no age. The oldest go first, counted. */
  queue?: Partial<QueueLimits>
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

/** Resolves once the queue has the event; `flush` tells what became of it. Rejects where the call is wrong. */
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
  /** Calls the listener until the returned function is called. */
  on<Name extends keyof ServerListeners>(name: Name, listener: (detail: ServerListeners[Name]) => void): () => void
  getState(name: 'delivery'): DeliveryState
  /** Sends all that was accepted so far; resolves when it has a final outcome or cannot be sent now. */
  flush(): Promise<FlushResult>
  /** Flushes for at most `timeoutMs` (default 10,000), then ends. What is `pending` then is lost with the process. */
  close(options?: { timeoutMs?: number }): Promise<FlushResult>
  [Symbol.asyncDispose](): Promise<void>
}
