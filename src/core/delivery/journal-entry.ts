import type { Event } from '../event'

/** Version of the journal's format; an entry of another version is left alone by readers that do not know it. */
export const JOURNAL_VERSION = 1

/**
 * One accepted event that is not yet done with. In browsers each entry is a localStorage key of its own,
 * so that the cost of a call does not grow with the queue. docs/journal.md describes keys and life cycle.
 */
export interface JournalEntry {
  v: typeof JOURNAL_VERSION
  event: Event
  /** Asynchronous hooks of the call are still running: never sent as it is, the next page runs its hooks again. */
  provisional: boolean
  /**
   * Tries so far, for each transport that has no final outcome yet, by `name` or `name receiver`.
   * The entry goes when none is left.
   */
  pending: Record<string, number>
}
