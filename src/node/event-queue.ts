import { byteLength } from '../core/delivery/byte-length'
import type { DeliveryState } from '../core/delivery/delivery'
import { JOURNAL_VERSION } from '../core/delivery/journal-entry'
import { routeLimits } from '../core/delivery/limits'
import type { Event } from '../core/event'
import { type Backlog, createBacklog } from './backlog'
import { createDeliveryWindow, type DeliveryWindow } from './delivery-window'
import type { EventQueue, EventQueueOptions, Ticket } from './queue'
import { adoptEntries, claimOf } from './queue-adoption'
import { shorten, toEvent } from './shared-context'
import { createTally, type Tally } from './tally'

interface Waiter {
  /** What it fits below. */
  maxEvents: number
  bytes: number
  go(): void
}

/** What the functions below share. */
interface Queue extends EventQueueOptions {
  names: readonly string[]
  /** Claims of a new entry, as JSON. */
  claims: string
  maxEventBytes: number
  backlog: Backlog<Ticket>
  window: DeliveryWindow
  waiters: Waiter[]
  dropped: Record<string, number>
  tallies: Set<Tally>
  number: number
  accepted: number
  waiting: number
  bytes: number
}

const bytesOf = (text: string): number => (typeof Buffer === 'undefined' ? byteLength(text) : Buffer.byteLength(text))

export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { store, transports } = options
  const backlog = createBacklog<Ticket>()
  const queue: Queue = {
    ...options,
    names: transports.map(({ name }) => name),
    claims: JSON.stringify(Object.fromEntries(transports.map((transport) => [claimOf(transport), 0]))),
    maxEventBytes: Math.max(...transports.map((transport) => routeLimits(transport).maxEventBytes)),
    backlog,
    window: createDeliveryWindow(options, backlog, (ticket, event) => finish(queue, ticket, event)),
    waiters: [],
    dropped: {},
    tallies: new Set(),
    number: 0,
    accepted: 0,
    waiting: 0,
    bytes: 0,
  }
  if (store) {
    adoptEntries(options, store, {
      corrupt: (count) => countDrops(queue, 'corrupt', count),
      refuse: (event, reason, names) => refuse(queue, event, reason, names),
      enqueue: (text, ticket) => enqueue(queue, text, { ...ticket, number: ++queue.number }),
    })
  }
  return {
    add: (event, tally) => add(queue, event, tally),
    roomFor(events) {
      // Half of the bytes stay for others.
      const [maxEvents, bytes] = [Math.min(events, options.limits.maxEvents), options.limits.maxBytes / 2]
      if (!isFull(queue, bytes, maxEvents)) return
      return new Promise((resolve) => queue.waiters.push({ maxEvents, bytes, go: resolve }))
    },
    async flush(timeout) {
      const tally = createTally(queue.number, queue.waiting)
      queue.tallies.add(tally)
      await drain(queue, tally, timeout)
      queue.tallies.delete(tally)
      return tally.result()
    },
    drain: (tally, timeout) => drain(queue, tally, timeout),
    state: () => stateOf(queue),
    close: () => store?.close(),
  }
}

const isFull = ({ bytes, limits, waiting }: Queue, more: number, maxEvents = limits.maxEvents): boolean =>
  waiting >= maxEvents || bytes + more > limits.maxBytes

const countDrops = ({ dropped }: Queue, reason: string, count: number): void => {
  dropped[reason] = (dropped[reason] ?? 0) + count
}

/** Counts and tells what never comes to delivery. */
function refuse(queue: Queue, event: Event, reason: string, names = queue.names): void {
  countDrops(queue, reason, names.length)
  for (const transport of names) queue.report({ transport, event, outcome: { status: 'dropped', reason } })
}

