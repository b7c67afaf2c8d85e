import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/collector/store'
import { client, newEvent } from './stored-event'

/** One SELECT of somebody who may read everything, and change nothing. */
export function testStoreQuery(store: () => Store): void {
  describe('queries in SQL', { timeout: 60_000 }, () => {
    const ask = (sql: string, options = {}) => store().query(sql, { maxRows: 100, timeoutMs: 20_000, ...options })
    const done = (columns: string[], rows: unknown[][], truncated = false) => ({
      status: 'done',
      result: { columns, rows, truncated },
    })

    it('read what was stored, with the columns of the client and the host', async () => {
      const page = { url: 'https://Shop.example:8443/a?b=1#c', path: '/a' }
      await store().append([
        { ...newEvent({ messageId: '1', context: { page } }), client },
        newEvent({ messageId: '2' }),
      ])
      const columns = 'host, ip, country, region, browser, browser_version, os, os_version, device, bot, gpc'
      expect(await ask(`SELECT ${columns} FROM events ORDER BY id`)).toEqual(
        done(columns.split(', '), [
          ['shop.example:8443', '203.0.113.0', 'NZ', 'WGN', 'Firefox', '140.0', 'Linux', null, 'desktop', 0, 1],
          Array.from({ length: 11 }, () => null),
        ]),
      )
      expect(await ask('WITH e AS (SELECT * FROM events) SELECT count(*) AS n FROM e;')).toEqual(done(['n'], [[2]]))
    })

    it('name columns also where there are no rows, and where two have the same name', async () => {
      expect(await ask('SELECT id AS one, id AS one FROM events')).toEqual(done(['one', 'one'], []))
      expect(await ask('SELECT 1 AS one, 2 AS one')).toEqual(done(['one', 'one'], [[1, 2]]))
    })

    it('leave out what is more than was asked for, and say so', async () => {
      await store().append(Array.from({ length: 4 }, () => newEvent()))
      expect(await ask('SELECT 1 AS one FROM events', { maxRows: 3 })).toEqual(done(['one'], [[1], [1], [1]], true))
      expect(await ask('SELECT 1 AS one FROM events', { maxRows: 4 })).toMatchObject({ result: { truncated: false } })
    })

    it.each([
      '',
      ';',
      'PRAGMA user_version',
      "ATTACH ':memory:' AS other",
      'DELETE FROM events',
      "UPDATE events SET event = 'x'",
      'DROP TABLE events',
      'CREATE TABLE mine (a INTEGER)',
      'INSERT INTO projects (id) VALUES (1) RETURNING id',
      'WITH gone AS (SELECT 1) DELETE FROM events',
      'SELECT 1; DELETE FROM events',
      'SELECT 1; SELECT 2',
      'SELECT 1 /* ; */ ; DROP TABLE events --',
      'BEGIN',
      'EXPLAIN SELECT 1',
      'SELECT nothing FROM nowhere',
      'SELECT (',
    ])('refuse %j with the reason, and nothing is changed', async (sql) => {
      await store().append([newEvent({ messageId: 'stays' })])
      expect(await ask(sql)).toEqual({ status: 'refused', reason: expect.stringMatching(/\w/) })
      expect((await store().events({ limit: 2 })).events).toHaveLength(1)
      expect(await store().append([newEvent()])).toMatchObject({ status: 'committed' })
    })

    it('end when their time is over, while events are stored as ever', async () => {
      const endless = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
      const answer = ask(endless, { timeoutMs: 700 })
      expect(await store().append([newEvent()])).toMatchObject({ status: 'committed' })
      expect(await answer).toEqual({ status: 'timeout' })
      expect(await ask('SELECT count(*) AS n FROM events')).toEqual(done(['n'], [[1]]))
    })
  })
}
