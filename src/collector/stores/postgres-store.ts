import type { Store } from '../store'
import type { Append } from './append'
import { type Attempt, createGroupCommit } from './group-commit'
import type { PostgresStoreOptions } from './postgres'
import { type Connections, createConnections, withClient } from './postgres-connections'
import { type PostgresDriver, postgresFault } from './postgres-driver'
import { runQuery } from './postgres-query'
import { createPostgresReader } from './postgres-reader'
import { quoteName } from './postgres-schema'
import { createPostgresWriter } from './postgres-writer'
import { saveProjectStatement } from './project-row'

export interface PostgresStoreParts extends PostgresStoreOptions {
  load(): Promise<PostgresDriver>
}

/** How long an append waits for transactions that are in its way. */
const lockWaitMs = 2_000

/** Who follows along sees within this time what other collectors have stored. */
const pollMs = 1_000

/** The store over any driver; tests pass one that fails. */
export function createPostgresStore(parts: PostgresStoreParts): Store {
  const { load, schema = 'public', maxConnections = 5, ...server } = parts
  const s = `${quoteName(schema)}.`
  const connections = createConnections({ load, schema, maxConnections, server })
  const writeAppends = createPostgresWriter(s)
  let closed = false

  async function ready(): Promise<Connections> {
    if (closed) throw new Error('the store is closed')
    return connections.get()
  }

  async function commit(appends: readonly Append[]): Promise<Attempt> {
    try {
      // Also those that were accepted before the store was closed.
      const { writing } = await connections.get()
      return { status: 'committed', outcomes: await withClient(writing, (client) => writeAppends(client, appends)) }
    } catch (error) {
      const fault = postgresFault(error)
      if (fault === 'locked') return { status: 'locked' }
      return { status: fault === 'value' ? 'failed' : 'unreachable', reason: reasonOf(error) }
    }
  }

  const group = createGroupCommit({ commit, lockWaitMs })

  return {
    pollMs,
    ...createPostgresReader(async () => (await ready()).reading, s),
    async open() {
      await ready()
    },
    append(events, rejected = []) {
      if (closed) return Promise.resolve({ status: 'unavailable', reason: 'the store is closed' })
      if (events.length === 0 && rejected.length === 0) return Promise.resolve({ status: 'committed', outcomes: [] })
      return group.append({ events, rejected })
    },
    async saveProject(project, replaces) {
      const { sql, values } = saveProjectStatement(`${s}projects`, (position) => `$${position}`, project, replaces)
      return (await (await ready()).reading.query(sql, values)).rowCount === 1
    },
    query: async (sql, options) => runQuery((await ready()).single(), quoteName(schema), sql, options),
    async close() {
      closed = true
      await group.drain()
      await connections.close()
    },
  }
}

/** A server with several addresses gives an error without a text of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error instanceof Error ? error.message || error.name : String(error)
}
