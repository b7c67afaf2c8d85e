import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Log } from '../log'
import type { Metrics } from './create-metrics'

/** Anybody can send any method; each new one would be a series of its own. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Counts each request, and writes a line for it at the level `debug`; neither has its path, which has keys and ids in it. */
export function measureRequests({
  metrics,
  log,
  basePath,
}: {
  metrics: Metrics
  log: Log
  basePath: string
}): MiddlewareHandler {
  return async (c, next) => {
    const start = performance.now()
    await next()
    const method = methods.has(c.req.method) ? c.req.method : 'other'
    const route = routeOf(routePath(c, -1), basePath)
    const { status } = c.res
    const durationMs = performance.now() - start
    metrics.countRequest({ method, route, status, seconds: durationMs / 1_000 })
    log({ level: 'debug', message: 'request', method, route, status, durationMs: Math.round(durationMs * 10) / 10 })
  }
}

/** The same whatever the base path, so that dashboards fit every deployment. */
function routeOf(pattern: string, basePath: string): string {
  if (pattern.endsWith('/*') || pattern === '*' || pattern === '') return 'none'
  return pattern.startsWith(`${basePath}/`) ? pattern.slice(basePath.length) : pattern
}
