import { mkdir, open as openFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../store'
import type { Append } from './append'
import { saveProjectStatement } from './project-row'
import { createConnectionSlot } from './sqlite-connection-slot'
import { type OpenSqlite, type SqliteConnection, sqliteFault } from './sqlite-driver'
import { type Attempt, createGroupCommit } from './group-commit'
import { createSqliteQueries } from './sqlite-query'
import { createReader } from './sqlite-reader'
import { migrate } from './sqlite-schema'
import { prepareConnection, writeAppends } from './sqlite-writer'

export interface SqliteStoreParts {
  path: string
  open: OpenSqlite
  /** How long an append waits for another process. @default 2000 */
  lockWaitMs?: number
}

const inMemory = ':memory:'

/** The store over any driver; tests pass one that fails. */
export function createSqliteStore({ path, open, lockWaitMs = 2_000 }: SqliteStoreParts): Store {
  let closed = false
  const writing = createConnectionSlot(() => openForWriting(path, open))
  const reading = createConnectionSlot(async () => {
    // Makes the file and its tables where they are missing.
    await writing.get()
    return open(path, { readOnly: true })
  })

  function usable<Value>(value: Value): Value {
    if (closed) throw new Error('the store is closed')
    return value
  }

  async function commit(appends: readonly Append[]): Promise<Attempt> {
    try {
      return { status: 'committed', outcomes: await writeAppends(await writing.get(), appends) }
    } catch (error) {
      const fault = sqliteFault(error)
      if (fault === 'locked') return { status: 'locked' }
      if (fault === 'unusable') await Promise.all([writing.discard(), reading.discard()])
      return { status: 'failed', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  const group = createGroupCommit({ commit, lockWaitMs })
  const queries = createSqliteQueries(path)
  const reader = createReader(() => usable(path === inMemory ? writing : reading).get())

  return {
    ...reader,
    async open() {
      await usable(writing).get()
    },
    append: (events, rejected = []) => {
      if (closed) return Promise.resolve({ status: 'unavailable', reason: 'the store is closed' })
      if (events.length === 0 && rejected.length === 0) return Promise.resolve({ status: 'committed', outcomes: [] })
      return group.append({ events, rejected })
    },
    async saveProject(project, replaces) {
      const { sql, values } = saveProjectStatement('projects', () => '?', project, replaces)
      const step = { sql, rows: [values] }
      const [[changed] = []] = await whenFree(async () => usable(await writing.get()).transaction([step]), lockWaitMs)
      return changed === 1
    },
    async query(sql, options) {
      if (path === inMemory) return { status: 'refused', reason: 'a store in memory cannot be asked in SQL' }
      // Makes the file where it is missing.
      await usable(writing).get()
      return queries.run(sql, options)
    },
    async close() {
      closed = true
      queries.close()
      await group.drain()
      await Promise.all([writing.discard(), reading.discard()])
    },
  }
}

/** Tries again while another process writes. */
async function whenFree<Value>(write: () => Promise<Value>, lockWaitMs: number): Promise<Value> {
  const deadline = performance.now() + lockWaitMs
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (sqliteFault(error) !== 'locked' || performance.now() >= deadline) throw error
      await sleep(lockRetryMs)
    }
  }
}

const lockRetryMs = 20

async function openForWriting(path: string, open: OpenSqlite): Promise<SqliteConnection> {
  if (path !== inMemory) await makeFile(path)
  const connection = await open(path)
  try {
    await connection.exec('PRAGMA journal_mode = WAL')
    // FULL: a commit outlives a power failure, not only the end of the process.
    await connection.exec('PRAGMA synchronous = FULL')
    // 64 MiB: message ids are random, so that every insert touches another page of their index.
    await connection.exec('PRAGMA cache_size = -65536')
    // 16 MiB: pages of the indexes that change again and again are then copied into the file less often.
    await connection.exec('PRAGMA wal_autocheckpoint = 4000')
    await connection.exec('PRAGMA temp_store = MEMORY')
    await migrate(connection)
    await prepareConnection(connection)
    return connection
  } catch (error) {
    await connection.close().catch(() => {})
    throw error
  }
}

/** Events are personal data: a new file is its owner's alone, and SQLite gives what it adds beside it the same mode. */
async function makeFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  try {
    const file = await openFile(path, 'wx', 0o600)
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
