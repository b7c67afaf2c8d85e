import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/collector/store'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { openSqlite, type SqliteConnection } from '../../../src/collector/stores/sqlite-driver'
import { schemaVersion } from '../../../src/collector/stores/sqlite-schema'
import { newEvent } from '../../contract/store'

let directory: string
let store: Store
let reader: SqliteConnection
let page: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firsthand-schema-'))
  const path = join(directory, 'events.db')
  store = sqliteStore({ path })
  const visitor = { project: 'default', anonymousId: 'a' }
  const at = (minute: number) => ({ timestamp: `2026-01-02T03:0${minute}:00.000Z` })
  const campaign = { campaign: { source: 'news' }, session: { id: 's', number: 1, start: 1 } }
  await store.append([
    newEvent({ ...visitor, ...at(1), type: 'page', event: undefined, context: campaign }),
    newEvent({ ...visitor, ...at(2), event: 'Sign-up Started', context: { sequence: { instance: 'i', number: 3 } } }),
    newEvent({ ...visitor, ...at(3), event: 'Signed Up', userId: 'userid-123' }),
    newEvent({ ...visitor, ...at(4), anonymousId: 'b', event: 'Sign-up Started' }),
  ])
  reader = await openSqlite(path, { readOnly: true })
  page = await readFile(new URL('../../../docs/store.md', import.meta.url), 'utf8')
})

afterAll(async () => {
  await Promise.all([store.close(), reader.close()])
  await rm(directory, { recursive: true })
})

describe('the schema', () => {
  it('has the version that is documented', async () => {
    expect(await reader.all('PRAGMA user_version')).toMatchObject([{ user_version: schemaVersion }])
    expect(page).toContain(`Schema version ${schemaVersion} `)
  })

  it('has no table, view or column that is not documented', async () => {
    const tables = await reader.all(
      `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'`,
    )
    for (const { name: table } of tables) {
      expect(page, String(table)).toContain(`\`${table}\``)
      for (const { name } of await reader.all(`SELECT name FROM pragma_table_info('${table}')`)) {
        expect(page, `${table}.${name}`).toContain(`\`${name}\``)
      }
    }
  })

  it('answers the queries of the documentation', async () => {
    const queries = [...page.matchAll(/```sql\n([^`]*)```/g)].map(([, sql]) => String(sql))
    expect(queries).toHaveLength(5)
    const [daily, person, sources, funnel, loss] = await Promise.all(queries.map((sql) => reader.all(sql)))
    expect(daily).toHaveLength(3)
    expect(person?.map(({ event, type }) => event ?? type)).toEqual(['page', 'Sign-up Started', 'Signed Up'])
    expect(sources).toMatchObject([{ source: 'news', visits: 1 }])
    expect(funnel).toMatchObject([{ started: 2, finished: 1 }])
    expect(loss).toMatchObject([{ stored: 4, duplicates: 0, rejected: 0, missing: 2 }])
  })

  it('finds the ids of one person without reading all of them', async () => {
    const plan = await reader.all(
      `EXPLAIN QUERY PLAN SELECT * FROM events WHERE project = 'p' AND user_id = 'u' ORDER BY id DESC`,
    )
    expect(JSON.stringify(plan)).toContain('events_user')
    expect(JSON.stringify(plan)).not.toContain('TEMP B-TREE')
  })
})
