import { Hono, type MiddlewareHandler } from 'hono'
import { createAdminAuth } from './admin-auth'
import { cors } from './cors'
import { resolveIdentity } from './identity-trust'
import { createClientAddress } from './enrich/client-address'
import { createLiveView } from './live/create-live-view'
import { createRequestGate } from './limits/request-gate'
import { type Log, logFrom } from './log'
import { type CollectorOptions, type ResolvedOptions, resolveOptions } from './options'
import { createProjectDirectory, type ProjectDirectory } from './project-directory'
import { createProjectRegistry } from './projects/project-registry'
import type { RequestInfo } from './request-info'
import { RequestProblem, unavailable } from './request-problem'
import { createMetrics } from './metrics/create-metrics'
import { measureRequests } from './metrics/measure-requests'
import { createReadiness } from './readiness'
import { createAdminRoutes } from './routes/admin-routes'
import { createCustomEventsRoute } from './routes/custom-events-route'
import { createHealthRoutes, createMetricsRoute } from './routes/health-routes'
import { createPixelRoute } from './routes/pixel-route'
import { createProjectRoutes } from './routes/project-routes'
import { createScriptRoute, scriptPaths } from './routes/script-route'
import { createJitsuRoutes, createSegmentRoutes } from './routes/segment-routes'
import { createTracardiRoutes } from './routes/tracardi-routes'
import { createUsageRoute } from './routes/usage-route'
import { createSink, type Sink } from './sink'
import type { Store } from './store'
import { createVisitors } from './visitor/visitors'
import { problemBody, refuse } from './wording'

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
 * Takes events in the formats of Segment, RudderStack, Jitsu and Tracardi, custom events and a pixel, and serves the
 * SDK; with an admin token also `GET /admin/events`, `GET /admin/stats`, `GET /live`. docs/collector.md lists all routes.
 * Throws `[firsthand] <option>: what to do` where an option is wrong.
 *
 * @example
 * const collector = createCollector({
 *   projects: [{ id: 'shop', key: 'pk_shop', origins: ['https://shop.example'] }],
 *   store: sqliteStore({ path: './data/events.db' }),
 * })
 * export default collector
 *
 * With `forward: [transport]` in place of `store` it keeps nothing: it answers 2xx when each receiver has acknowledged
 * every event, else 503, so that the sender keeps them.
 */
