import type { JournalEntry } from './journal-entry'

/** What `put` did: a store that fell back to memory says so, because the event then dies with the process. */
export type PutResult = { status: 'durable' } | { status: 'memory'; reason: string } | { status: 'full'; reason: string }

/**
 * The journal of one owner (a browser tab, a Node process). All methods are synchronous, because nothing
 * asynchronous may stand between the page-hide event and the send, and none ever throws.
 */
export interface EventStore {
  /** Writes or overwrites one entry; cost must not grow with the number of entries. */
  put(key: string, entry: JournalEntry): PutResult
  remove(key: string): void
  /** Own entries, oldest first: what is left from before (same owner), read once at start. */
  load(): [key: string, entry: JournalEntry][]
  /**
   * Takes over the entries of owners that are proved dead, now and whenever one is found dead later.
   * Calls back with what was taken; it is then this owner's.
   */
  adopt(take: (entries: [key: string, entry: JournalEntry][]) => void): void
  /** Small texts beside the journal: state of transports. */
  getText(key: string): string | null
  setText(key: string, value: string): void
  /** The page is being frozen or left: give up the proof of life, so that another owner may adopt. */
  release(): void
  /** The page came back (bfcache): take it up again. Returns the keys that are still ours. */
  resume(): Set<string>
  close(): void
}
