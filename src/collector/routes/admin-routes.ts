import { Hono, type MiddlewareHandler } from 'hono'
import { parseTime } from '../event-schema'
import { RequestProblem } from '../request-problem'
import type { EventQuery, Store } from '../store'

const defaultLimit = 100
const maxLimit = 1_000

/** Reading back what was stored: `GET /admin/events` and `GET /admin/stats`. */
export function createAdminRoutes({ store, adminAuth }: { store: Store; adminAuth: MiddlewareHandler }): Hono {
  const app = new Hono()
  app.use('/admin/*', adminAuth, async (c, next) => {
    c.header('Cache-Control', 'no-store')
    await next()
  })
  app.get('/admin/events', async (c) => c.json(await store.events(readQuery(c.req.query()))))
  app.get('/admin/stats', async (c) => c.json(await store.stats()))
  return app
}

function readQuery(query: Record<string, string>): EventQuery {
  const { project, type, event, userId, anonymousId, sessionId, cursor } = query
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw invalid('cursor', 'pass `next` of the page before')
  const since = readTime('since', query.since)
  const until = readTime('until', query.until)
  return { project, type, event, userId, anonymousId, sessionId, since, until, limit: readLimit(query.limit), cursor }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit
  throw invalid('limit', `pass a whole number from 1 to ${maxLimit}`)
}

/** Times in the store are UTC with milliseconds, so that they compare as texts. */
function readTime(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = parseTime(text)
  if (time === null) throw invalid(name, 'pass an ISO 8601 time')
  return new Date(time).toISOString()
}

function invalid(name: string, whatToDo: string): RequestProblem {
  return new RequestProblem(400, 'invalid-parameter', `${name}: ${whatToDo}`)
}
