import { Hono } from 'hono'
import { admit } from '../admit'
import { decodeCustomEvents } from '../intake/custom-events'
import { parseJson } from '../parse-json'
import { readBody } from '../read-body'
import { requestKeys } from '../request-key'
import { RequestProblem } from '../request-problem'
import { accept, type IntakeDeps, methodNotAllowed, okOr400 } from './intake-deps'

/** `POST /events`: custom events, one or a list; answers with the session id, which is made where it is missing. */
export function createCustomEventsRoute(deps: IntakeDeps): Hono {
  const app = new Hono()
  app.post('/events', async (c) => {
    const text = await readBody(c.req.raw, deps.limits.maxBodyBytes)
    const receivedAt = Date.now()
    const body = parseJson(text)
    const authorization = c.req.header('authorization')
    const keys = requestKeys({ authorization, body, query: c.req.query('projectKey') })
    const owner = await admit(c, deps, keys)
    if (Array.isArray(body) && body.length === 0) throw new RequestProblem(400, 'empty-list', 'the list has no events')
    const { intake, sessionId } = decodeCustomEvents(body, crypto.randomUUID())
    const acceptance = await accept(c, deps, { intake, owner, receivedAt, statusOf: okOr400 })
    const status = okOr400(acceptance.rejected.length, intake.items.length)
    return c.json({ success: status === 200, sessionId, ...acceptance }, status)
  })
  app.all('/events', methodNotAllowed('POST'))
  return app
}
