import { commonHeaders, createApp } from './create-app'
import { logFrom } from './log'
import { type CollectorOptions, resolveOptions } from './options'
import { createProjectDirectory } from './project-directory'
import type { RequestInfo } from './request-info'
import { unavailable } from './request-problem'
import { createSink } from './sink'
import { problemBody } from './wording'

export interface Collector {
  /**
   * Answers any request. Never rejects: faults of the collector are answered 503 with `Retry-After`, so that clients
   * send their events again.
   */
  fetch(request: Request, info?: RequestInfo): Promise<Response>
  /**
   * Ends live streams, waits for requests under way, then closes the store. Later requests are answered 503.
   * Whoever serves the collector stops taking connections first; `serve` does all of it.
   */
  close(): Promise<void>
}

/**
 * Creates a collector: a web-standard fetch handler that stores events once and shows what it has.
 *
 * Takes events in the formats of Segment, RudderStack, Jitsu and Tracardi, custom events and a pixel, and serves the
 * SDK; with an admin token also `GET /admin/events`, `GET /admin/stats`, `GET /live`. docs/collector.md lists all routes.
 * Throws `[firsthand] <option>: what to do` where an option is wrong.
 *
 * @example
 * const collector = createCollector({
 *   projects: [{ id: 'shop', key: 'pk_shop', origins: ['https://shop.example'] }],
 *   store: sqliteStore({ path: './data/events.db' }),
 * })
 * export default collector
 *
 * With `forward: [transport]` in place of `store` it keeps nothing: it answers 2xx when each receiver has acknowledged
 * every event, else 503, so that the sender keeps them.
 */
export function createCollector(options: CollectorOptions): Collector {
  const given = resolveOptions(options)
  const log = logFrom(given.logLevel, given.log)
  const resolved = { ...given, log }
  const { projects, store } = resolved
  const closing = new AbortController()
  const sink = createSink(resolved)
  const directory = createProjectDirectory({ fixed: projects, store })
  const app = createApp(resolved, { sink, directory, signal: closing.signal })
  const underWay = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  async function open(): Promise<void> {
    await sink.open()
    if (projects.length === 0 && (await directory.ids()).length === 0) {
      log({
        level: 'warn',
        message: 'there are no projects yet, so every event is refused; add one, see docs/collector.md',
      })
    }
  }

  open().catch((error: unknown) => {
    // Closed in the meantime: nobody waits for it any more.
    if (closed) return
    log({
      level: 'error',
      message: 'the store could not be opened; events are refused until it can',
      error: String(error),
    })
  })

  async function close(): Promise<void> {
    closing.abort()
    await Promise.allSettled(underWay)
    await sink.close()
  }

  return {
    async fetch(request, info = {}) {
      if (closed) return closingAnswer()
      const answer = Promise.resolve(app.fetch(request, info))
      underWay.add(answer)
      try {
        return await answer
      } finally {
        underWay.delete(answer)
      }
    },
    close: () => (closed ??= close()),
  }
}

function closingAnswer(): Response {
  const problem = unavailable('closing', 'the collector is shutting down')
  return Response.json(problemBody(problem), {
    status: problem.status,
    headers: { ...commonHeaders, ...problem.headers },
  })
}
