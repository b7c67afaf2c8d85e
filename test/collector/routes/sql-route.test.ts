import { describe, expect, it } from 'vitest'
import type { SqlOutcome } from '../../../src/collector/store'
import { createFakeStore } from '../../helpers/fake-store'
import { adminToken, testCollector } from '../helpers/test-collector'

const asked: unknown[] = []
const store = createFakeStore()
const { collector } = testCollector({
  store: { ...store, query: (...call) => (asked.push(call), store.query(...call)) },
})

function ask(body: unknown, headers: Record<string, string> = { authorization: `Bearer ${adminToken}` }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return collector.fetch(new Request('http://collector.test/admin/sql', { method: 'POST', headers, body: text }))
}

describe('POST /admin/sql', () => {
  it('answers columns and rows, and hands the limits on', async () => {
    const result = { columns: ['n'], rows: [[1], [null]], truncated: true }
    store.outcome = { status: 'done', result }
    const response = await ask({ sql: 'SELECT n FROM e', maxRows: 2 })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual(result)
    await ask({ sql: 'SELECT 1' })
    expect(asked.splice(0)).toEqual([
      ['SELECT n FROM e', { maxRows: 2, timeoutMs: 10_000 }],
      ['SELECT 1', { maxRows: 1_000, timeoutMs: 10_000 }],
    ])
  })

  it.each<[SqlOutcome, number, string, string]>([
    [{ status: 'refused', reason: 'no such table: e' }, 400, 'invalid-sql', 'no such table: e'],
    [{ status: 'timeout' }, 504, 'sql-timeout', '10 s'],
  ])('answers %j with %d', async (outcome, status, code, message) => {
    store.outcome = outcome
    const response = await ask({ sql: 'SELECT 1' })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code, message: expect.stringContaining(message) } })
  })

  it.each(['', '[]', '{}', '{"sql":1}', '{"sql":"SELECT 1","maxRows":0}', '{"sql":"SELECT 1","maxRows":10001}', 'x'])(
    'answers 400 to %j and asks nobody',
    async (body) => {
      asked.length = 0
      expect((await ask(body)).status).toBe(400)
      expect(asked).toEqual([])
    },
  )

  it('takes no body without end, and nobody without the token', async () => {
    expect((await ask({ sql: `SELECT '${'x'.repeat(65_536)}'` })).status).toBe(413)
    expect((await ask({ sql: 'SELECT 1' }, {})).status).toBe(401)
  })

  it('asks the store three at a time, lets some wait, and answers 429 to more', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    const running: number[] = []
    let now = 0
    const query = async (): Promise<SqlOutcome> => {
      running.push(++now)
      await gate
      now--
      return { status: 'refused', reason: 'no' }
    }
    const busy = testCollector({ store: { ...createFakeStore(), query } })
    const headers = { authorization: `Bearer ${adminToken}` }
    const answers = Array.from({ length: 40 }, () => busy.send('POST', '/admin/sql', { sql: 'SELECT 1' }, headers))
    let settled = 0
    for (const answer of answers) void answer.then(() => settled++)
    await expect.poll(() => settled).toBe(7)
    const refused = await Promise.any(answers)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await refused.json()).toMatchObject({ error: { code: 'too-many-queries' } })
    open()
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 400)).toHaveLength(33)
    expect(Math.max(...running)).toBe(3)
    await busy.collector.close()
  })
})
