import type { Context } from 'hono'
import type { AcceptEvents, Acceptance } from '../accept-events'
import { originRefused } from '../cors'
import { decodeSegmentBatch } from '../intake/segment-batch'
import type { CollectorLimits } from '../options'
import { parseJson } from '../parse-json'
import type { KeyOwner, ProjectDirectory } from '../project-directory'
import { readBody } from '../read-body'
import { requestKeys } from '../request-key'
import { RequestProblem } from '../request-problem'

export interface BatchRouteOptions {
  directory: ProjectDirectory
  acceptEvents: AcceptEvents
  limits: CollectorLimits
}

/** `POST /v1/batch`: Segment's batch format plus project key. */
export function createBatchRoute({ directory, acceptEvents, limits }: BatchRouteOptions) {
  return async (c: Context): Promise<Response> => {
    const text = await readBody(c.req.raw, limits.maxBodyBytes)
    const receivedAt = Date.now()
    const body = parseJson(text)
    const authorization = c.req.header('authorization')
    const owner = await findOwner(directory, requestKeys({ authorization, body, query: c.req.query('writeKey') }))
    const origin = c.req.header('origin') ?? null
    checkOrigin(c, owner, origin)
    const decoded = decodeSegmentBatch(body)
    if (decoded.status === 'malformed') throw new RequestProblem(400, decoded.code, decoded.message)
    const userAgent = c.req.header('user-agent') ?? null
    const { intake } = decoded
    return answer(c, await acceptEvents({ intake, owner, origin, userAgent, receivedAt, limits }))
  }
}

/**
 * 200 as long as one event is stored, now or before. Where every single one is invalid the sender has a mistake that
 * would stay unseen behind a 200, as clients look at the status first; none of them repeats after a 400.
 */
function answer(c: Context, acceptance: Acceptance): Response {
  const success = acceptance.accepted + acceptance.duplicates > 0
  return c.json({ success, ...acceptance }, success ? 200 : 400)
}

async function findOwner(directory: ProjectDirectory, keys: readonly string[]): Promise<KeyOwner> {
  for (const key of keys) {
    const owner = await directory.find(key)
    if (owner) return owner
  }
  if (keys.length > 0) throw new RequestProblem(401, 'unknown-key', 'there is no project with this key')
  throw new RequestProblem(401, 'missing-key', 'send the project key as "projectKey" in the body')
}

function checkOrigin(c: Context, { project, keyKind }: KeyOwner, origin: string | null): void {
  if (origin !== null && project.origins.includes(origin)) return
  if (keyKind === 'public' && !(origin === null && project.allowNoOrigin)) throw originRefused(c)
}
