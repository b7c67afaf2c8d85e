import type { EventStore } from './delivery/event-store'
import type { EventContext } from './event'
import type { PackedRequest, TransportRequest, TransportResponse } from './transport'

/**
 * Everything that the core needs from the world. Each edge (src/browser, src/node) implements it;
 * tests fake it instead of patching globals.
 */
export interface Platform {
  runtime: 'browser' | 'node'
  /** Epoch milliseconds. */
  now(): number
  /** Unique, unguessable, URL-safe. */
  id(): string
  /** 0 <= x < 1, for jitter. */
  random(): number
  /** Runs `callback` once after `delayMs`; the returned function cancels it. Never keeps a Node process alive. */
  setTimer(callback: () => void, delayMs: number): () => void
  sender: Sender
  hash(text: string): Promise<string>
  /** The journal. */
  events: EventStore
  /** Where ids, session and traits live; each key knows its place (cookie, localStorage, memory). */
  storage: KeyValueStorage
  /** Context of the present moment: page, locale, screen, library, ... */
  context(): EventContext
  /** Parameters of the page's address, decoded; the first one counts where a name repeats. Empty outside browsers. */
  query(): Record<string, string>
  /** Page data of `analytics` (title, url, path, hash, search, width, height, referrer); empty outside browsers. */
  pageProperties(): Record<string, unknown>
  /** What the browser says for the visitor: Global Privacy Control, Do Not Track. Absent outside browsers. */
  signals?(): { gpc: boolean; dnt: boolean }
  lifecycle: Lifecycle
  warn(message: string): void
}

/** The storage interface of `analytics`; values are JSON-like. Never throws. */
export interface KeyValueStorage {
  getItem(key: string, options?: StorageOptions): unknown
  setItem(key: string, value: unknown, options?: StorageOptions): void
  removeItem(key: string, options?: StorageOptions): void
}

export type StorageOptions = { storage?: string; [option: string]: unknown } | string

export type SendResult =
  | { status: 'answered'; response: TransportResponse }
  /** Left with the page; nobody has read the answer yet. */
  | { status: 'handed-over' }
  /** The browser would not take it (keepalive budget): nothing was sent. */
  | { status: 'refused'; reason: string }
  /** Network failure or timeout: it may or may not have arrived. */
  | { status: 'failed'; reason: string }

export interface Sender {
  /** Never rejects. The timeout starts when the request starts. */
  send(request: TransportRequest | PackedRequest, options: { timeoutMs: number }): Promise<SendResult>
  /**
   * The page is going away: the request has left when this returns `handed-over`, and outlives the page.
   * If the page lives on after all (a tab switch), `later` gets the answer.
   */
  sendUrgently(request: TransportRequest, later: (result: SendResult) => void): SendResult
}

/** What happens to the page or process, each reported once. */
export interface Lifecycle {
  /**
   * Send what waits, now, synchronously. `hidden`: the page may live on, or be killed without another word;
   * `leaving` (pagehide): it may never come back, so it gives up its journal to other tabs.
   */
  onLeave(callback: (reason: 'hidden' | 'leaving') => void): void
  /** Visible again or restored from the back/forward cache. */
  onReturn(callback: () => void): void
  onConnectivity(callback: (online: boolean) => void): void
  close(): void
}
