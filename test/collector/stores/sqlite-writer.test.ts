import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSqlite, type SqliteConnection } from '../../../src/collector/stores/sqlite-driver'
import { migrate } from '../../../src/collector/stores/sqlite-schema'
import {
  addEdges,
  addToDailyCounts,
  addToPageInstances,
  prepareConnection,
} from '../../../src/collector/stores/sqlite-writer'

describe('what is written beside the events', () => {
  let connection: SqliteConnection

  beforeAll(async () => {
    connection = await openSqlite(':memory:')
    await migrate(connection)
    await prepareConnection(connection)
  })

  afterAll(() => connection.close())

  it.each(Object.entries({ addEdges, addToPageInstances, addToDailyCounts }))(
    'is worked out by %s from the rows of the transaction alone, so its cost does not grow with the file',
    async (_, sql) => {
      const values = sql === addToDailyCounts ? ['p', '2026-01-02', 1, 0] : []
      const plan = (await connection.all(`EXPLAIN QUERY PLAN ${sql}`, values)).map(({ detail }) => String(detail))
      const reads = plan.filter((detail) => /\bevents\b/.test(detail))
      expect(reads.length).toBeGreaterThan(0)
      for (const detail of reads) expect(detail).toBe('SEARCH events USING INTEGER PRIMARY KEY (rowid>?)')
    },
  )
})
