import { type Context, Hono } from 'hono'
import type { Acceptance } from '../accept-events'
import { admit } from '../admit'
import type { Decoded } from '../intake/intake'
import { decodeSegmentBatch } from '../intake/segment-batch'
import { decodeSegmentEvent } from '../intake/segment-event'
import { parseJson } from '../parse-json'
import { readBody } from '../read-body'
import { requestKeys } from '../request-key'
import { RequestProblem } from '../request-problem'
import { wordedBy } from '../wording'
import { accept, type IntakeDeps, intakeOf, methodNotAllowed, okOr400 } from './intake-deps'

const types = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const

/** RudderStack's browser client sends to the last one when a page ends. */
const batchPaths = ['/v1/batch', '/v1/b', '/beacon/v1/batch']

/**
 * Segment's API, which RudderStack's clients speak too: batches, single calls under the names of `analytics-next`
 * and of the public API, the settings document, and the client's own metrics, which nobody here reads.
 */
export function createSegmentRoutes(deps: IntakeDeps, basePath: string): Hono {
  const app = new Hono()
  const answer = (c: Context, acceptance: Acceptance) => {
    const status = okOr400(acceptance.rejected.length, eventsOf(acceptance))
    return c.json({ success: status === 200, ...acceptance }, status)
  }
  const take = (decode: (body: unknown) => Decoded) => async (c: Context) => answer(c, await receive(c, deps, decode))

  for (const path of batchPaths) app.post(path, take(decodeSegmentBatch)).all(path, methodNotAllowed('POST'))
  for (const type of types) {
    for (const path of [`/v1/${type}`, `/v1/${type[0]}`]) {
      app
        .post(
          path,
          take((body) => decodeSegmentEvent(body, type)),
        )
        .all(path, methodNotAllowed('POST'))
    }
  }
  app.post('/v1/m', (c) => c.json({ success: true })).all('/v1/m', methodNotAllowed('POST'))
  app.get('/v1/projects/:key/settings', async (c) => {
    await admit(c, deps, [c.req.param('key')])
    c.header('Cache-Control', 'private, max-age=60')
    return c.json(settingsOf(c, c.req.param('key'), basePath))
  })
  return app
}

/** Jitsu's API: one event for each request, from browsers and (`s2s`) from servers. */
export function createJitsuRoutes(deps: IntakeDeps): Hono {
  const app = new Hono()
  const take = async (c: Context) => {
    const type = c.req.param('type') ?? ''
    const acceptance = await receive(c, deps, (body) => decodeSegmentEvent(body, typeOf(type, body), 'jitsu'))
    const [rejection] = acceptance.rejected
    return rejection ? c.json({ ok: false, error: rejection.message }, 400) : c.json({ ok: true })
  }
  app.use(
    '/api/s/*',
    wordedBy((c, { status, message }) => c.json({ ok: false, error: message }, status)),
  )
  for (const path of ['/api/s/:type', '/api/s/s2s/:type']) app.post(path, take).all(path, methodNotAllowed('POST'))
  return app
}

/** Jitsu's type `event` leaves the type to the body. */
function typeOf(type: string, body: unknown): string {
  const named = type === 'event' ? ((body as { type?: unknown } | null)?.type ?? 'track') : type
  if (types.some((known) => known === named)) return String(named)
  throw new RequestProblem(400, 'unknown-type', `the type must be one of ${types.join(', ')}`)
}

async function receive(c: Context, deps: IntakeDeps, decode: (body: unknown) => Decoded): Promise<Acceptance> {
  const text = await readBody(c.req.raw, deps.limits.maxBodyBytes)
  const receivedAt = Date.now()
  const body = parseJson(text)
  const keys = requestKeys({
    authorization: c.req.header('authorization'),
    writeKey: c.req.header('x-write-key'),
    body,
    query: c.req.query('writeKey') ?? c.req.query('writekey'),
  })
  const owner = await admit(c, deps, keys)
  return accept(c, deps, { intake: intakeOf(decode(body)), owner, receivedAt, statusOf: okOr400 })
}

function eventsOf({ accepted, duplicates, rejected }: Acceptance): number {
  return accepted + duplicates + rejected.length
}

/** What `analytics-next` asks for before it sends anything: where to send to, and that nobody wants its metrics. */
function settingsOf(c: Context, apiKey: string, basePath: string) {
  const { host, protocol } = new URL(c.req.url)
  const apiHost = `${host}${basePath}/v1`
  return {
    integrations: { 'Segment.io': { apiKey, apiHost, protocol: isSecure(c) ? 'https' : protocol.slice(0, -1) } },
    metrics: { host: apiHost, sampleRate: 0 },
  }
}

/** Behind a proxy that ends TLS the address says http, and a page on https can send to nothing else. */
function isSecure(c: Context): boolean {
  const page = c.req.header('origin') ?? c.req.header('referer') ?? ''
  return page.startsWith('https:') || c.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https'
}