function add(queue: Queue, event: Event, tally?: Tally): Promise<void> | undefined {
  const { limits, maxEventBytes, onFull, waiters } = queue
  // An event of the past has nothing to do with this process.
  const isShort = !tally
  const text = toText(isShort ? shorten(event, queue.context) : event)
  const bytes = bytesOf(text)
  const fail = (message: string): never => {
    throw new Error(`[firsthand] ${event.type}: ${message}`)
  }
  if (!text || bytes > maxEventBytes || bytes > limits.maxBytes) {
    refuse(queue, event, text ? 'too-large' : 'not-json')
    fail('no transport takes this event')
  }
  const ticket = createTicket(queue.names, bytes, isShort, tally)
  const whole = queue.store && JSON.stringify(event)
  const go = (force = false) => admit(queue, event, { text, whole, ticket }, force)
  if (!waiters.length && !isFull(queue, bytes)) return go()
  if (onFull === 'error') fail('the queue is full')
  if (onFull === 'drop-oldest') {
    while (isFull(queue, bytes)) if (!evict(queue)) return go(true)
    return go()
  }
  if (waiters.length >= limits.maxEvents) fail('the queue is full, and too many calls wait for it')
  return new Promise((resolve, reject) => {
    const admitted = () => {
      try {
        resolve(go())
      } catch (error) {
        reject(error)
      }
    }
    waiters.push({ maxEvents: limits.maxEvents, bytes, go: admitted })
  })
}

/** With all its keys from the beginning: measured, an object that gets some later takes four times the memory. */
const createTicket = (transports: readonly string[], bytes: number, isShort: boolean, tally?: Tally): Ticket => ({
  number: 0,
  key: '',
  bytes,
  transports,
  open: transports.length,
  isDropped: false,
  isShort,
  tally,
  foreign: undefined,
})

/** Empty where JSON cannot express it. */
const toText = (event: Event): string => {
  try {
    return JSON.stringify(event)
  } catch {
    // Circular or a BigInt: nothing could send it.
    return ''
  }
}

/** `whole` is the text on disk. */
interface Draft {
  text: string
  whole?: string
  ticket: Ticket
}

function admit(queue: Queue, event: Event, { text, whole, ticket }: Draft, force: boolean): Promise<void> | undefined {
  const { claims, store } = queue
  if (store) ticket.key = store.newKey()
  const result = store?.append(
    ticket.key,
    `{"v":${JOURNAL_VERSION},"event":${whole},"provisional":false,"pending":${claims}}`,
  )
  if (result?.status === 'full') {
    refuse(queue, event, 'disk-full')
    throw new Error(`[firsthand] ${event.type}: not written to queue.dir (${result.reason})`)
  }
  queue.accepted++
  ticket.number = ++queue.number
  enqueue(queue, text, ticket, force)
  return store?.synced()
}

function enqueue(queue: Queue, text: string, ticket: Ticket, force?: boolean): void {
  queue.waiting++
  queue.bytes += ticket.bytes
  ticket.tally?.begin()
  queue.backlog.push(text, ticket)
  queue.window.feed(force)
}

/** Drops the oldest event that is not on its way; false where all are. */
function evict(queue: Queue): boolean {
  const oldest = queue.backlog.shift()
  if (!oldest) return false
  const { item: ticket, text } = oldest
  ticket.isDropped = true
  ticket.tally?.lose(ticket, 'dropped', 'queue-full')
  refuse(queue, toEvent(text, ticket, queue.context), 'queue-full', ticket.transports)
  finish(queue, ticket)
  return true
}

function finish(queue: Queue, ticket: Ticket, event?: Event): void {
  const { foreign: pending, key } = ticket
  const { store, tallies, waiters, window } = queue
  queue.waiting--
  queue.bytes -= ticket.bytes
  if (!pending) store?.remove(key)
  else if (event) store?.put(key, { v: JOURNAL_VERSION, event, provisional: false, pending })
  for (const tally of tallies) tally.finish(ticket)
  ticket.tally?.finish(ticket)
  while (waiters[0] && !isFull(queue, waiters[0].bytes, waiters[0].maxEvents)) waiters.shift()?.go()
  window.feedSoon()
}

async function drain({ window }: Queue, tally: Tally, timeout?: Promise<unknown>): Promise<void> {
  let isOver = false
  void timeout?.then(() => void (isOver = true))
  // One failure may be a connection that the receiver has just closed; two in a row are an outage.
  for (let failures = 0; tally.pending() > 0 && failures < 2 && !isOver; ) {
    const before = window.outcomes()
    window.feed()
    await Promise.race(timeout ? [window.flush(), timeout] : [window.flush()])
    failures = window.outcomes() === before ? failures + 1 : 0
  }
}

function stateOf({ accepted, dropped, waiting, window }: Queue): DeliveryState {
  const state = window.state()
  const sum = { ...state.dropped }
  for (const reason in dropped) sum[reason] = (sum[reason] ?? 0) + (dropped[reason] as number)
  return { ...state, accepted, waiting, dropped: sum, quotaRefusals: state.quotaRefusals + (dropped['disk-full'] ?? 0) }
}
