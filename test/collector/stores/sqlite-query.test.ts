import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { createSqliteQueries } from '../../../src/collector/stores/sqlite-query'
import { newEvent } from '../../contract/store'

let directory: string
let path: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firsthand-query-'))
  path = join(directory, 'events.db')
  const store = sqliteStore({ path })
  await store.append([newEvent()])
  await store.close()
})

afterAll(() => rm(directory, { recursive: true }))

const options = { maxRows: 10, timeoutMs: 20_000 }

describe('a query in a process of its own', { timeout: 60_000 }, () => {
  it('gives bytes as hexadecimal digits', async () => {
    expect(await createSqliteQueries(path).run("SELECT x'00ff' AS bytes", options)).toMatchObject({
      result: { rows: [['00ff']] },
    })
  })

  it('takes no more memory than it may', async () => {
    const large =
      "SELECT group_concat(printf('%.*c', 9000000, 'x')) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3)"
    expect(await createSqliteQueries(path).run(large, options)).toMatchObject({ status: 'refused' })
    const huge =
      'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT hex(randomblob(900000)) FROM n'
    expect(await createSqliteQueries(path).run(huge, { ...options, maxRows: 10_000 })).toMatchObject({
      status: 'refused',
      reason: expect.stringMatching(/too long|memory/),
    })
  })

  it('ends with the store', async () => {
    const queries = createSqliteQueries(path)
    const endless = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
    const answer = queries.run(endless, options)
    queries.close()
    await expect(answer).rejects.toThrow('closed')
  })

  it('has no file to ask for :memory:', async () => {
    const store = sqliteStore({ path: ':memory:' })
    expect(await store.query('SELECT 1', options)).toMatchObject({ status: 'refused' })
    await store.close()
  })
})
