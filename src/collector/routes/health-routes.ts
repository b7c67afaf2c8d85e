import { Hono, type MiddlewareHandler } from 'hono'
import type { Metrics } from '../metrics/create-metrics'
import { prometheusContentType } from '../metrics/prometheus'
import type { Readiness } from '../readiness'
import type { RequestInfo } from '../request-info'
import { unavailable } from '../request-problem'

/** `GET /healthz`: is the process alive? `GET /readyz`: would events be stored? */
export function createHealthRoutes(ready: () => Promise<Readiness>): Hono {
  const app = new Hono()
  app.use('/healthz', noStore).use('/readyz', noStore)
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const readiness = await ready()
    if (readiness.status === 'unavailable')
      throw unavailable('not-ready', 'the store takes no events; the log says why')
    return c.json(readiness)
  })
  return app
}

/** `GET /metrics`, for Prometheus. It names projects. */
export function createMetricsRoute(metrics: Metrics, guard: MiddlewareHandler | null): Hono {
  const app = new Hono()
  app.use('/metrics', noStore)
  if (guard) app.use('/metrics', guard)
  app.get('/metrics', async (c) => {
    const { figures } = (c.env ?? {}) as RequestInfo
    c.header('Content-Type', prometheusContentType)
    return c.body(await metrics.text(figures?.() ?? []))
  })
  return app
}

const noStore: MiddlewareHandler = (c, next) => {
  c.header('Cache-Control', 'no-store')
  return next()
}
