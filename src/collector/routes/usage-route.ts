import { Hono, type MiddlewareHandler } from 'hono'
import type { Store, UsageQuery } from '../store'
import { invalid, readDay } from './admin-query'
import { methodNotAllowed } from './intake-deps'

/** `GET /admin/usage`: what each project has stored, by day or month. */
export function createUsageRoute({
  store,
  adminAuth,
}: {
  store: Pick<Store, 'usage'>
  adminAuth: MiddlewareHandler
}): Hono {
  const app = new Hono()
  app.use('/admin/usage', adminAuth)
  app
    .get('/admin/usage', async (c) => {
      c.header('Cache-Control', 'no-store')
      return c.json({ usage: await store.usage(readUsageQuery(c.req.query())) })
    })
    .all(methodNotAllowed('GET'))
  return app
}

function readUsageQuery({ project, month, since, until, by = 'month' }: Record<string, string>): UsageQuery {
  if (by !== 'day' && by !== 'month') throw invalid('by', 'pass day or month')
  if (month === undefined) return { project, by, since: readDay('since', since), until: readDay('until', until) }
  if (since !== undefined || until !== undefined) throw invalid('month', 'pass either a month, or since and until')
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw invalid('month', 'pass a month such as 2026-01')
  const [year, number] = month.split('-').map(Number) as [number, number]
  const next = new Date(Date.UTC(year, number)).toISOString().slice(0, 10)
  return { project, by, since: `${month}-01`, until: next }
}
