import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Acceptance, StatusOf } from '../accept-events'
import { admit } from '../admit'
import { type Intake, isObject, type JsonObject } from '../intake/intake'
import { checkTrack, fault, notAnObject, type TracardiFault } from '../intake/tracardi-check'
import { decodeCollect, decodeTrack, readTrackCall, type TracardiVisitor } from '../intake/tracardi-track'
import { parseJson } from '../parse-json'
import type { KeyOwner } from '../project-directory'
import { readBody } from '../read-body'
import { RequestProblem } from '../request-problem'
import type { TracardiProfiles } from '../tracardi-profiles'
import { wordedBy } from '../wording'
import { accept, type IntakeDeps, methodNotAllowed } from './intake-deps'

export interface TracardiDeps extends IntakeDeps {
  profiles: TracardiProfiles
}

/** 226: some events are in `errors`; 406: all of them. */
const statusOf: StatusOf = (rejected, events) => (rejected === 0 ? 200 : rejected === events ? 406 : 226)

const paths = ['/track', '/collect/:type/:source', '/collect/:type/:source/:session'] as const

/** Tracardi's tracker: `POST /track` and `POST|GET /collect/...`, with the project key as source id. */
export function createTracardiRoutes(deps: TracardiDeps): Hono {
  const app = new Hono()
  const [track, ...collect] = paths
  for (const path of paths) app.use(path, wordedBy(refuse), timed)
  app.post(track, (c) => takeTrack(c, deps)).all(track, methodNotAllowed('POST'))
  for (const path of collect) {
    app.on(['GET', 'POST'], path, (c) => takeCollect(c, deps)).all(path, methodNotAllowed('GET', 'POST'))
  }
  return app
}

async function takeTrack(c: Context, deps: TracardiDeps): Promise<Response> {
  const body = await readTrackBody(c, deps.limits.maxBodyBytes)
  const receivedAt = Date.now()
  const call = readTrackCall(body)
  const profileLess = readBool(c, 'profile_less') ?? call.profileLess
  const owner = await admitSource(c, deps, call.sourceId)
  if (!Array.isArray(body.events) || body.events.length === 0) return c.json(null)
  const sessionId = call.sessionId ?? crypto.randomUUID()
  const take = async (profileId: string): Promise<Response> => {
    const visitor = { profileId, sessionId: call.saveSession ? sessionId : null, profileLess }
    const acceptance = call.saveEvents
      ? await store(c, deps, { intake: decodeTrack(body, visitor), owner, receivedAt })
      : null
    return answer(c, acceptance, {
      profile: profileLess || !call.saveProfile ? null : profileId,
      session: visitor.sessionId,
    })
  }
  if (profileLess) return take(crypto.randomUUID())
  return deps.profiles.within({ project: owner.project.id, sessionId, profileId: call.profileId }, take)
}

async function takeCollect(c: Context, deps: TracardiDeps): Promise<Response> {
  if (c.req.method === 'HEAD') methodNotAllowed('GET', 'POST')()
  const { type = '', source = '', session } = c.req.param() as Record<string, string | undefined>
  const properties = c.req.method === 'GET' ? { ...c.req.query() } : await readProperties(c, deps.limits.maxBodyBytes)
  const receivedAt = Date.now()
  const owner = await admitSource(c, deps, source)
  const take = async (visitor: TracardiVisitor): Promise<Response> => {
    const acceptance = await store(c, deps, { intake: decodeCollect(type, properties, visitor), owner, receivedAt })
    return answer(c, acceptance, {
      profile: visitor.profileLess ? null : visitor.profileId,
      session: visitor.sessionId,
    })
  }
  if (session === undefined) return take({ profileId: crypto.randomUUID(), sessionId: null, profileLess: true })
  const visit = { project: owner.project.id, sessionId: session, profileId: null }
  return deps.profiles.within(visit, (profileId) => take({ profileId, sessionId: session, profileLess: false }))
}

