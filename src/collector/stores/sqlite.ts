import type { Store } from '../store'
import { openSqlite } from './sqlite-driver'
import { createSqliteStore } from './sqlite-store'

export interface SqliteStoreOptions {
  /** The database file; its directory is made where it is missing. `:memory:` keeps nothing. */
  path: string
}

/**
 * Keeps events in one SQLite file, which any SQLite tool can read while the collector runs. docs/store.md describes
 * its tables. Uses `node:sqlite`, or the optional peer `libsql` on a Node that has none.
 *
 * An append is on disk (fsync) when it resolves. A full disk, a file that cannot be written or one that another
 * process keeps locked for 2 s gives `unavailable`; the next append tries again, so nothing needs a restart.
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  // JavaScript may call without options, and deserves the same answer.
  const path = options?.path
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('[firsthand] path: pass the file of the store, such as ./data/events.db')
  }
  return createSqliteStore({ path, open: openSqlite })
}
