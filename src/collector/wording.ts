import type { Context, MiddlewareHandler } from 'hono'
import type { RequestProblem } from './request-problem'

/** How a protocol says no: the body that its clients expect. Status and headers of the problem are set already. */
export type Refuse = (c: Context, problem: RequestProblem) => Response

const key = 'refuse'

/** Has problems of these routes answered in the words of their protocol. */
export function wordedBy(refuse: Refuse): MiddlewareHandler {
  return (c, next) => {
    c.set(key, refuse)
    return next()
  }
}

/** Answers a problem in the words of the protocol that was asked. */
export function refuse(c: Context, problem: RequestProblem): Response {
  for (const [name, value] of Object.entries(problem.headers)) c.header(name, value)
  const worded = c.get(key) as Refuse | undefined
  return worded ? worded(c, problem) : c.json(problemBody(problem), problem.status)
}

/** The collector's own words, and what Segment's clients get. */
export function problemBody({ code, message, details }: RequestProblem) {
  return { success: false, error: { code, message, ...details } }
}