function store(
  c: Context,
  deps: TracardiDeps,
  request: { intake: Intake; owner: KeyOwner; receivedAt: number },
): Promise<Acceptance> {
  return accept(c, deps, { ...request, statusOf })
}

function answer(c: Context, acceptance: Acceptance | null, ids: { profile: string | null; session: string | null }) {
  const { accepted, duplicates, rejected } = acceptance ?? { accepted: 0, duplicates: 0, rejected: [] }
  const errors = rejected.map(({ index, message }) => `events[${index}]: ${message}`)
  const status = statusOf(rejected.length, accepted + duplicates + rejected.length)
  if (status === 406) return c.json({ detail: `Validation failed with error: ${errors.join('; ')}` }, 406)
  const body = {
    ...{ task: crypto.randomUUID(), ux: [], response: {}, events: [] },
    ...{ profile: { id: ids.profile }, session: { id: ids.session }, errors, warnings: [] },
  }
  return c.json(body, status)
}

async function readTrackBody(c: Context, maxBytes: number): Promise<JsonObject> {
  const text = await readBody(c.req.raw, maxBytes)
  if (text === '') throw unprocessable([fault('missing', ['body'], 'Field required', null)])
  if (!isJson(c)) throw unprocessable([notAnObject(text, ['body'])])
  const body = parseJson(text)
  const faults = checkTrack(body)
  if (faults.length > 0 || !isObject(body)) throw unprocessable(faults)
  return body
}

/** JSON, or the fields of a form; where nothing can be read, no properties. */
async function readProperties(c: Context, maxBytes: number): Promise<JsonObject> {
  const text = await readBody(c.req.raw, maxBytes)
  if (/^application\/x-www-form-urlencoded/i.test(c.req.header('content-type') ?? '')) {
    return Object.fromEntries(new URLSearchParams(text))
  }
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : {}
  } catch {
    return {}
  }
}

async function admitSource(c: Context, deps: TracardiDeps, sourceId: string): Promise<KeyOwner> {
  try {
    return await admit(c, deps, [sourceId])
  } catch (error) {
    if (!(error instanceof RequestProblem) || error.status !== 401) throw error
    const address = (c.env as { remoteAddress?: string } | undefined)?.remoteAddress ?? 'unknown'
    const detail = sourceId.startsWith('@')
      ? 'Internal event sources are not allowed via API.'
      : `Invalid event source \`${sourceId.slice(0, 100)}\`. Request came from IP: \`${address}\``
    throw new RequestProblem(401, error.code, detail)
  }
}

const trueTexts = ['1', 'true', 't', 'yes', 'y', 'on']
const falseTexts = ['0', 'false', 'f', 'no', 'n', 'off']

function readBool(c: Context, name: string): boolean | null {
  const text = c.req.query(name)
  if (text === undefined) return null
  if (trueTexts.includes(text.toLowerCase())) return true
  if (falseTexts.includes(text.toLowerCase())) return false
  const msg = 'Input should be a valid boolean, unable to interpret input'
  throw unprocessable([fault('bool_parsing', ['query', name], msg, text)])
}

function isJson(c: Context): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(c.req.header('content-type') ?? '')
}

function unprocessable(detail: readonly TracardiFault[]): RequestProblem {
  return new RequestProblem(422, 'unprocessable', 'the request is not valid', { details: { detail } })
}

function refuse(c: Context, { status, code, message, details }: RequestProblem): Response {
  if (code === 'unprocessable') return c.json({ detail: details.detail }, status)
  if (code !== 'invalid-json') return c.json({ detail: message }, status)
  const detail = { type: 'json_invalid', loc: ['body', details.position], msg: 'JSON decode error', input: {} }
  return c.json({ detail: [{ ...detail, ctx: { error: message } }] }, 422)
}

const timed: MiddlewareHandler = async (c, next) => {
  const start = performance.now()
  const environment = c.req.header('x-context')
  if (environment === 'production' || environment === 'staging') c.header('X-Context', environment)
  await next()
  c.header('X-Process-Time', String((performance.now() - start) / 1000))
}
