import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/collector/store'
import { postgresStore } from '../../../src/collector/stores/postgres'
import { schemaVersion } from '../../../src/collector/stores/sqlite-schema'
import { newEvent } from '../../contract/store'
import { hasPostgres, type PostgresServer, startPostgres } from '../../helpers/postgres'

describe.skipIf(!hasPostgres)('the schema in Postgres', { timeout: 60_000 }, () => {
  let server: PostgresServer
  let store: Store
  let client: pg.Client
  let page: string

  beforeAll(async () => {
    server = await startPostgres()
    store = postgresStore(server.connection)
    const visitor = { project: 'default', anonymousId: 'a' }
    const at = (minute: number) => ({ timestamp: `2026-01-02T03:0${minute}:00.000Z` })
    const campaign = { campaign: { source: 'news' }, session: { id: 's', number: 1, start: 1 } }
    await store.append([
      newEvent({ ...visitor, ...at(1), type: 'page', event: undefined, context: campaign }),
      newEvent({ ...visitor, ...at(2), event: 'Sign-up Started', context: { sequence: { instance: 'i', number: 3 } } }),
      newEvent({ ...visitor, ...at(3), event: 'Signed Up', userId: 'userid-123' }),
      newEvent({ ...visitor, ...at(4), anonymousId: 'b', event: 'Sign-up Started' }),
    ])
    client = new pg.Client(server.connection)
    await client.connect()
    page = await readFile(new URL('../../../docs/store.md', import.meta.url), 'utf8')
  }, 120_000)

  afterAll(async () => {
    await Promise.all([store.close(), client.end()])
    await server.dispose()
  })

  const all = async (sql: string) => (await client.query(sql)).rows

  it('has the version of the documentation, which is that of SQLite too', async () => {
    expect(await all('SELECT version FROM schema_version')).toEqual([{ version: schemaVersion }])
  })

  it('has no table, view or column that is not documented', async () => {
    const columns = await all(
      `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`,
    )
    expect(columns.length).toBeGreaterThan(60)
    for (const { table_name: table, column_name: column } of columns) {
      expect(page, table).toContain(`\`${table}\``)
      expect(page, `${table}.${column}`).toContain(`\`${column}\``)
    }
  })

  it('answers the queries of the documentation', async () => {
    const queries = [...page.matchAll(/```sql\n([^`]*)```/g)].map(([, sql]) => String(sql))
    expect(queries).toHaveLength(5)
    const [daily, person, sources, funnel, loss] = await Promise.all(queries.map(all))
    expect(daily).toHaveLength(3)
    expect(person?.map(({ event, type }) => event ?? type)).toEqual(['page', 'Sign-up Started', 'Signed Up'])
    expect(sources).toMatchObject([{ source: 'news', visits: '1' }])
    expect(funnel).toMatchObject([{ started: '2', finished: '1' }])
    expect(loss).toMatchObject([{ stored: '4', duplicates: '0', rejected: '0', missing: '2' }])
  })
})
