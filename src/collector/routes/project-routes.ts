import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { ProjectOptions } from '../options'
import { parseJson } from '../parse-json'
import type { ProjectRegistry, RegistryOutcome } from '../projects/project-registry'
import { viewOfFixed, viewOfStored } from '../projects/project-view'
import { readBody } from '../read-body'
import { RequestProblem } from '../request-problem'
import { methodNotAllowed } from './intake-deps'

export interface ProjectRoutesOptions {
  registry: ProjectRegistry
  /** Those of the options, which are listed and cannot be changed. */
  fixed: readonly ProjectOptions[]
  adminAuth: MiddlewareHandler
  /** Epoch milliseconds. */
  now?: () => number
}

const maxBodyBytes = 65_536

/** `/admin/projects`: lists, adds and changes projects, and gives them new keys. */
export function createProjectRoutes({ registry, fixed, adminAuth, now = Date.now }: ProjectRoutesOptions): Hono {
  const app = new Hono()
  const view = (outcome: Extract<RegistryOutcome, { status: 'done' }>) => viewOfStored(outcome.project, now())

  app.use('/admin/projects', adminAuth, noStore, asProgram)
  app.use('/admin/projects/*', adminAuth, noStore, asProgram)
  app
    .get('/admin/projects', async (c) => {
      const stored = (await registry.list()).map((project) => viewOfStored(project, now()))
      const ids = new Set(fixed.map(({ id }) => id))
      return c.json({ projects: [...fixed.map(viewOfFixed), ...stored.filter(({ id }) => !ids.has(id))] })
    })
    .post(async (c) => {
      const outcome = done(await registry.create(await readJson(c)))
      return c.json({ project: view(outcome), keys: outcome.keys }, 201)
    })
    .all(methodNotAllowed('GET', 'POST'))
  app
    .patch('/admin/projects/:id', async (c) => {
      return c.json({ project: view(done(await registry.change(c.req.param('id'), await readJson(c)))) })
    })
    .all(methodNotAllowed('PATCH'))
  app
    .post('/admin/projects/:id/rotate', async (c) => {
      const outcome = done(await registry.rotate(c.req.param('id'), await readJson(c)))
      return c.json({ project: view(outcome), key: outcome.key })
    })
    .all(methodNotAllowed('POST'))
  app
    .post('/admin/projects/:id/revoke', async (c) => {
      return c.json({ project: view(done(await registry.revoke(c.req.param('id'), await readJson(c)))) })
    })
    .all(methodNotAllowed('POST'))
  return app
}

const noStore: MiddlewareHandler = async (c, next) => {
  c.header('Cache-Control', 'no-store')
  await next()
}

/**
 * A page on another host of the same site can have a browser send the session cookie, `SameSite=Strict` or not. It
 * cannot make it send the token itself, nor JSON as such without a preflight, which is refused.
 */
const asProgram: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  if (!/^Bearer /i.test(c.req.header('authorization') ?? '')) {
    throw new RequestProblem(401, 'bearer-needed', 'send the admin token as Authorization: Bearer')
  }
  return next()
}

/** The registry checks what it is given, so that the command line need not. */
async function readJson<Value>(c: Context): Promise<Value> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new RequestProblem(415, 'not-json', 'send JSON, with Content-Type: application/json')
  }
  return parseJson(await readBody(c.req.raw, maxBodyBytes)) as Value
}

function done<Extra>(outcome: RegistryOutcome<Extra>): Extract<RegistryOutcome<Extra>, { status: 'done' }> {
  switch (outcome.status) {
    case 'done':
      return outcome as Extract<RegistryOutcome<Extra>, { status: 'done' }>
    case 'invalid':
      throw new RequestProblem(400, 'invalid-field', `${outcome.field || 'the body'} ${outcome.message}`)
    case 'taken':
      throw new RequestProblem(409, 'project-exists', 'there is a project of this id already')
    case 'fixed':
      throw new RequestProblem(409, 'project-fixed', "the project belongs to the collector's options; change it there")
    case 'unknown':
      throw new RequestProblem(404, 'unknown-project', 'there is no project of this id')
  }
}
