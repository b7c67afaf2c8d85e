import type { Store } from '../store'
import { loadPostgres } from './postgres-driver'
import { createPostgresStore } from './postgres-store'

/** How to reach the server, as in the package `pg`; what is missing is taken from `PGHOST` and its like. */
export interface PostgresStoreOptions {
  /** Such as `postgres://user:password@localhost:5432/events`. */
  connectionString?: string
  host?: string
  port?: number
  user?: string
  password?: string | (() => string | Promise<string>)
  database?: string
  /** As in `tls.connect`; true asks for a certificate that is trusted. */
  ssl?: boolean | Record<string, unknown>
  /** Schema of the tables; it is made where it is missing. Default: `public`. */
  schema?: string
  /** Connections for reading; one more writes, and each query in SQL has one of its own. Default: 5. */
  maxConnections?: number
}

/**
 * Keeps events in Postgres, so that several collectors can run side by side. docs/store.md describes its
 * tables. Needs the optional peer `pg`: `npm install pg@8`.
 *
 * An append is committed when it resolves, as safe as the server's `synchronous_commit` makes it. A server that cannot
 * be reached, or is full, gives `unavailable`; the next append tries again, so nothing needs a restart.
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  // JavaScript may call without options, and deserves the same answer.
  const { connectionString, schema, maxConnections } = options ?? {}
  if (typeof options !== 'object' || options === null)
    fail('options', 'pass { connectionString } or { host, database, ... }')
  if (connectionString !== undefined && typeof connectionString !== 'string') {
    fail('connectionString', 'pass text such as postgres://user:password@localhost:5432/events')
  }
  if (schema !== undefined && (typeof schema !== 'string' || schema === '')) fail('schema', 'pass the name of a schema')
  if (maxConnections !== undefined && !(Number.isSafeInteger(maxConnections) && maxConnections > 0)) {
    fail('maxConnections', 'pass a whole number above 0')
  }
  return createPostgresStore({ ...options, load: loadPostgres })
}

function fail(option: string, whatToDo: string): never {
  throw new TypeError(`[firsthand] ${option}: ${whatToDo}`)
}
