import type { JournalEntry } from './journal-entry'

export type PutResult =
  /** Outlives the page or process. */
  | { status: 'durable' }
  /** This store keeps nothing longer than the process, by its nature. */
  | { status: 'memory' }
  /** Storage refused the write (quota, blocked): the event lives in memory only. */
  | { status: 'full'; reason?: string }

/**
 * The journal of one owner (a browser tab, a Node process). All methods are synchronous, because nothing
 * asynchronous may stand between the page-hide event and the send, and none ever throws.
 */
export interface EventStore {
  /** A key that was never used, for a new entry of this owner; its form is that of event-key.ts. */
  newKey(): string
  /** Writes or overwrites one entry; cost must not grow with the number of entries. */
  put(key: string, entry: JournalEntry): PutResult
  remove(key: string): void
  /**
   * Nothing is journalled any more, so no proof of life is needed until the next key is asked for. It has a price:
   * Firefox puts no page into its back/forward cache that holds a lock.
   */
  rest?(): void
  /**
   * Called once, before anything is put: from now on this owner lives.
   * Takes over the entries of owners that are proved dead, now and whenever one is found dead later. Calls back with
   * what was taken, oldest first; it is then this owner's. `corrupt` counts entries that nobody could read: they are gone.
   */
  adopt(take: (entries: [key: string, entry: JournalEntry][], corrupt: number) => void): void
  /** Small texts beside the journal: state of transports. */
  getText(key: string): string | null
  /** `null` removes. */
  setText(key: string, value: string | null): void
  /**
   * Consent was withdrawn: removes all texts of one transport or, without its name, everything that there is, whoever
   * owns it. Returns how many entries of other owners are gone.
   */
  clear(transport?: string): number
  /** May anything be written or read that outlives the page? Until `keep(false)` it may. Clears nothing. */
  keep(isAllowed: boolean): void
  /** The page is being frozen or left: give up the proof of life, so that another owner may adopt. */
  release(): void
  /**
   * The page came back after `release` (bfcache): take the proof of life up again. Calls back when that is done,
   * with a test whether a key is still ours; what another owner took or finished meanwhile is not.
   */
  resume(then: (owns: (key: string) => boolean) => void): void
  close(): void
}
