import { Hono, type MiddlewareHandler } from 'hono'
import { createAdminAuth } from './admin-auth'
import { cors } from './cors'
import { createDiagnose } from './diagnose/create-diagnose'
import { createClientAddress } from './enrich/client-address'
import { resolveIdentity } from './identity-trust'
import { createRequestGate } from './limits/request-gate'
import { createLiveView } from './live/create-live-view'
import type { Log } from './log'
import { createMetrics } from './metrics/create-metrics'
import { measureRequests } from './metrics/measure-requests'
import type { ResolvedOptions } from './options'
import type { ProjectDirectory } from './project-directory'
import { createProjectRegistry } from './projects/project-registry'
import { createReadiness } from './readiness'
import { RequestProblem, unavailable } from './request-problem'
import { createAdminRoutes } from './routes/admin-routes'
import { createCustomEventsRoute } from './routes/custom-events-route'
import { createHealthRoutes, createMetricsRoute } from './routes/health-routes'
import { createOpenApiRoute } from './routes/openapi-route'
import { createPixelRoute } from './routes/pixel-route'
import { createProjectRoutes } from './routes/project-routes'
import { createScriptRoute, scriptPaths } from './routes/script-route'
import { createJitsuRoutes, createSegmentRoutes } from './routes/segment-routes'
import { createTracardiRoutes } from './routes/tracardi-routes'
import { createUsageRoute } from './routes/usage-route'
import type { Sink } from './sink'
import type { Store } from './store'
import { createVisitors } from './visitor/visitors'
import { refuse } from './wording'

export const commonHeaders = {
  // Caches must not hand an answer for one origin to another; errors are answers too.
  Vary: 'Origin',
  'X-Content-Type-Options': 'nosniff',
}

export interface AppParts {
  sink: Sink
  directory: ProjectDirectory
  /** Aborts when the collector closes. */
  signal: AbortSignal
}

/** All routes, below the base path. */
export function createApp(options: ResolvedOptions, parts: AppParts): Hono {
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
  app.route('/', createOpenApiRoute(options))
  app.route('/', createHealthRoutes(createReadiness({ store, log, project: projects[0]?.id ?? '' })))
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
  options: ResolvedOptions & { adminAuth: MiddlewareHandler; store: Store },
  { sink, directory, signal }: AppParts,
): void {
  const { adminAuth, store, projects } = options
  const identity = resolveIdentity(options.identity)
  const fixedIds = projects.map(({ id }) => id)
  const registry = createProjectRegistry({ store, fixedIds, onChange: directory.refresh })
  app.route('/', createAdminRoutes({ store, adminAuth, identity, projectIds: directory.ids }))
  app.route('/', createProjectRoutes({ registry, fixed: projects, adminAuth }))
  app.route('/', createUsageRoute({ store, adminAuth }))
  app.route('/', createLiveView({ store, feed: sink.feed, adminAuth, identity, signal, projectKey: projects[0]?.key }))
  app.route('/', createDiagnose({ ...options, isListed: directory.acceptsOrigin }))
}

function toProblem(error: Error, log: Log): RequestProblem {
  if (error instanceof RequestProblem) return error
  log({ level: 'error', message: 'a request failed', error: error.stack ?? String(error) })
  return unavailable('internal-error', 'the collector failed; send the request again')
}