export function createCollector(options: CollectorOptions): Collector {
  const given = resolveOptions(options)
  const log = logFrom(given.logLevel, given.log)
  const resolved = { ...given, log }
  const { projects, store } = resolved
  const closing = new AbortController()
  const sink = createSink(resolved)
  const directory = createProjectDirectory({ fixed: projects, store })
  const app = createApp(resolved, { sink, directory, signal: closing.signal })
  const underWay = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  async function open(): Promise<void> {
    await sink.open()
    if (projects.length === 0 && (await directory.count()) === 0) {
      log({
        level: 'warn',
        message: 'there are no projects yet, so every event is refused; add one, see docs/collector.md',
      })
    }
  }

  open().catch((error: unknown) => {
    // Closed in the meantime: nobody waits for it any more.
    if (closed) return
    log({
      level: 'error',
      message: 'the store could not be opened; events are refused until it can',
      error: String(error),
    })
  })

  async function close(): Promise<void> {
    closing.abort()
    await Promise.allSettled(underWay)
    await sink.close()
  }

  return {
    async fetch(request, info = {}) {
      if (closed) return closingAnswer()
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

const commonHeaders = {
  // Caches must not hand an answer for one origin to another; errors are answers too.
  Vary: 'Origin',
  'X-Content-Type-Options': 'nosniff',
}

function closingAnswer(): Response {
  const problem = unavailable('closing', 'the collector is shutting down')
  return Response.json(problemBody(problem), {
    status: problem.status,
    headers: { ...commonHeaders, ...problem.headers },
  })
}

interface AppParts {
  sink: Sink
  directory: ProjectDirectory
  /** Aborts when the collector closes. */
  signal: AbortSignal
}

function createApp(options: ResolvedOptions, parts: AppParts) {
  const { projects, store, basePath, log } = options
  const root = new Hono()
  const metrics = createMetrics({ store })
  root.use(measureRequests({ metrics, log, basePath }), (c, next) => {
    for (const [name, value] of Object.entries(commonHeaders)) c.header(name, value)
    return next()
  })
  const app = basePath === '' ? root : root.basePath(basePath)
  addPublicRoutes(app, options, {
    ...parts,
    sink: { ...parts.sink, acceptEvents: metrics.measured(parts.sink.acceptEvents) },
  })
  app.route('/', createHealthRoutes(createReadiness({ store, project: projects[0]?.id ?? '' })))
  const adminAuth = createGuard(options)
  if (options.metrics === 'open' || (options.metrics === 'token' && adminAuth))
    app.route('/', createMetricsRoute(metrics, options.metrics === 'open' ? null : adminAuth))
  if (adminAuth && store) addAdminRoutes(app, { ...options, adminAuth, store }, parts)
  root.notFound((c) => refuse(c, new RequestProblem(404, 'not-found', 'there is nothing at this address')))
  root.onError((error, c) => refuse(c, toProblem(error, log)))
  return root
}

/** Routes that pages ask for; all others are for the owner. */
function addPublicRoutes(app: Hono, options: ResolvedOptions, { sink, directory }: AppParts): void {
  const { limits, basePath, script, scriptName, cookies, log } = options
  const { acceptEvents, quotas } = sink
  const visitors = cookies ? createVisitors(cookies === true ? {} : cookies) : null
  const gate = createRequestGate({ limits, log })
  const findAddress = createClientAddress(options.ip)
  const deps = { directory, limits, gate, findAddress, acceptEvents, quotas, visitors }
  for (const path of [
    '/v1/*',
    '/beacon/*',
    '/api/s/*',
    '/track',
    '/collect/*',
    '/events',
    ...scriptPaths(scriptName),
  ]) {
    app.use(path, cors(directory))
  }
  app.route('/', createSegmentRoutes(deps, basePath))
  app.route('/', createJitsuRoutes(deps))
  app.route('/', createTracardiRoutes({ ...deps, profiles: sink.profiles }))
  app.route('/', createCustomEventsRoute(deps))
  app.route('/', createPixelRoute(deps))
  if (script !== undefined) app.route('/', createScriptRoute({ script, scriptName }))
}

/** Null where nobody has a token. */
function createGuard({ adminToken, basePath, ip, log }: ResolvedOptions): MiddlewareHandler | null {
  if (adminToken === undefined) return null
  return createAdminAuth(adminToken, { log, path: basePath || '/', findAddress: createClientAddress(ip) })
}

function addAdminRoutes(
  app: Hono,
  { adminAuth, store, projects, ...options }: ResolvedOptions & { adminAuth: MiddlewareHandler; store: Store },
  { sink, directory, signal }: AppParts,
): void {
  const identity = resolveIdentity(options.identity)
  const fixedIds = projects.map(({ id }) => id)
  const registry = createProjectRegistry({ store, fixedIds, onChange: directory.refresh })
  app.route('/', createAdminRoutes({ store, adminAuth, identity }))
  app.route('/', createProjectRoutes({ registry, fixed: projects, adminAuth }))
  app.route('/', createUsageRoute({ store, adminAuth }))
  app.route('/', createLiveView({ store, feed: sink.feed, adminAuth, identity, signal, projectKey: projects[0]?.key }))
}

function toProblem(error: Error, log: Log): RequestProblem {
  if (error instanceof RequestProblem) return error
  log({ level: 'error', message: 'a request failed', error: error.stack ?? String(error) })
  return unavailable('internal-error', 'the collector failed; send the request again')
}
