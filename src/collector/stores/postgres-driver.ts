import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as Pg from 'pg'
import type { Client, ClientConfig, Pool, PoolClient, PoolConfig } from 'pg'

export type PostgresClient = Pick<PoolClient, 'query'>

export interface PostgresDriver {
  createPool(config: PoolConfig): Pool
  createClient(config: ClientConfig): Client
}

/** Numbers of types: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const bigint = 20
const json = 114
const date = 1082
const timestamptz = 1184
const numeric = 1700
const jsonb = 3802

/** Loads `pg`, which is asked for where a store is opened and nowhere else. */
export async function loadPostgres(): Promise<PostgresDriver> {
  const pg = await findPostgres()
  const asDate = pg.types.getTypeParser(timestamptz) as unknown as (text: string) => Date
  const parsers = new Map<number, (text: string) => unknown>([
    // Ids and counts stay below 2^53.
    [bigint, Number],
    [numeric, Number],
    [date, String],
    [timestamptz, (text) => asDate(text).toISOString()],
    [json, String],
    [jsonb, String],
  ])
  const types = {
    getTypeParser: ((id: number, format?: 'text') => parsers.get(id) ?? pg.types.getTypeParser(id, format)) as never,
  }
  return {
    createPool: (config) => new pg.Pool({ ...config, types }),
    createClient: (config) => new pg.Client({ ...config, types }),
  }
}

async function findPostgres(): Promise<typeof Pg> {
  try {
    return await import('pg')
  } catch (cause) {
    try {
      // What `npx` fetches lies in a directory of its own; what the user installs lies in this one.
      return createRequire(join(process.cwd(), 'package.json'))('pg')
    } catch {
      throw new Error('[firsthand] postgresStore: the package pg is missing. Run: npm install pg@8', { cause })
    }
  }
}

/** What the store does about an error. */
export type PostgresFault =
  /** Another transaction was in the way: worth another try at once. */
  | 'locked'
  /** This value cannot be stored; others can. */
  | 'value'
  /** Neither this connection nor this server is of use now. */
  | 'unusable'

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function postgresFault(error: unknown): PostgresFault {
  const code = sqlState(error) ?? ''
  // Serialization failure, deadlock, lock not available.
  if (code === '40001' || code === '40P01' || code === '55P03') return 'locked'
  return code.startsWith('22') || code.startsWith('23') ? 'value' : 'unusable'
}

/** Null where the server did not say it: the connection was lost or never made. */
export function sqlState(error: unknown): string | null {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && typeof severity === 'string' ? code : null
}
