import type { Context, MiddlewareHandler } from 'hono'
import { Hono } from 'hono'
import type { Feed } from '../feed'
import type { IdentityOptions, Store, StoreStats } from '../store'
import { pageFiles, pageHtml } from './assets'
import { createEventStream } from './event-stream'
import { readPersonHistory } from './person-history'
import { secureHeaders } from './secure-headers'

export interface LiveViewOptions {
  store: Store
  /** Wakes the page's streams when events were stored. */
  feed: Feed
  /** Guards every route. */
  adminAuth: MiddlewareHandler
  /** Who is who. Default: all edges count. */
  identity?: IdentityOptions
  /** Shown in the snippet of the empty page. Default: a placeholder. */
  projectKey?: string
  /** Ends all open streams; pass it where the collector closes. */
  signal?: AbortSignal
  /** Silence after which a stream sends a comment. Default 15,000 ms. */
  heartbeatMs?: number
}

/** The page for people: `/live`, its files, its stream of events and the history of one person. */
export function createLiveView(options: LiveViewOptions): Hono {
  const { store, feed, adminAuth, signal, heartbeatMs, identity = {} } = options
  const readStats = createStatsReader(store)
  const app = new Hono()
  app.use('/live', adminAuth, secureHeaders)
  app.use('/live/*', adminAuth, secureHeaders)

  app.get('/live', (c) => c.html(pageHtml))
  // The page's addresses are relative to /live, so that it works below any base path.
  app.get('/live/', (c) => c.redirect(new URL(c.req.url).pathname.replace(/\/+$/, ''), 308))
  app.get('/live/config', (c) => c.json({ projectKey: options.projectKey ?? null }))

  app.get('/live/events', (c) => {
    const cursor = c.req.header('last-event-id') || c.req.query('after') || null
    const body = createEventStream({ store, feed, cursor, readStats, signal, heartbeatMs, identity })
    c.header('Content-Type', 'text/event-stream; charset=utf-8')
    // Proxies such as nginx would collect the stream before they pass it on.
    c.header('X-Accel-Buffering', 'no')
    return c.body(body)
  })

  app.get('/live/person', async (c) => {
    const { project = '', userId, anonymousId } = c.req.query()
    if (!project || !(userId || anonymousId)) {
      return c.json(
        { error: { code: 'bad-request', message: 'project and one of userId, anonymousId are needed' } },
        400,
      )
    }
    return c.json(await readPersonHistory(store, { project, userId, anonymousId }, identity))
  })

  app.get('/live/:file', (c) => pageFile(c, c.req.param('file')))
  return app
}

function pageFile(c: Context, name: string): Response | Promise<Response> {
  const text = pageFiles.get(name)
  if (text === undefined) return c.notFound()
  const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
  return c.body(text, 200, { 'Content-Type': `${type}; charset=utf-8` })
}

/** All open pages ask at the same moments: one count serves them all. */
function createStatsReader(store: Store): () => Promise<StoreStats> {
  let current: Promise<StoreStats> | null = null
  return () => {
    current ??= store.stats().finally(() => {
      current = null
    })
    return current
  }
}
