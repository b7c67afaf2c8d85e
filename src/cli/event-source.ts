import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Store, StoredEvent } from '../collector/store'
import { postgresStore } from '../collector/stores/postgres'
import { sqliteStore } from '../collector/stores/sqlite'
import { CliError } from './cli-error'
import type { CommandContext } from './command'
import type { FirsthandConfig } from './config'
import { readDatabaseUrl } from './database-url'
import type { OptionValues } from './define-command'
import { createHttpSource } from './http-source'
import { configOption, loadConfig } from './load-config'
import { readDataDir } from './settings'

export interface EventPage {
  /** In the order of storing. */
  events: StoredEvent[]
  /** Stands behind the last of them. */
  cursor: string
}

/** Where a command reads events: the store itself, also beside a running collector, or a collector over HTTP. */
export interface EventSource {
  latest(limit: number): Promise<EventPage>
  eventsAfter(cursor: string | null, limit: number): Promise<EventPage>
  close(): Promise<void>
}

export const storeOptions = {
  'data-dir': {
    type: 'string',
    value: '<dir>',
    help: 'directory of the store (DATA_DIR, ./data),\nalso where DATABASE_URL names a Postgres',
  },
  ...configOption,
} as const

export const sourceOptions = {
  url: {
    type: 'string',
    value: '<address>',
    help: 'read from this collector, not from a store',
  },
  token: { type: 'string', value: '<token>', help: 'its admin token (ADMIN_TOKEN)' },
  ...storeOptions,
} as const

/** In the data directory. */
export const storeFile = 'firsthand.db'

type Call<Table> = Pick<CommandContext, 'env' | 'cwd'> & { options: OptionValues<Table> }

export async function openSource(call: Call<typeof sourceOptions>): Promise<EventSource> {
  const { options, env } = call
  if (options.url === undefined) return (await openStore(call)).store
  const token = options.token ?? env.ADMIN_TOKEN
  if (!token) throw new CliError('--url needs the admin token: pass --token, or ADMIN_TOKEN', 2)
  return createHttpSource(options.url, token)
}

/**
 * The Postgres that is named, the store of the config file, or the file of the data directory: one that is not there
 * is made only where that is said.
 */
export async function openStore(
  { options, env, cwd }: Call<typeof storeOptions>,
  { make = false } = {},
): Promise<{ store: Store; config: FirsthandConfig }> {
  const config = await loadConfig(options.config, cwd)
  const databaseUrl = options['data-dir'] ? null : readDatabaseUrl(env.DATABASE_URL, config)
  if (databaseUrl !== null) return { store: await openDatabase(databaseUrl), config }
  if (config.store) return { store: config.store, config }
  const path = join(readDataDir(options['data-dir'], env, config, cwd), storeFile)
  if (!make && !existsSync(path))
    throw new CliError(`there is no store at ${path}: say where, with --data-dir or DATA_DIR`)
  return { store: sqliteStore({ path }), config }
}

async function openDatabase(connectionString: string): Promise<Store> {
  const store = postgresStore({ connectionString })
  try {
    await store.open?.()
    return store
  } catch (error) {
    await store.close()
    // A server with several addresses gives an error for each, and no text of its own.
    const { message } = (error instanceof AggregateError ? error.errors[0] : error) as Error
    const isOurs = message.startsWith('[firsthand] ')
    throw new CliError(isOurs ? message.replace('[firsthand] ', '') : `the database could not be used: ${message}`)
  }
}
