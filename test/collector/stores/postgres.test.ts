import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/collector/store'
import { postgresStore } from '../../../src/collector/stores/postgres'
import { createPostgresStore } from '../../../src/collector/stores/postgres-store'
import { newEvent, testStore } from '../../contract/store'
import { hasPostgres, type PostgresServer, startPostgres } from '../../helpers/postgres'

let server: PostgresServer
let schemas = 0

async function connect(): Promise<pg.Client> {
  const client = new pg.Client(server.connection)
  client.on('error', () => {})
  await client.connect()
  return client
}

describe.skipIf(!hasPostgres)('postgresStore', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    server = await startPostgres()
  }, 120_000)

  afterAll(() => server.dispose())

  testStore('Postgres', async () => {
    const schema = `test ${schemas++}`
    return {
      open: () => postgresStore({ ...server.connection, schema }),
      async dispose() {
        const client = await connect()
        await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
        await client.end()
      },
    }
  })

  const stores: Store[] = []
  const clients: pg.Client[] = []
  let schema: string

  beforeEach(() => {
    schema = `own_${schemas++}`
  })

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()))
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})))
  })

  const stored = { status: 'committed', outcomes: ['stored'] }

  function open(): Store {
    const store = postgresStore({ ...server.connection, schema })
    stores.push(store)
    return store
  }

  async function other(): Promise<pg.Client> {
    const client = await connect()
    clients.push(client)
    await client.query(`SET search_path = ${schema}`)
    return client
  }

  const idsAfter = async (store: Store, cursor: string | null) => {
    const page = await store.eventsAfter(cursor, 100)
    return { ids: page.events.map(({ messageId }) => messageId), cursor: page.cursor }
  }

  it('makes its tables once when several collectors start together', async () => {
    const all = [open(), open(), open(), open()]
    await Promise.all(all.map((store) => store.open?.()))
    expect(await all[0]!.append([newEvent()])).toEqual(stored)
    expect(await all[3]!.stats()).toMatchObject({ events: 1 })
  })

  it('uses a schema of the name public where none is named', async () => {
    const store = postgresStore(server.connection)
    stores.push(store)
    expect(await store.append([newEvent({ project: schema })])).toEqual(stored)
    const client = await other()
    const { rows } = await client.query('SELECT count(*) AS n FROM public.events WHERE project = $1', [schema])
    expect(rows).toEqual([{ n: '1' }])
  })

  it('refuses tables of a newer release', async () => {
    await open().open?.()
    await (await other()).query('UPDATE schema_version SET version = 99')
    const store = open()
    await expect(store.open?.()).rejects.toThrow(/version 99.*newer/)
    expect(await store.append([newEvent()])).toMatchObject({ status: 'unavailable' })
  })

  it('shows a reader nothing above an event that is still being written, and then everything', async () => {
    const [slow, quick] = [open(), open()]
    await slow.append([newEvent({ messageId: 'before' })])
    const { cursor } = await idsAfter(slow, null)
    // Holds up the first writer after it has drawn its ids, at the last thing that it writes.
    const client = await other()
    await client.query('BEGIN')
    await client.query('SELECT * FROM daily_counts FOR UPDATE')
    const late = slow.append([newEvent({ messageId: 'late' })])
    await untilWaiting(client)
    const row = newEvent({ messageId: 'early' }).event
    const writer = await other()
    await writer.query('BEGIN')
    await writer.query(
      `INSERT INTO events (project, message_id, type, timestamp, original_timestamp, received_at, context, request, response, version)
        VALUES ($1, $2, $3, $4, $4, $4, '{}', '{}', '{}', 1)`,
      [row.project, row.messageId, row.type, row.timestamp],
    )
    await writer.query('COMMIT')
    expect((await quick.events({ limit: 1 })).events[0]?.messageId).toBe('early')
    expect(await idsAfter(quick, cursor)).toEqual({ ids: [], cursor })
    expect((await quick.latest(5)).events.map(({ messageId }) => messageId)).toEqual(['before'])
    await client.query('COMMIT')
    expect(await late).toEqual(stored)
    expect((await idsAfter(quick, cursor)).ids).toEqual(['late', 'early'])
  })

  async function untilWaiting(client: pg.Client): Promise<void> {
    for (;;) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_locks WHERE NOT granted')
      if (rowCount) return
    }
  }

  it('writes the same events from several stores without a deadlock, each once', async () => {
    const all = [open(), open(), open()]
    await all[0]!.open?.()
    const events = Array.from({ length: 60 }, (_, index) =>
      newEvent({ messageId: `m-${index}`, anonymousId: `a-${index % 7}`, userId: `u-${index % 5}` }),
    )
    const orders = [events, [...events].reverse(), [...events.slice(30), ...events.slice(0, 30)]]
    const results = await Promise.all(all.flatMap((store, index) => [0, 1, 2].map(() => store.append(orders[index]!))))
    const outcomes = results.flatMap((result) =>
      result.status === 'committed' ? [...result.outcomes] : [result.reason],
    )
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(60)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(8 * 60)
    expect(await all[1]!.stats()).toMatchObject({ events: 60, duplicates: 8 * 60 })
  })

  it('answers unavailable while the server is down, and goes on when it is back', async () => {
    const store = open()
    expect(await store.append([newEvent({ messageId: '1' })])).toEqual(stored)
    await server.stop('immediate')
    const results = await Promise.all(['2', '3'].map((messageId) => store.append([newEvent({ messageId })])))
    for (const result of results)
      expect(result).toMatchObject({ status: 'unavailable', reason: expect.stringMatching(/\w/) })
    await expect(store.stats()).rejects.toThrow()
    await server.start()
    expect(await store.append([newEvent({ messageId: '2' })])).toEqual(stored)
    expect(await store.stats()).toMatchObject({ events: 2, duplicates: 0 })
  })

  it('goes on after the server has ended its connections', async () => {
    const store = open()
    expect(await store.append([newEvent()])).toEqual(stored)
    await (await other()).query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'firsthand'`,
    )
    const again = newEvent()
    let result = await store.append([again])
    if (result.status === 'unavailable') result = await store.append([again])
    expect(result).toEqual(stored)
  })

  it('stores the neighbours of an append that cannot be stored', async () => {
    const store = open()
    await store.open?.()
    const poison = newEvent({ version: 'one' as never })
    const results = await Promise.all([store.append([newEvent()]), store.append([poison]), store.append([newEvent()])])
    expect(results.map(({ status }) => status)).toEqual(['committed', 'unavailable', 'committed'])
  })

  it('keeps characters that Postgres does not know as the sign for it', async () => {
    const odd = 'a\0b\ud800c\\u0000'
    const same = 'plain \\u0000 😀'
    const properties = { [odd]: [odd, { deep: odd }], same }
    const store = open()
    const event = newEvent({ messageId: odd, event: odd, properties })
    expect(await store.append([event, event])).toEqual({ status: 'committed', outcomes: ['stored', 'duplicate'] })
    const kept = 'a\ufffdb\ufffdc\\u0000'
    const [found] = (await store.events({ limit: 1 })).events
    expect(found).toMatchObject({ messageId: kept, event: kept, properties: { [kept]: [kept, { deep: kept }], same } })
  })

  it.each([
    "SELECT pg_read_file('/etc/passwd')",
    `SELECT "pg_read_file"('/etc/passwd')`,
    `SELECT U&"pg\\005fread_file"('/etc/passwd')`,
    "SELECT 1 --\r, pg_read_file('/etc/passwd')",
    "SELECT $\u00e9$ ' $\u00e9$, pg_read_file('/etc/passwd'), ' '",
    "SELECT * FROM ts_stat('SELECT to_tsvector(pg_read_file(''/etc/passwd''))')",
    'SELECT pg_stat_reset()',
    'SELECT pg_switch_wal()',
    'SELECT rolpassword FROM pg_authid',
    "SELECT table_to_xml('pg_authid', true, false, '')",
    "SELECT repeat('x', 17000000)",
    "SELECT repeat('x', 1000000) FROM generate_series(1, 17)",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT nextval('events_id_seq')",
    'SELECT * FROM events FOR UPDATE',
    'SELECT * INTO mine FROM events',
    'WITH gone AS (DELETE FROM events RETURNING 1) SELECT * FROM gone',
    'SELECT 1) TO STDOUT; --',
    'SELECT $a$ ; $a$; DROP TABLE events',
  ])('refuses %j', async (sql) => {
    const store = open()
    await store.append([newEvent()])
    expect(await store.query(sql, { maxRows: 50, timeoutMs: 10_000 })).toMatchObject({ status: 'refused' })
    expect(await store.stats()).toMatchObject({ events: 1 })
  })

  it('leaves no connection behind after queries', async () => {
    const store = open()
    await store.open?.()
    await store.query('SELECT 1', { maxRows: 5, timeoutMs: 10_000 })
    await store.query('SELECT pg_sleep(9)', { maxRows: 5, timeoutMs: 100 })
    await store.close()
    const client = await other()
    const open_ = async () =>
      (await client.query(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'firsthand'`)).rowCount
    await expect.poll(open_, { timeout: 20_000 }).toBe(0)
  })
})

describe('postgresStore, without a server', () => {
  it.each([undefined, null, 'postgres://', { connectionString: 1 }, { schema: '' }, { maxConnections: 0 }])(
    'says what is wrong with %j',
    (options) => {
      expect(() => postgresStore(options as never)).toThrow(/^\[firsthand\] \w+: pass/)
    },
  )

  it('answers unavailable, and rejects other calls with the reason', async () => {
    const store = postgresStore({ host: '127.0.0.1', port: 1 })
    expect(await store.append([newEvent()])).toMatchObject({ status: 'unavailable' })
    await expect(store.open?.()).rejects.toThrow()
    await expect(store.stats()).rejects.toThrow()
    await store.close()
    expect(await store.append([newEvent()])).toMatchObject({ status: 'unavailable', reason: 'the store is closed' })
  })

  it('asks for its driver again after it was missing', async () => {
    let asked = 0
    const store = createPostgresStore({
      load() {
        asked++
        return Promise.reject(new Error('missing'))
      },
    })
    await expect(store.open?.()).rejects.toThrow('missing')
    expect(await store.append([newEvent()])).toEqual({ status: 'unavailable', reason: 'missing' })
    expect(asked).toBe(2)
    await store.close()
  })
})
