import { Hono } from 'hono'
import { isObject } from '../intake/intake'
import { createTurns } from '../limits/turns'
import { parseJson } from '../parse-json'
import { readBody } from '../read-body'
import { RequestProblem } from '../request-problem'
import type { Store } from '../store'
import { invalid } from './admin-query'

const maxBodyBytes = 65_536
const defaultRows = 1_000
const maxRows = 10_000
const timeoutMs = 10_000
/** Each has a process or a connection of its own, which the intake must not lack. */
const maxRunning = 3
const maxWaiting = 30

/** `POST /admin/sql` with `{ sql, maxRows? }` answers one SELECT with `{ columns, rows, truncated }`. */
export function createSqlRoute(store: Pick<Store, 'query'>): Hono {
  const app = new Hono()
  const turns = createTurns({ maxRunning, maxWaiting })
  app.post('/admin/sql', async (c) => {
    const { sql, rows } = readSqlBody(parseJson(await readBody(c.req.raw, maxBodyBytes)))
    const turn = turns(() => store.query(sql, { maxRows: rows, timeoutMs }))
    if (turn === null) throw tooMany()
    const outcome = await turn
    if (outcome.status === 'refused') throw new RequestProblem(400, 'invalid-sql', outcome.reason)
    if (outcome.status === 'timeout') {
      throw new RequestProblem(504, 'sql-timeout', `the query took more than ${timeoutMs / 1000} s and was ended`)
    }
    return c.json(outcome.result)
  })
  return app
}

function tooMany(): RequestProblem {
  const headers = { 'Retry-After': '1' }
  return new RequestProblem(429, 'too-many-queries', 'there are too many queries; ask again later', { headers })
}

function readSqlBody(body: unknown): { sql: string; rows: number } {
  if (!isObject(body) || typeof body.sql !== 'string') throw invalid('sql', 'pass { sql, maxRows? } with one SELECT')
  const rows = body.maxRows ?? defaultRows
  if (typeof rows === 'number' && Number.isInteger(rows) && rows >= 1 && rows <= maxRows) return { sql: body.sql, rows }
  throw invalid('maxRows', `pass a whole number from 1 to ${maxRows}`)
}
