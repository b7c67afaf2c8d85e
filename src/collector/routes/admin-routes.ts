import { Hono, type MiddlewareHandler } from 'hono'
import { matches } from '../event-filter'
import { RequestProblem } from '../request-problem'
import type { EventQuery, IdentityOptions, Store, UsageQuery } from '../store'
import { invalid, readCursor, readDay, readLimit, readTime } from './admin-query'
import { createSqlRoute } from './sql-route'

export interface AdminRoutesOptions {
  store: Store
  adminAuth: MiddlewareHandler
  identity: IdentityOptions
  /** Of all projects: where there is one, nobody needs to name it. */
  projectIds(): Promise<readonly string[]>
}

/** Reading back what was stored: events, counts, people, and any SELECT. */
export function createAdminRoutes({ store, adminAuth, identity, projectIds }: AdminRoutesOptions): Hono {
  const app = new Hono()
  app.use('/admin/*', adminAuth, async (c, next) => {
    c.header('Cache-Control', 'no-store')
    c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    c.header('Cross-Origin-Resource-Policy', 'same-origin')
    await next()
  })
  app.get('/admin/events', async (c) => {
    const { after, ...query } = c.req.query()
    return c.json(after === undefined ? await store.events(readEventQuery(query)) : await follow(store, after, query))
  })
  app.get('/admin/stats', async (c) => {
    const usage = readUsageQuery(c.req.query())
    return c.json(usage ? { rows: await store.usage(usage) } : await store.stats())
  })
  app.get('/admin/people/:id', async (c) => {
    const { limit, cursor, ...query } = c.req.query()
    const project = query.project || onlyOne(await projectIds())
    if (project === undefined) throw invalid('project', 'pass the id of the project')
    const page = { project, limit: readLimit(limit), cursor: readCursor(cursor) }
    const person = await store.person(project, c.req.param('id'), identity)
    if (!person) throw new RequestProblem(404, 'unknown-person', 'nobody of this id is known in the project')
    return c.json({ person, ...(await store.events({ ...page, person })) })
  })
  app.route('/', createSqlRoute(store))
  return app
}

function onlyOne([first, second]: readonly string[]): string | undefined {
  return second === undefined ? first : undefined
}

/** In the order of storing. `next` is there at the end too, as more will come; where a filter is, a page may be empty. */
async function follow(store: Store, after: string, query: Record<string, string>) {
  const { limit, ...filter } = readEventQuery(query)
  const page =
    after === 'latest' ? await store.latest(limit) : await store.eventsAfter(readCursor(after, 'after') ?? null, limit)
  return { events: page.events.filter((event) => matches(event, filter)), next: page.cursor }
}

function readEventQuery(query: Record<string, string>): EventQuery {
  const { project, type, event, userId, anonymousId, sessionId } = query
  const cursor = readCursor(query.cursor)
  const since = readTime('since', query.since)
  const until = readTime('until', query.until)
  return { project, type, event, userId, anonymousId, sessionId, since, until, limit: readLimit(query.limit), cursor }
}

/** Null where totals are asked for. */
function readUsageQuery({ by, project, since, until }: Record<string, string>): UsageQuery | null {
  if (by === undefined) return null
  if (by !== 'day' && by !== 'month') throw invalid('by', 'pass day or month')
  return { by, project, since: readDay('since', since), until: readDay('until', until) }
}
