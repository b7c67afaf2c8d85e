export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 406 | 409 | 413 | 415 | 422 | 429 | 503 | 504

/** A request that is answered with an error; thrown anywhere below a route and turned into an answer in one place. */
export class RequestProblem extends Error {
  readonly status: ProblemStatus
  /** Stable, for programs. */
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: ProblemStatus,
    code: string,
    message: string,
    extra: { details?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.name = 'RequestProblem'
    this.status = status
    this.code = code
    this.details = extra.details ?? {}
    this.headers = extra.headers ?? {}
  }
}

/** A fault on our side. Segment's clients drop events for ever on most other statuses, but repeat after this one. */
export function unavailable(code: string, message: string): RequestProblem {
  return new RequestProblem(503, code, message, { headers: { 'Retry-After': '2' } })
}
