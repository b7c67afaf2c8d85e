import { Hono } from 'hono'
import { createDocument } from '../openapi/create-document'
import { intakeOperations, scriptOperations } from '../openapi/intake-operations'
import type { Operation } from '../openapi/operation'
import {
  adminOperations,
  diagnoseOperations,
  healthOperations,
  liveOperations,
  metricsOperation,
} from '../openapi/owner-operations'
import type { ResolvedOptions } from '../options'
import { methodNotAllowed } from './intake-deps'
import { scriptPaths } from './script-route'

/** `GET /openapi.json`, for everybody: it has no keys and no names of projects, and clients are made of it. */
export function createOpenApiRoute(options: ResolvedOptions): Hono {
  let text: string | undefined
  const app = new Hono()
  app
    .get('/openapi.json', (c) => {
      text ??= JSON.stringify(createDocument(operationsOf(options), options.basePath))
      c.header('Content-Type', 'application/json')
      c.header('Cache-Control', 'public, max-age=300')
      return c.body(text)
    })
    .all(methodNotAllowed('GET'))
  return app
}

/** Those that a collector of these options has. */
export function operationsOf({ script, scriptName, adminToken, store, metrics }: ResolvedOptions): Operation[] {
  const hasAdmin = adminToken !== undefined && store !== undefined
  const hasMetrics = metrics === 'open' || (metrics === 'token' && adminToken !== undefined)
  return [
    ...intakeOperations,
    ...(script === undefined ? [] : scriptOperations(scriptPaths(scriptName))),
    ...healthOperations,
    ...(hasMetrics ? [metricsOperation(metrics === 'open' ? 'nothing' : 'admin')] : []),
    ...(hasAdmin ? [...adminOperations, ...diagnoseOperations, ...liveOperations] : []),
  ]
}
