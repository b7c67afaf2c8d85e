import type { Context } from 'hono'
import { originRefused } from './cors'
import type { OriginList } from './origin-list'
import type { KeyOwner, ProjectDirectory } from './project-directory'
import { RequestProblem } from './request-problem'

/** Whose request this is; throws a `RequestProblem` where no project has the key, or its origin is not on the list. */
export async function admit(c: Context, directory: ProjectDirectory, keys: readonly string[]): Promise<KeyOwner> {
  const owner = await findOwner(directory, keys)
  checkOrigin(c, owner)
  return owner
}

async function findOwner(directory: ProjectDirectory, keys: readonly string[]): Promise<KeyOwner> {
  for (const key of keys) {
    const owner = await directory.find(key)
    if (owner) return owner
  }
  if (keys.length > 0) throw new RequestProblem(401, 'unknown-key', 'there is no project with this key')
  throw new RequestProblem(401, 'missing-key', 'send the project key as "projectKey"')
}

function checkOrigin(c: Context, { project, keyKind }: KeyOwner): void {
  if (keyKind === 'secret') return
  const listed = isListed(c, project.origins)
  if (listed === false || (listed === null && !project.allowNoOrigin)) throw originRefused(c)
}

/**
 * Null where the request does not say where it comes from. Browsers leave `Origin` out when they load an image or
 * read from the page's own origin; the `Referer` that they then send is as much their own word.
 */
function isListed(c: Context, origins: OriginList): boolean | null {
  const origin = c.req.header('origin')
  if (origin !== undefined) return origins.hasOrigin(origin)
  const referer = c.req.method === 'GET' ? c.req.header('referer') : undefined
  return referer === undefined ? null : origins.hasUrl(referer)
}
