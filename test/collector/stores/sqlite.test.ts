import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/collector/store'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { createSqliteStore } from '../../../src/collector/stores/sqlite-store'
import { openSqlite, type SqliteConnection } from '../../../src/collector/stores/sqlite-driver'
import { newEvent, testStore } from '../../contract/store'

const temporaryDirectory = () => mkdtemp(join(tmpdir(), 'firsthand-store-'))

testStore('SQLite', async () => {
  const directory = await temporaryDirectory()
  return {
    open: () => sqliteStore({ path: join(directory, 'events.db') }),
    dispose: () => rm(directory, { recursive: true }),
  }
})

describe('sqliteStore', () => {
  let directory: string
  let path: string
  const stores: Store[] = []
  const connections: SqliteConnection[] = []

  beforeEach(async () => {
    directory = await temporaryDirectory()
    path = join(directory, 'events.db')
  })

  afterEach(async () => {
    await Promise.all([...stores.splice(0), ...connections.splice(0)].map((one) => one.close()))
    await rm(directory, { recursive: true })
  })

  const stored = { status: 'committed', outcomes: ['stored'] }

  it('makes files that only their owner can read, also in a directory that was there', async () => {
    const store = sqliteStore({ path })
    stores.push(store)
    await store.append([newEvent()])
    const files = await readdir(directory)
    const modes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).mode & 0o777))
    expect(files).toContain('events.db-wal')
    expect(new Set(modes)).toEqual(new Set([0o600]))
  })

  function track(store: Store): Store {
    stores.push(store)
    return store
  }

  async function openOther(options?: { readOnly: boolean }): Promise<SqliteConnection> {
    const connection = await openSqlite(path, options)
    connections.push(connection)
    return connection
  }

  /** A store that gives the test its writing connection too. */
  function openedStore(lockWaitMs?: number) {
    const opened: SqliteConnection[] = []
    const store = createSqliteStore({
      path,
      lockWaitMs,
      async open(...args) {
        const connection = await openSqlite(...args)
        opened.push(connection)
        return connection
      },
    })
    return { store: track(store), opened }
  }

  it('says what is missing when it gets no path', () => {
    expect(() => sqliteStore({} as never)).toThrow('[firsthand] path: pass the file')
  })

  it('makes the directory of its file', async () => {
    path = join(directory, 'not', 'yet', 'there', 'events.db')
    expect(await track(sqliteStore({ path })).append([newEvent()])).toEqual(stored)
    expect(existsSync(path)).toBe(true)
  })

  it('keeps nothing on disk for :memory:', async () => {
    const store = track(sqliteStore({ path: ':memory:' }))
    expect(await store.append([newEvent()])).toEqual(stored)
    expect(await store.stats()).toMatchObject({ events: 1 })
    expect(existsSync(':memory:')).toBe(false)
  })

  it('writes with a write-ahead log and an fsync for each commit', async () => {
    const { store, opened } = openedStore()
    await store.open?.()
    expect(await opened[0]?.all('PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'wal' }])
    expect(await opened[0]?.all('PRAGMA synchronous')).toMatchObject([{ synchronous: 2 }])
  })

  it('lifts what reports ask for into columns of its own', async () => {
    const page = { url: 'https://shop.example/a', path: '/a', title: 'A', referrer: 'https://news.example/' }
    const context = { page, session: { id: 's', number: 3, start: 1 }, sequence: { instance: 'i', number: 2 } }
    const properties = { category: 'CTA', label: 'Hero', value: '2.5' }
    const store = track(sqliteStore({ path }))
    await store.append([
      newEvent({ context, properties }),
      newEvent({ type: 'page', context: {}, properties: { ...page, url: 'https://shop.example/b' } }),
      newEvent({ context: {}, properties: { url: 'https://elsewhere.example/', value: 'many', label: 5 } }),
    ])
    const rows = await (await openOther({ readOnly: true })).all('SELECT * FROM events ORDER BY id')
    expect(rows[0]).toMatchObject({ ...page, category: 'CTA', label: 'Hero', value: 2.5, version: 1 })
    expect(rows[0]).toMatchObject({ session_id: 's', session_number: 3, sequence_instance: 'i', sequence_number: 2 })
    expect(JSON.parse(String(rows[0]?.request))).toMatchObject({ format: 'segment-batch', keyKind: 'public' })
    expect(JSON.parse(String(rows[0]?.response))).toEqual({ status: 200, events: 1, rejected: 0 })
    expect(rows[1]).toMatchObject({ url: 'https://shop.example/b', title: 'A' })
    expect(rows[2]).toMatchObject({ url: null, value: null, label: '5' })
  })

  it('remembers which kind of key said that two ids belong together', async () => {
    const ids = { anonymousId: 'a', userId: 'u' }
    const store = track(sqliteStore({ path }))
    await store.append([newEvent(ids, 'public'), newEvent({ ...ids, timestamp: '2026-01-03T00:00:00.000Z' }, 'secret')])
    const rows = await (await openOther({ readOnly: true })).all(
      'SELECT key_kind, first_at FROM identity_edges ORDER BY 1',
    )
    expect(rows).toMatchObject([
      { key_kind: 'public', first_at: '2026-01-02T03:04:05.000Z' },
      { key_kind: 'secret', first_at: '2026-01-03T00:00:00.000Z' },
    ])
  })

  it('lets another process query the file while it writes', async () => {
    const store = track(sqliteStore({ path }))
    await store.append([newEvent(), newEvent()])
    const builtIn = `new (process.getBuiltinModule('node:sqlite').DatabaseSync)(file, { readOnly: true })`
    const script = `const file = process.argv[1]
      const db = process.getBuiltinModule('node:sqlite') ? ${builtIn} : new (require('libsql'))(file, { readonly: true })
      console.log(db.prepare('SELECT count(*) AS n FROM events').all()[0].n)`
    const query = async () => (await promisify(execFile)(process.execPath, ['-e', script, path])).stdout.trim()
    expect(await query()).toBe('2')
    await store.append([newEvent()])
    expect(await query()).toBe('3')
  })

  it('answers unavailable while the disk is full, stores nothing of it, and goes on when there is room', async () => {
    const { store, opened } = openedStore()
    expect(await store.append([newEvent()])).toEqual(stored)
    const [{ page_count: pages }] = (await opened[0]!.all('PRAGMA page_count')) as [{ page_count: number }]
    await opened[0]!.exec(`PRAGMA max_page_count = ${pages}`)
    const large = Array.from({ length: 20 }, (_, index) =>
      newEvent({ messageId: `l-${index}`, properties: { a: 'x'.repeat(999) } }),
    )
    expect(await store.append(large)).toMatchObject({ status: 'unavailable', reason: expect.stringMatching(/full/i) })
    expect(await store.stats()).toMatchObject({ events: 1 })
    await opened[0]!.exec('PRAGMA max_page_count = 1000000')
    expect(await store.append(large)).toMatchObject({ status: 'committed' })
    expect(await store.stats()).toMatchObject({ events: 21, duplicates: 0 })
  })

  it('answers unavailable while the file is read-only, and goes on when it is writable again', async () => {
    await sqliteStore({ path }).append([newEvent()])
    let writable = false
    const store = track(
      createSqliteStore({
        path,
        async open(file, options) {
          const connection = await openSqlite(file, options)
          if (!writable) await connection.exec('PRAGMA query_only = 1')
          return connection
        },
      }),
    )
    expect(await store.append([newEvent()])).toMatchObject({
      status: 'unavailable',
      reason: expect.stringMatching(/readonly/i),
    })
    writable = true
    expect(await store.append([newEvent()])).toEqual(stored)
    expect(await store.stats()).toMatchObject({ events: 2 })
  })

  it('waits for another process that writes, without stopping the event loop', async () => {
    const { store } = openedStore()
    await store.open?.()
    const other = await openOther()
    await other.exec('BEGIN IMMEDIATE')
    let ticks = 0
    const ticking = setInterval(() => ticks++, 5)
    const append = store.append([newEvent()])
    await new Promise((resolve) => setTimeout(resolve, 150))
    await other.exec('COMMIT')
    expect(await append).toEqual(stored)
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(10)
  })

  it('gives up on a file that stays locked, and goes on when it is free', async () => {
    const { store } = openedStore(100)
    await store.open?.()
    const other = await openOther()
    await other.exec('BEGIN IMMEDIATE')
    expect(await store.append([newEvent()])).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('locked'),
    })
    await other.exec('COMMIT')
    expect(await store.append([newEvent()])).toEqual(stored)
  })

  it('opens a file that another process has locked as soon as it is free', async () => {
    const other = await openOther()
    await other.exec('PRAGMA journal_mode = WAL; CREATE TABLE theirs (a); BEGIN IMMEDIATE')
    const store = track(createSqliteStore({ path, open: openSqlite, lockWaitMs: 100 }))
    expect(await store.append([newEvent()])).toMatchObject({ status: 'unavailable' })
    await expect(store.stats()).rejects.toThrow()
    await other.exec('COMMIT')
    expect(await store.append([newEvent()])).toEqual(stored)
  })

  it('goes on after its thread has died', async () => {
    const { store, opened } = openedStore()
    await store.append([newEvent()])
    await opened[0]!.close()
    expect(await store.append([newEvent()])).toMatchObject({ status: 'unavailable' })
    expect(await store.append([newEvent()])).toEqual(stored)
  })

  it('lets several stores write to one file', async () => {
    const others = [1, 2, 3].map(() => track(sqliteStore({ path })))
    const event = newEvent({ messageId: 'shared' })
    const results = await Promise.all(others.flatMap((store) => [store.append([newEvent()]), store.append([event])]))
    expect(results.every(({ status }) => status === 'committed')).toBe(true)
    expect(await others[0]!.stats()).toMatchObject({ events: 4, duplicates: 2 })
  })

  it('commits appends that come together in one transaction', async () => {
    const { store, opened } = openedStore()
    await store.open?.()
    const connection = opened[0]!
    let transactions = 0
    const { transaction } = connection
    connection.transaction = (steps) => (transactions++, transaction(steps))
    await Promise.all(Array.from({ length: 30 }, () => store.append([newEvent(), newEvent()])))
    expect(transactions).toBe(1)
  })

  it('stores the neighbours of an append that cannot be stored', async () => {
    const store = track(sqliteStore({ path }))
    const poison = newEvent({ version: 'one' as never })
    const results = await Promise.all([store.append([newEvent()]), store.append([poison]), store.append([newEvent()])])
    expect(results.map(({ status }) => status)).toEqual(['committed', 'unavailable', 'committed'])
  })

  it('refuses a file of a newer release', async () => {
    await (await openOther()).exec('PRAGMA user_version = 99')
    const store = track(sqliteStore({ path }))
    await expect(store.open?.()).rejects.toThrow(/schema version 99.*newer/)
    expect(await store.append([newEvent()])).toMatchObject({ status: 'unavailable' })
  })
})
