import type { Context } from 'hono'
import { originRefused } from './cors'
import type { ClientAddress } from './enrich/client-address'
import { type IpAddress, readAddress } from './enrich/ip-address'
import type { RequestGate } from './limits/request-gate'
import type { OriginList } from './origin-list'
import type { KeyOwner, ProjectDirectory } from './project-directory'
import type { RequestInfo } from './request-info'
import { RequestProblem } from './request-problem'

export interface Admission {
  directory: ProjectDirectory
  gate: RequestGate
  findAddress: ClientAddress
}

/**
 * Whose request this is; throws a `RequestProblem` where no project has the key, its origin is not on the list, or
 * there are too many.
 */
export async function admit(c: Context, admission: Admission, keys: readonly string[]): Promise<KeyOwner> {
  const { directory, gate } = admission
  const owner = await findOwner(directory, keys)
  // A server sends for many visitors. Whoever tries keys is counted before the answer.
  if (owner?.keyKind !== 'secret') gate.passAddress(senderOf(c, admission))
  if (!owner) throw keyProblem(keys)
  checkOrigin(c, owner)
  // Last, so that nobody can use up the share of a key with requests that are refused.
  gate.passKey(owner)
  return owner
}

/** Whoever comes past the proxies that there are is counted by the connection. */
function senderOf(c: Context, { findAddress }: Admission): IpAddress | null {
  const { remoteAddress } = (c.env ?? {}) as RequestInfo
  return findAddress(c.req.raw.headers, remoteAddress) ?? readAddress(remoteAddress)
}

async function findOwner(directory: ProjectDirectory, keys: readonly string[]): Promise<KeyOwner | null> {
  for (const key of keys) {
    const owner = await directory.find(key)
    if (owner) return owner
  }
  return null
}

function keyProblem(keys: readonly string[]): RequestProblem {
  return keys.length > 0
    ? new RequestProblem(401, 'unknown-key', 'there is no project with this key')
    : new RequestProblem(401, 'missing-key', 'send the project key as "projectKey"')
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
