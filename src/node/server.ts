import type { DeliveryReport } from '../core/delivery/delivery'
import type { QueueLimits } from '../core/delivery/limits'
import type { EventType } from '../core/event'
import { createEventQueue } from './event-queue'
import { finishAtExit } from './exit-handlers'
import { createFileEventStore } from './file-event-store'
import { importEvents } from './import-events'
import { createNodePlatform } from './platform'
import { limitRequests } from './request-limit'
import type { EventQueue } from './queue'
import { createRequestScope } from './request-scope'
import { createFetchSender, type FetchSender } from './sender'
import { type Accepted, type ServerAnalytics, type ServerOptions, serverDefaults } from './server-api'
import { createServerEvents, type ServerCall } from './server-call'
import { createListeners, type Emit, type Has } from './server-listeners'
import { checkOptions } from './server-options'
import { systemContext } from './system'
import { createWaitUntil } from './wait-until'

export type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
export type { QueueLimits } from '../core/delivery/limits'
export type { Event, EventSession } from '../core/event'
export type { Transport } from '../core/transport'
export type { OnFull } from './queue'
export type { ImportItem, ImportOptions, ImportProblem, ImportResult } from './import-events'
export type { RequestLike } from './request-info'
export type { RequestOptions, RequestScope } from './request-scope'
export type { Accepted, QueuePlace, ServerAnalytics, ServerError, ServerListeners, ServerOptions } from './server-api'
export type { AliasCall, CallExtras, GroupCall, IdentifyCall, PageCall, TrackCall, UserId } from './server-call'

/** No age: what waits in memory is never old. */
const queueDefaults = { maxEvents: 100_000, maxBytes: 64_000_000, maxAgeMs: Infinity } satisfies QueueLimits

/**
 * The client for servers: many users in one process. It keeps no identity, each call names its user, or a request does.
 * Throws where `plugins` has no transport, where an option is not what it should be, and where `queue.dir` cannot be written.
 */
export function Analytics(given: ServerOptions): ServerAnalytics {
  checkOptions(given, queueDefaults)
  const options = { ...serverDefaults, ...given }
  const { emit, has, on } = createListeners()
  const server = createServer(options, emit, has)
  const { accept, end, queue } = server
  const forget = finishAtExit(() => end(options.exitTimeoutMs), options)
  const method =
    (type: EventType, ...names: [string, string]) =>
    (...input: unknown[]): Accepted =>
      accept(type, toCall(names, input), options.waitUntil)
  const close = async ({ timeoutMs = 10_000 } = {}) => {
    server.isClosed = true
    forget()
    const result = await end(timeoutMs)
    queue.close()
    return result
  }
  return {
    track: method('track', 'event', 'properties'),
    page: method('page', 'name', 'properties'),
    screen: method('screen', 'name', 'properties'),
    identify: method('identify', 'userId', 'traits'),
    group: method('group', 'groupId', 'traits'),
    alias: method('alias', 'userId', 'previousId'),
    request: (request, own) => createRequestScope(request, { ...options, ...own }, { ...server, accept, toCall }),
    import: (items, settings = {}) => importEvents(items, settings, { ...server, isClosed: () => server.isClosed }),
    on,
    getState: () => queue.state(),
    flush: () => queue.flush(),
    close,
    [Symbol.asyncDispose]: async () => void (await close()),
  }
}

export default Analytics

type AcceptCall = (type: EventType, call: ServerCall, waitUntil: ServerOptions['waitUntil']) => Accepted

function createServer({ plugins, queue: place }: ServerOptions, emit: Emit, has: Has) {
  const { id, now, setTimer, ...platform } = createNodePlatform()
  const { dir, onFull, ...limits } = { ...serverDefaults.queue, ...place }
  const sender = createFetchSender()
  const context = systemContext()
  const queue = createEventQueue({
    transports: plugins,
    platform: { ...platform, now, setTimer, sender: limitRequests(sender) },
    limits: { ...queueDefaults, ...limits },
    onFull,
    context,
    ...(dir && { store: createFileEventStore({ dir, id, now, setTimer }) }),
    report(transport, outcome, event) {
      if (has('delivery')) emit('delivery', { transport, event: event(), outcome })
      const message = problemOf(outcome)
      if (message) emit('error', { message: `${transport}: ${message}`, transport, event: event() })
    },
  })
  const keepAlive = createWaitUntil(queue)
  const toEvent = createServerEvents({ id, now, context, isNumbered: true })
  const accept: AcceptCall = (type, call, waitUntil) => {
    try {
      if (server.isClosed) throw new Error(`[firsthand] ${type}: the client is closed`)
      const event = toEvent(type, call)
      const stored = queue.add(event)
      keepAlive(waitUntil)
      if (!stored) return Promise.resolve({ event })
      stored.catch(tell)
      return stored
    } catch (error) {
      tell(error as Error)
      const result = Promise.reject(error)
      // A call that nobody awaits must not end the process.
      result.catch(() => {})
      return result
    }
  }
  const tell = ({ message }: Error) => emit('error', { message })
  const server = { id, now, context, queue, accept, end: createEnd(queue, sender, setTimer), isClosed: false }
  return server
}

/** Flushes for so long, and then gives up what is under way: it would keep the process alive. */
function createEnd(
  queue: EventQueue,
  sender: FetchSender,
  setTimer: ReturnType<typeof createNodePlatform>['setTimer'],
) {
  return async (timeoutMs: number) => {
    let cancelTimer = () => {}
    const timeout = new Promise<void>((resolve) => {
      cancelTimer = setTimer(resolve, timeoutMs)
    })
    const result = await queue.flush(timeout)
    cancelTimer()
    sender.abort()
    return result
  }
}

/** What an owner must act on; failures that are tried again are not, nor what a transport's own filter leaves out. */
function problemOf(outcome: DeliveryReport['outcome']): string | undefined {
  const { status } = outcome
  if (status === 'delivered' || status === 'retry' || (status === 'dropped' && outcome.reason === 'refused')) return
  return `${status}, ${outcome.reason}`
}

/** One object, or what comes first, second and a third object with the rest. */
function toCall([first, second]: [string, string], [one, two, rest]: unknown[]): ServerCall {
  if (typeof one === 'object' && one !== null) return one
  return { ...(rest as ServerCall | undefined), [first]: one, [second]: two }
}
