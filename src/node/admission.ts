import { byteLength } from '../core/delivery/byte-length'
import { JOURNAL_VERSION } from '../core/delivery/journal-entry'
import type { Event } from '../core/event'
import type { Backlog } from './backlog'
import type { DeliveryWindow } from './delivery-window'
import type { EventTexts } from './event-text'
import type { FileEventStore } from './file-event-store'
import type { EventQueueOptions, Taken, Ticket, TicketExtra } from './queue'
import type { Tally } from './tally'
import { eventOf, laneOf } from './ticket-transport'

interface Waiter {
  /** What it fits below. */
  maxEvents: number
  bytes: number
  go(): void
}

/** What the parts of the queue share. */
export interface Queue extends EventQueueOptions {
  names: readonly string[]
  /** Of an event in memory that no import waits for. */
  commonExtra: TicketExtra
  /** Claims of a new entry, as JSON. */
  claims: string
  maxEventBytes: number
  texts: EventTexts
  sharedBytes: number
  backlog: Backlog<TicketExtra>
  window: DeliveryWindow
  waiters: Waiter[]
  dropped: Record<string, number>
  /** Why events were not written to the disk, until their calls have heard it. */
  failures: Map<Event, string>
  tallies: Set<Tally>
  /** Of the last event that was queued. */
  number: number
  accepted: number
  waiting: number
  bytes: number
}

/** An event on its way into the queue. */
interface Draft {
  event: Event
  text: string
  /** Of the text. */
  bytes: number
  extra: TicketExtra
  /** Although the queue is full. */
  isForced: boolean
}

export const bytesOf = (text: string): number =>
  typeof Buffer === 'undefined' ? byteLength(text) : Buffer.byteLength(text)

export const isFull = ({ bytes, limits, waiting }: Queue, more: number, maxEvents = limits.maxEvents): boolean =>
  waiting >= maxEvents || bytes + more > limits.maxBytes

export const countDrops = ({ dropped }: Queue, reason: string, count: number): void => {
  dropped[reason] = (dropped[reason] ?? 0) + count
}

/** Counts and tells what never comes to delivery. */
export function refuse(queue: Queue, event: Event, reason: string, names = queue.names): void {
  countDrops(queue, reason, names.length)
  for (const transport of names) queue.report(transport, { status: 'dropped', reason }, () => event)
}

export function add(queue: Queue, event: Event, tally?: Tally): Promise<Taken> | undefined {
  const { limits, onFull, waiters } = queue
  const draft = createDraft(queue, event, tally)
  const { bytes } = draft
  if (!waiters.length && !isFull(queue, bytes)) return admit(queue, draft)
  if (onFull === 'error') fail(event, 'the queue is full')
  if (onFull === 'drop-oldest') {
    while (!draft.isForced && isFull(queue, bytes)) draft.isForced = !evict(queue)
    return admit(queue, draft)
  }
  if (waiters.length >= limits.maxEvents) fail(event, 'the queue is full, and too many calls wait for it')
  return new Promise((resolve) => {
    const go = () => resolve(admit(queue, draft) ?? { event })
    waiters.push({ maxEvents: limits.maxEvents, bytes, go })
  })
}

function fail({ type }: Event, message: string): never {
  throw new Error(`[firsthand] ${type}: ${message}`)
}

function createDraft(queue: Queue, event: Event, tally?: Tally): Draft {
  const { commonExtra, limits, maxEventBytes, names, store, texts, sharedBytes } = queue
  // An event of the past has nothing to do with this process.
  const isShort = !tally && texts.canShorten(event)
  const text = toText(texts, event, isShort)
  const bytes = bytesOf(text)
  const whole = isShort ? bytes + sharedBytes : bytes
  if (!text || whole > maxEventBytes || bytes > limits.maxBytes) {
    refuse(queue, event, text ? 'too-large' : 'not-json')
    fail(event, 'no transport takes this event')
  }
  const extra = isShort && !store ? commonExtra : { isShort, key: '', transports: names, tally, foreign: undefined }
  return { event, text, bytes, extra, isForced: false }
}

/** Empty where JSON cannot express it. */
const toText = (texts: EventTexts, event: Event, isShort: boolean): string => {
  try {
    return texts.write(event, isShort)
  } catch {
    // Circular or a BigInt: nothing could send it.
    return ''
  }
}

/** Resolves when it is on disk, where it is kept there. */
function admit(queue: Queue, draft: Draft): Promise<Taken> | undefined {
  const { store } = queue
  queue.accepted++
  if (store) return admitOnDisk(queue, store, draft)
  enqueue(queue, draft)
  return
}

function admitOnDisk(queue: Queue, store: FileEventStore, draft: Draft): Promise<Taken> {
  const { bytes, event, extra, text } = draft
  extra.key = store.newKey()
  const json = extra.isShort ? queue.texts.whole(text) : text
  const entry = `{"v":${JOURNAL_VERSION},"event":${json},"provisional":false,"pending":${queue.claims}}`
  // Counted while it waits to be written, so that a burst does not pass the limits.
  queue.waiting++
  queue.bytes += bytes
  store.appendSoon(extra.key, entry, (reason) => {
    queue.waiting--
    queue.bytes -= bytes
    if (!reason) return enqueue(queue, draft)
    queue.accepted--
    queue.failures.set(event, reason)
    refuse(queue, event, 'disk-full')
  })
  return whenSynced(queue, store, event)
}

/** A function of its own, so that a burst keeps the events alone until they are on disk, and not their texts as well. */
const whenSynced = ({ failures }: Queue, store: FileEventStore, event: Event): Promise<Taken> =>
  store.synced().then(() => {
    const reason = failures.get(event)
    if (!reason) return { event }
    failures.delete(event)
    throw new Error(`[firsthand] ${event.type}: not written to queue.dir (${reason})`)
  })

export function enqueue(queue: Queue, { event, text, bytes, extra, isForced }: Draft): void {
  queue.number++
  queue.waiting++
  queue.bytes += bytes
  extra.tally?.begin()
  queue.backlog.push(text, bytes, laneOf(event), extra === queue.commonExtra ? undefined : extra)
  queue.window.feed(isForced)
}

/** Drops the oldest event that is not on its way; false where all are. */
function evict(queue: Queue): boolean {
  const ticket = queue.window.shift()
  if (!ticket) return false
  const { tally, transports } = ticket.extra
  ticket.isDropped = true
  tally?.lose(ticket, 'dropped', 'queue-full')
  refuse(queue, eventOf(ticket, queue.texts), 'queue-full', transports)
  finish(queue, ticket)
  return true
}

export function finish(queue: Queue, ticket: Ticket): void {
  const { foreign: pending, key, tally } = ticket.extra
  const { store, tallies, texts, waiters, window } = queue
  queue.waiting--
  queue.bytes -= ticket.bytes
  if (!pending) store?.remove(key)
  else store?.put(key, { v: JOURNAL_VERSION, event: eventOf(ticket, texts), provisional: false, pending })
  for (const each of tallies) each.finish(ticket)
  tally?.finish(ticket)
  while (waiters[0] && !isFull(queue, waiters[0].bytes, waiters[0].maxEvents)) waiters.shift()?.go()
  window.feedSoon()
}
