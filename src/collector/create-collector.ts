import { type Context, Hono } from 'hono'
import { createAcceptEvents } from './accept-events'
import { createAdminAuth } from './admin-auth'
import { cors } from './cors'
import { createFeed } from './feed'
import { createLiveView } from './live/create-live-view'
import type { Log } from './log'
import { type CollectorOptions, resolveOptions } from './options'
import { createProjectDirectory } from './project-directory'
import { RequestProblem, unavailable } from './request-problem'
import { createAdminRoutes } from './routes/admin-routes'
import { createBatchRoute } from './routes/batch-route'

/** What the edge knows of a request beside the request itself. */
export interface RequestInfo {
  /** Address of the peer that opened the connection. */
  remoteAddress?: string
}

export interface Collector {
  /**
   * Answers any request. Never rejects: faults of the collector are answered 503 with `Retry-After`, so that clients
   * send their events again.
   */
  fetch(request: Request, info?: RequestInfo): Promise<Response>
  /**
   * Ends live streams, waits for requests under way, then closes the store. Later requests are answered 503.
   * Whoever serves the collector stops taking connections first; `serve` does all of it.
   */
  close(): Promise<void>
}

/**
 * Creates a collector: a web-standard fetch handler that stores events once and shows what it has.
 *
 * `POST /v1/batch`, `GET /healthz`; with an admin token also `GET /admin/events`, `GET /admin/stats`, `GET /live`.
 * Throws `[firsthand] <option>: what to do` where an option is wrong.
 *
 * @example
 * const collector = createCollector({
 *   projects: [{ id: 'shop', key: 'pk_shop', origins: ['https://shop.example'] }],
 *   store: sqliteStore({ path: './data/events.db' }),
 * })
 * export default collector
 */
export function createCollector(options: CollectorOptions): Collector {
  const resolved = resolveOptions(options)
  const { store, log } = resolved
  const closing = new AbortController()
  const app = createApp(resolved, closing.signal)
  const underWay = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  store.open?.().catch((error: unknown) => {
    log({
      level: 'error',
      message: 'the store could not be opened; events are refused until it can',
      error: String(error),
    })
  })

  async function close(): Promise<void> {
    closing.abort()
    await Promise.allSettled(underWay)
    await store.close()
  }

  return {
    async fetch(request, info = {}) {
      if (closed) return Response.json(...problemAnswer(unavailable('closing', 'the collector is shutting down')))
      const answer = Promise.resolve(app.fetch(request, info))
      underWay.add(answer)
      try {
        return await answer
      } finally {
        underWay.delete(answer)
      }
    },
    close: () => (closed ??= close()),
  }
}

function createApp(
  { projects, store, adminToken, limits, log }: ReturnType<typeof resolveOptions>,
  signal: AbortSignal,
) {
  const directory = createProjectDirectory(projects)
  const feed = createFeed()
  const acceptEvents = createAcceptEvents({ store, feed, log })
  const app = new Hono()
  app.use((c, next) => {
    // Caches must not hand an answer for one origin to another; errors are answers too.
    c.header('Vary', 'Origin')
    c.header('X-Content-Type-Options', 'nosniff')
    return next()
  })
  app.use('/v1/*', cors(directory))
  app.post('/v1/batch', createBatchRoute({ directory, acceptEvents, limits }))
  app.all('/v1/batch', () => {
    throw new RequestProblem(405, 'method-not-allowed', 'use POST', { headers: { Allow: 'POST, OPTIONS' } })
  })
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  if (adminToken !== undefined) {
    const adminAuth = createAdminAuth(adminToken)
    app.route('/', createAdminRoutes({ store, adminAuth }))
    app.route('/', createLiveView({ store, feed, adminAuth, signal, projectKey: projects[0]?.key }))
  }
  app.notFound((c) => refuse(c, new RequestProblem(404, 'not-found', 'there is nothing at this address')))
  app.onError((error, c) => refuse(c, toProblem(error, log)))
  return app
}

function toProblem(error: Error, log: Log): RequestProblem {
  if (error instanceof RequestProblem) return error
  log({ level: 'error', message: 'a request failed', error: error.stack ?? String(error) })
  return unavailable('internal-error', 'the collector failed; send the request again')
}

function refuse(c: Context, problem: RequestProblem): Response {
  const [body, { status, headers }] = problemAnswer(problem)
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return c.json(body, status)
}

function problemAnswer({ status, code, message, details, headers }: RequestProblem) {
  return [
    { success: false, error: { code, message, ...details } },
    { status, headers },
  ] as const
}
