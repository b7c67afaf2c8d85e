import type { Event, EventContext, EventType } from '../core/event'
import type { EventQueue } from './queue'
import { createServerEvents, type ServerCall } from './server-call'
import { createTally, type Tally } from './tally'

/** A call of the past in the shape of Segment's spec: `{ type: 'track', userId, event, timestamp, messageId, ... }`. */
export type ImportItem = ServerCall & { type: EventType }

export interface ImportOptions {
  /** Ends the import: what was read is still sent, nothing more is read. */
  signal?: AbortSignal
  /** How many events may wait at a time; no more is read meanwhile. @default 5000 */
  maxWaiting?: number
}

export interface ImportProblem {
  /** Of the item, from 0. */
  index: number
  messageId?: string
  reason: string
}

export interface ImportResult {
  /** Items that were read. */
  read: number
  /** Events made of them that the queue took. */
  accepted: number
  delivered: number
  /** Items that are no event, and events that a receiver will never take. */
  rejected: number
  /** Events that a limit dropped. */
  dropped: number
  /** Not delivered yet: the receiver is down or paused. They stay in the queue. */
  pending: number
  /** Why items were rejected or dropped, and how many for each reason. */
  reasons: Record<string, number>
  /** The first 1,000 of them. */
  problems: ImportProblem[]
  /** By the signal, or because the client was closed. */
  isAborted: boolean
}

const MAX_PROBLEMS = 1000
const types: readonly unknown[] = ['page', 'track', 'identify', 'group', 'alias', 'screen']

export interface ImportHost {
  id(): string
  now(): number
  context: EventContext
  queue: EventQueue
  isClosed(): boolean
}

/**
 * Reads, queues and sends all that the iterable gives; an item that is no event is counted and never ends it.
 * Rejects only where the iterable itself fails: what was read before is in the queue then.
 */
export async function importEvents(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  { signal, maxWaiting = 5000 }: ImportOptions,
  { context, id, now, queue, isClosed }: ImportHost,
): Promise<ImportResult> {
  // What the process is says nothing about what happened long ago.
  const toEvent = createServerEvents({ id, now, context: { library: context.library }, isNumbered: false })
  const report = createReport()
  const unlessAborted = createInterrupt(signal)
  const isOver = () => signal?.aborted === true || isClosed()
  const iterator = iteratorOf(items)
  while (!isOver()) {
    const step = await unlessAborted(iterator.next())
    if (!step || step.done) break
    const index = report.read()
    const event = makeEvent(toEvent, step.value)
    if (typeof event === 'string') {
      report.lose('rejected', { index, reason: event })
      continue
    }
    const { messageId } = event
    try {
      await unlessAborted(queue.roomFor(maxWaiting))
      if (isOver()) throw new Error('the import was aborted')
      await queue.add(event, report.tallyOf(index, messageId))
    } catch (error) {
      report.lose('dropped', { index, messageId, reason: messageOf(error) })
    }
  }
  // The caller has aborted: how the source ends has no bearing on the counts, and must not become an unhandled rejection.
  if (isOver()) void Promise.resolve(iterator.return?.()).catch(() => {})
  await queue.drain(report.tally, signal && unlessAborted(new Promise(() => {})))
  return report.result(isOver())
}

const iteratorOf = (items: Iterable<unknown> | AsyncIterable<unknown>) =>
  Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()

/** The event, or why it is none. */
function makeEvent(toEvent: ReturnType<typeof createServerEvents>, item: unknown): Event | string {
  const { type } = (item ?? {}) as { type?: unknown }
  if (typeof item !== 'object' || !types.includes(type)) return `type: pass one of ${types.join(', ')}`
  try {
    return toEvent(type as EventType, item as ServerCall)
  } catch (error) {
    return messageOf(error)
  }
}

const messageOf = (error: unknown): string => (error as Error).message.replace(/^\[firsthand\] /, '')

/** Waits for a promise, or for the signal: undefined then. One listener, however many promises. */
function createInterrupt(signal?: AbortSignal) {
  let wake = () => {}
  signal?.addEventListener('abort', () => wake(), { once: true })
  return <Value>(promise: Value | PromiseLike<Value>): Promise<Value | undefined> =>
    new Promise((resolve, reject) => {
      wake = () => resolve(undefined)
      if (signal?.aborted) wake()
      Promise.resolve(promise).then(resolve, reject)
    })
}

function createReport() {
  const tally = createTally()
  const counts = { read: 0, rejected: 0, dropped: 0 }
  const reasons: Record<string, number> = {}
  const problems: ImportProblem[] = []
  let accepted = 0
  const lose = (kind: 'rejected' | 'dropped', problem: ImportProblem) => {
    counts[kind]++
    reasons[problem.reason] = (reasons[problem.reason] ?? 0) + 1
    if (problems.length < MAX_PROBLEMS) problems.push(problem)
  }
  return {
    tally,
    read: () => counts.read++,
    lose,
    tallyOf(index: number, messageId: string): Tally {
      let isLost = false
      return {
        ...tally,
        begin() {
          accepted++
          tally.begin()
        },
        lose(_ticket, status, reason) {
          // Once for several transports.
          if (!isLost) lose(status === 'rejected' ? 'rejected' : 'dropped', { index, messageId, reason })
          isLost = true
        },
      }
    },
    result(isAborted: boolean): ImportResult {
      const { delivered, pending } = tally.result()
      return { ...counts, accepted, delivered, pending, reasons, problems, isAborted }
    },
  }
}
