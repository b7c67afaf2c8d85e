import type { Event } from '../core/event'
import type { Transport, TransportRequest } from '../core/transport'

/** `describe` and `it` of vitest, jest, mocha or node:test. */
export interface TestFunctions {
  describe(title: string, define: () => void): unknown
  it(title: string, run: () => Promise<void>): unknown
}

export interface ReceiverAnswer {
  status: number
  body?: string
  headers?: Record<string, string>
}

export type Meaning = 'rejected' | 'retry' | 'paused'

/** What the suite has to know about a transport and its receiver. */
export interface TransportSubject {
  /** A new transport, as a user makes it. */
  create(): Transport
  /** What the receiver answers when it has taken all events of this request. */
  success(request: TransportRequest): ReceiverAnswer
  /**
   * 200, or another success, with an error inside: what must never count as delivered. `null` says that this receiver's
   * status alone decides. `meaning` is what becomes of the events; default `retry`.
   */
  lie: (ReceiverAnswer & { meaning?: Meaning }) | null
  /** What 400 and 401 mean to this receiver. Default: 400 `rejected`, 401 `paused`. */
  meaning?: Partial<Record<400 | 401, Meaning>>
  /** Where it runs. Default: both. */
  runtimes?: readonly ('browser' | 'node')[]
  /** It sends nothing: `encode` returns outcomes, so no answer can come. Default: it sends. */
  isLocal?: boolean
  /** `encode` returns a promise, so nothing can leave at the end of the page. Default: it returns a request. */
  isAsync?: boolean
  /** Bytes of the largest request that the receiver takes. Default: `limits.maxBatchBytes` of the transport. */
  maxRequestBytes?: number
  /** The suite's own events, made into ones that the transport takes. Must keep `messageId`. Default: as they are. */
  event?(event: Event): Event
}
