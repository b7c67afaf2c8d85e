import type { SqliteConnection } from './sqlite-driver'

/** Place for one connection that is opened when it is needed first. */
export interface ConnectionSlot {
  get(): Promise<SqliteConnection>
  /** Closes the connection; the next `get` opens a new one. */
  discard(): Promise<void>
}

export function createConnectionSlot(open: () => Promise<SqliteConnection>): ConnectionSlot {
  let present: Promise<SqliteConnection> | null = null
  return {
    get() {
      if (present) return present
      const opening = open()
      present = opening
      // A connection that could not be made is not kept, so that the next caller tries anew.
      opening.catch(() => {
        if (present === opening) present = null
      })
      return opening
    },
    async discard() {
      const opened = present
      present = null
      try {
        await (await opened)?.close()
      } catch {
        // Whatever keeps it from closing was already told to those who used it, or to those who waited for it.
      }
    },
  }
}
