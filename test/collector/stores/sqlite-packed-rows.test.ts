import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSqlite, type SqliteConnection } from '../../../src/collector/stores/sqlite-driver'
import { packRows } from '../../../src/collector/stores/sqlite-packed-rows'

let connection: SqliteConnection

beforeAll(async () => {
  connection = await openSqlite(':memory:')
  await connection.exec('CREATE TABLE kept (a, b, c)')
})

afterAll(() => connection.close())

const value = fc.oneof(fc.constantFrom(null, '', 'a', 'b', 0, 1), fc.string(), fc.integer())

describe('packRows', () => {
  it('brings every row to the table as it was, whatever it has in common with the row before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value, value), { maxLength: 20 }), async (rows) => {
        const changes = await connection.transaction([
          { sql: 'DELETE FROM kept', rows: [[]] },
          { sql: 'INSERT INTO kept VALUES (?, ?, ?)', rows },
        ])
        expect(changes[1]).toEqual(rows.map(() => 1))
        const kept = await connection.all('SELECT a, b, c FROM kept ORDER BY rowid')
        expect(kept.map(({ a, b, c }) => [a, b, c])).toEqual(rows)
      }),
      { numRuns: 50 },
    )
  })

  it('hands over what a row has in common with the row before only once', () => {
    expect(packRows([['p', 'x', null], ['p', 'y', null], []])).toEqual({
      values: ['p', 'x', null, 'y'],
      columns: Uint8Array.of(0, 1, 2, 255, 1, 255, 255),
    })
  })
})
