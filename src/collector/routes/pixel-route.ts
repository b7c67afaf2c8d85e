import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { admit } from '../admit'
import { decodePixel } from '../intake/pixel'
import { wordedBy } from '../wording'
import { accept, type IntakeDeps, intakeOf, methodNotAllowed, okOr400 } from './intake-deps'

/** One transparent pixel. */
const gif = Uint8Array.from(atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=='), (char) =>
  char.charCodeAt(0),
)

/** `GET /pixel.gif`: an event from a page without scripts or from a mail. The image comes back whatever happens. */
export function createPixelRoute(deps: IntakeDeps): Hono {
  const app = new Hono()
  app.use(
    '/pixel.gif',
    wordedBy((c, { status, code }) => image(c, status, code)),
  )
  app.get('/pixel.gif', async (c) => {
    // Whoever asks only whether there is an image has not seen it.
    if (c.req.method === 'HEAD') return image(c, 200)
    const receivedAt = Date.now()
    const query = new URL(c.req.url).searchParams
    const keys = [query.get('projectKey'), query.get('writeKey')].filter(
      (key) => key !== null && key !== '',
    ) as string[]
    const owner = await admit(c, deps, keys)
    const surroundings = { visitorId: crypto.randomUUID(), pageUrl: pageUrlOf(c) }
    const intake = intakeOf(decodePixel(query, surroundings))
    const { rejected } = await accept(c, deps, { intake, owner, receivedAt, statusOf: okOr400 })
    return image(c, okOr400(rejected.length, 1), rejected[0]?.code)
  })
  app.all('/pixel.gif', methodNotAllowed('GET'))
  return app
}

function image(c: Context, status: ContentfulStatusCode, problem?: string): Response {
  c.header('Content-Type', 'image/gif')
  c.header('Cache-Control', 'no-store')
  c.header('Cross-Origin-Resource-Policy', 'cross-origin')
  if (problem !== undefined) c.header('X-Problem', problem)
  return c.body(gif, status)
}

/** Browsers shorten the address that they tell another site to its origin, which is then not the page. */
function pageUrlOf(c: Context): string | null {
  const referer = c.req.header('referer')
  if (referer === undefined || !URL.canParse(referer)) return null
  const { pathname, origin } = new URL(referer)
  return pathname !== '/' || origin === new URL(c.req.url).origin ? referer : null
}
