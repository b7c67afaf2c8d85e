import type { Context } from 'hono'
import type { Admission } from '../admit'
import type { AcceptEvents, Acceptance, StatusOf } from '../accept-events'
import type { Decoded, Intake } from '../intake/intake'
import type { Quotas } from '../limits/quotas'
import type { CollectorLimits } from '../options'
import type { RequestInfo } from '../request-info'
import type { KeyOwner } from '../project-directory'
import { RequestProblem } from '../request-problem'
import type { Visitors } from '../visitor/visitors'

/** What every route that takes events is made with. */
export interface IntakeDeps extends Admission {
  acceptEvents: AcceptEvents
  quotas: Quotas
  limits: CollectorLimits
  /** Null where the owner has not asked for cookies. */
  visitors: Visitors | null
}

/**
 * Hands the events of a request on; resolves after the commit. Then the answer has the visitor's cookies. A request
 * that crosses the quota is taken as a whole: clients cannot send half of a batch again.
 */
export async function accept(
  c: Context,
  { acceptEvents, quotas, limits, visitors }: IntakeDeps,
  request: { intake: Intake; owner: KeyOwner; receivedAt: number; statusOf: StatusOf },
): Promise<Acceptance> {
  const { headers, method } = c.req.raw
  const { timeoutMs, remoteAddress } = (c.env ?? {}) as RequestInfo
  const collectorHost = hostnameOf(c.req.url)
  const { receivedAt, owner, intake } = request
  const reservation = await quotas.reserve(owner.project, intake.items.length)
  let stored = 0
  try {
    const visit = visitors?.meet({ headers, method, collectorHost, keyKind: owner.keyKind, receivedAt }) ?? null
    const acceptance = await acceptEvents({ ...request, headers, remoteAddress, visit, limits, timeoutMs })
    stored = acceptance.accepted
    const { setCookies = [], anonymousId } = visit?.answer() ?? {}
    for (const cookie of setCookies) c.header('Set-Cookie', cookie, { append: true })
    // Some formats are asked by GET: a cache would hand one visitor's cookies to the next.
    if (setCookies.length > 0) c.header('Cache-Control', 'no-store')
    return anonymousId === undefined ? acceptance : { ...acceptance, anonymousId }
  } finally {
    reservation.settle(stored)
    for (const [name, value] of Object.entries(reservation.fields())) c.header(name, value)
  }
}

/** A host as servers usually write it; anything else is for the parser, which takes as long as all other checks of a key. */
const plainHost = /^https?:\/\/([a-z\d.-]+)(?::\d+)?(?:[/?#]|$)/

function hostnameOf(url: string): string {
  return plainHost.exec(url)?.[1] ?? new URL(url).hostname
}

/**
 * 200 as long as one event is stored, now or before. Where every single one is invalid the sender has a mistake that
 * would stay unseen behind a 200, as clients look at the status first; none of them repeats after a 400.
 */
export const okOr400: StatusOf = (rejected, events) => (rejected === events ? 400 : 200)

/** Throws where the body is not of the format at all. */
export function intakeOf(decoded: Decoded): Intake {
  if (decoded.status === 'malformed') throw new RequestProblem(400, decoded.code, decoded.message)
  return decoded.intake
}

export function methodNotAllowed(...methods: string[]) {
  return (): never => {
    const headers = { Allow: [...methods, 'OPTIONS'].join(', ') }
    throw new RequestProblem(405, 'method-not-allowed', `use ${methods.join(' or ')}`, { headers })
  }
}
