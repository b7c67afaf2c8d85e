import { createDelivery } from '../core/delivery/create-delivery'
import type { Delivery, DeliveryReport } from '../core/delivery/delivery'
import type { QueueLimits } from '../core/delivery/limits'
import type { EventType } from '../core/event'
import { createNodePlatform } from './platform'
import { limitRequests, spreadUsers } from './request-limit'
import type { Accepted, ServerAnalytics, ServerError, ServerListeners, ServerOptions } from './server-api'
import { createServerEvents, type ServerCall } from './server-call'

export type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
export type { QueueLimits } from '../core/delivery/limits'
export type { Event } from '../core/event'
export type { Transport } from '../core/transport'
export type { Accepted, ServerAnalytics, ServerError, ServerListeners, ServerOptions } from './server-api'
export type { AliasCall, CallExtras, GroupCall, IdentifyCall, PageCall, TrackCall, UserId } from './server-call'

/** No age: what waits in memory is never old. */
const queueDefaults = { maxEvents: 100_000, maxBytes: 64_000_000, maxAgeMs: Infinity } satisfies QueueLimits

/**
 * The client for servers: many users in one process. It keeps no identity, each call names its user; nothing is kept
 * on disk. Throws where `plugins` has no transport.
 */
export function Analytics(options: ServerOptions): ServerAnalytics {
  checkOptions(options)
  const { emit, on } = createListeners()
  const { delivery, refusals } = createServerDelivery(options, emit)
  const accept = createAccept(options, delivery, refusals)
  const stopFlushingAtEnd = flushAtEnd(delivery)
  const method =
    (type: EventType, ...names: [string, string]) =>
    (...input: unknown[]): Accepted => {
      const result = accept(type, toCall(names, input))
      // A call that nobody awaits must not end the process.
      result.catch((error: Error) => emit('error', { message: error.message }))
      return result
    }
  const close = (settings?: { timeoutMs?: number }) => {
    accept.isClosed = true
    stopFlushingAtEnd()
    return delivery.close(settings)
  }
  return {
    track: method('track', 'event', 'properties'),
    page: method('page', 'name', 'properties'),
    screen: method('screen', 'name', 'properties'),
    identify: method('identify', 'userId', 'traits'),
    group: method('group', 'groupId', 'traits'),
    alias: method('alias', 'userId', 'previousId'),
    on,
    getState: () => delivery.state(),
    flush: () => delivery.flush(),
    close,
    [Symbol.asyncDispose]: async () => void (await close()),
  }
}

export default Analytics

type Emit = <Name extends keyof ServerListeners>(name: Name, detail: ServerListeners[Name]) => void

function checkOptions({ plugins, queue = {} }: ServerOptions): void {
  const fail = (message: string): never => {
    throw new Error(`[firsthand] ${message}`)
  }
  if (!Array.isArray(plugins) || plugins.length === 0) fail('plugins: pass at least one transport')
  const names = new Set<string>()
  for (const { name, encode, decode } of plugins) {
    if (!name || !encode || !decode) fail(`plugins: "${name}" is no transport; this client runs transports only`)
    if (names.has(name)) fail(`plugins: there are two with the name "${name}"`)
    names.add(name)
  }
  for (const [name, value] of Object.entries(queue)) {
    if (!(name in queueDefaults)) fail(`queue.${name}: there is no such option`)
    if (!(typeof value === 'number' && value > 0)) fail(`queue.${name}: pass a number above 0`)
  }
}

/** How many transports can never take the event which is being accepted (too large, no JSON). */
interface Refusals {
  messageId: string
  count: number
}

function createServerDelivery(
  { plugins, queue }: ServerOptions,
  emit: Emit,
): { delivery: Delivery; refusals: Refusals } {
  const platform = createNodePlatform()
  const refusals = { messageId: '', count: 0 }
  const delivery = createDelivery({
    transports: plugins.map(spreadUsers),
    platform: { ...platform, sender: limitRequests(platform.sender) },
    queue: { ...queueDefaults, ...queue },
    report(report) {
      const { event, outcome } = report
      if (isLost(outcome) && event.messageId === refusals.messageId) refusals.count++
      emit('delivery', report)
      const problem = problemOf(report)
      if (problem) emit('error', problem)
    },
    // A queue in memory has no earlier life.
    recover: (_event, _transports, held) => held.discard(),
  })
  return { delivery, refusals }
}

/** Not lost is what a transport's own filter leaves out: it is counted, and no mistake of the caller. */
const isLost = (outcome: DeliveryReport['outcome']): boolean =>
  outcome.status === 'dropped' && outcome.reason !== 'refused'

/** What an owner must act on; failures that are tried again are not. */
function problemOf({ transport, event, outcome }: DeliveryReport): ServerError | undefined {
  const { status } = outcome
  if (status === 'delivered' || status === 'retry' || (status === 'dropped' && !isLost(outcome))) return
  return { message: `${transport}: ${outcome.status}, ${outcome.reason}`, transport, event }
}

interface Accept {
  (type: EventType, call: ServerCall): Accepted
  isClosed: boolean
}

function createAccept({ plugins }: ServerOptions, delivery: Delivery, refusals: Refusals): Accept {
  const toEvent = createServerEvents(createNodePlatform())
  const transports = plugins.map(({ name }) => name)
  const accept: Accept = async (type, call) => {
    if (accept.isClosed) throw new Error(`[firsthand] ${type}: the client is closed`)
    const event = toEvent(type, call)
    Object.assign(refusals, { messageId: event.messageId, count: 0 })
    delivery.accept([{ event, transports }])
    if (refusals.count === transports.length) throw new Error(`[firsthand] ${type}: no transport takes this event`)
    return { event }
  }
  accept.isClosed = false
  return accept
}

/** One object, or what comes first, second and a third object with the rest. */
function toCall([first, second]: [string, string], [one, two, rest]: unknown[]): ServerCall {
  if (typeof one === 'object' && one !== null) return one
  return { ...(rest as ServerCall | undefined), [first]: one, [second]: two }
}

/** A listener that throws is the owner's fault, and must not cost events. */
function createListeners() {
  const listeners: { [Name in keyof ServerListeners]: Set<(detail: ServerListeners[Name]) => void> } = {
    delivery: new Set(),
    error: new Set(),
  }
  const warned = new Set<string>()
  const warn = (message: string) => {
    if (warned.has(message) || warned.size > 100) return
    warned.add(message)
    console.warn(`[firsthand] ${message} (told once; listen with on('error'))`)
  }
  const emit: Emit = (name, detail) => {
    if (name === 'error' && listeners.error.size === 0) warn((detail as ServerError).message)
    for (const listener of listeners[name]) {
      try {
        listener(detail)
      } catch (error) {
        warn(`a listener of '${name}' failed: ${error}`)
      }
    }
  }
  const on: ServerAnalytics['on'] = (name, listener) => {
    if (!listeners[name]) throw new Error(`[firsthand] on: there is no event '${name}'`)
    listeners[name].add(listener)
    return () => void listeners[name].delete(listener)
  }
  return { emit, on }
}

/** A script that simply ends has not sent its last second yet. Once: a receiver that is down must not keep it alive. */
function flushAtEnd(delivery: Delivery): () => void {
  const flush = () => void delivery.flush()
  process.once('beforeExit', flush)
  return () => void process.removeListener('beforeExit', flush)
}
