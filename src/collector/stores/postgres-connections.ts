import type { Client, ClientConfig, Pool, PoolClient } from 'pg'
import type { PostgresDriver } from './postgres-driver'
import { migrate } from './postgres-schema'

export interface ConnectionsOptions {
  load(): Promise<PostgresDriver>
  schema: string
  /** Connections for reading. */
  maxConnections: number
  server: ClientConfig
}

export interface Connections {
  /** Of its own, so that the intake never waits for readers. */
  writing: Pool
  reading: Pool
  /** A connection that is not open yet, for one query. */
  single(): Client
}

export interface PostgresConnections {
  /** Rejects where the server cannot be reached; the next call tries anew. */
  get(): Promise<Connections>
  close(): Promise<void>
}

const connectMs = 5_000

/** Connections to a server whose tables are up to date. */
export function createConnections({ load, schema, maxConnections, server }: ConnectionsOptions): PostgresConnections {
  const config = { application_name: 'firsthand', connectionTimeoutMillis: connectMs, keepAlive: true, ...server }
  let opened: Promise<Connections> | null = null
  let migrating: Promise<void> | null = null

  async function open(): Promise<Connections> {
    const driver = await load()
    const quiet = <Source extends { on(event: 'error', listener: () => void): unknown }>(source: Source): Source => {
      // Whoever uses a connection is told; an idle one that the server has ended is just replaced.
      source.on('error', () => {})
      return source
    }
    return {
      writing: quiet(driver.createPool({ ...config, max: 1 })),
      reading: quiet(driver.createPool({ ...config, max: maxConnections })),
      single: () => quiet(driver.createClient(config)),
    }
  }

  return {
    async get() {
      opened ??= open()
      // What could not be done is not kept, so that the next caller tries anew.
      opened.catch(() => (opened = null))
      const connections = await opened
      migrating ??= withClient(connections.writing, (client) => migrate(client, schema))
      migrating.catch(() => (migrating = null))
      await migrating
      return connections
    },
    async close() {
      const connections = await opened?.catch(() => null)
      opened = null
      await Promise.all([connections?.writing.end(), connections?.reading.end()])
    },
  }
}

/** A connection whose transaction did not end well is not used again: the server then ends the transaction. */
export async function withClient<Value>(pool: Pool, use: (client: PoolClient) => Promise<Value>): Promise<Value> {
  const client = await pool.connect()
  try {
    const value = await use(client)
    client.release()
    return value
  } catch (error) {
    client.release(true)
    throw error
  }
}
