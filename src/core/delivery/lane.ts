import type { TransportRequest, TransportResult } from '../transport'
import { contextOf, eventsOf, giveBack, takeBatch } from './batch'
import type { Item, Lane, Route } from './host'
import { readAnswer, settle } from './settle'

const TIMEOUT_MS = 15_000

export const createLane = (route: Route, key: string): Lane => ({
  ...route,
  key,
  items: new Map(),
  busy: new Map(),
  size: route.limits.maxBatchEvents,
  failures: 0,
  askedUntilMs: 0,
  retryAtMs: 0,
  dueAtMs: Infinity,
  cancelTimer() {},
})

/** Plans a try, unless a sooner one is planned. */
const plan = (lane: Lane, delayMs: number): void => {
  const { host } = lane
  const atMs = Math.max(host.now() + delayMs, lane.retryAtMs)
  if (host.asleep || lane.dueAtMs <= atMs) return
  lane.cancelTimer()
  lane.dueAtMs = atMs
  lane.cancelTimer = host.setTimer(() => {
    lane.dueAtMs = Infinity
    void send(lane)
  }, atMs - host.now())
}

export const push = (lane: Lane, item: Item): void => {
  lane.items.set(item.key, item)
  // The try under way plans the next one: no timer for each call while a receiver hangs.
  if (lane.busy.size) return
  plan(lane, lane.items.size < lane.limits.maxBatchEvents ? lane.limits.flushIntervalMs : 0)
}

/** Plans a try of what waits, whatever our backoff; not before the time that the receiver asked for. */
export const wake = (lane: Lane): void => {
  lane.retryAtMs = lane.askedUntilMs
  plan(lane, 0)
}

/** After a try: plans the next one, or forgets the lane where it is empty. */
const rest = (lane: Lane): void => {
  if (lane.items.size) return plan(lane, 0)
  lane.cancelTimer()
  const { lanes } = lane.host
  // An answer that comes late must not forget the lane that has taken this one's place.
  if (lanes.get(lane.key) === lane) lanes.delete(lane.key)
}

/** One request with what waits, whatever the backoff; true when the lane got further. Joins the try under way. */
export const send = (lane: Lane): Promise<boolean> =>
  (lane.sending ??= attempt(lane).finally(() => {
    lane.sending = undefined
  }))

const attempt = async (lane: Lane): Promise<boolean> => {
  const { host } = lane
  if (host.asleep || lane.busy.size) return false
  const batch = host.now() < lane.askedUntilMs ? [] : takeBatch(lane)
  const gotFurther = batch.length > 0 && settle(lane, batch, await ask(lane, batch))
  rest(lane)
  return gotFurther
}

const ask = async (lane: Lane, batch: Item[]): Promise<TransportResult> => {
  const context = contextOf(lane, batch, false)
  try {
    const encoded = await lane.transport.encode(eventsOf(batch), context)
    if ('status' in encoded) return encoded
    // Withdrawn while they were being encoded.
    if (!batch.every(({ entry }) => lane.claim in entry.pending))
      return { status: 'retry', reason: 'changed', afterMs: 0 }
    countSent(lane, batch, context.attempt)
    return readAnswer(lane, batch, context, await lane.host.sender.send(encoded, { timeoutMs: TIMEOUT_MS }))
  } catch {
    return { status: 'rejected', reason: 'encode-failed' }
  }
}

const countSent = ({ host: { state } }: Lane, { length }: Item[], attempt: number): void => {
  state.sent += length
  if (attempt > 1) state.retried += length
}

/**
 * Hands all that waits to the browser, in as many requests as it takes. Nothing here is asynchronous: with one await
 * between the page-hide event and the send most events are lost.
 */
export const exit = (lane: Lane, leaving: boolean): void => {
  const { host, size } = lane
  if (host.now() < lane.askedUntilMs) return
  // The browser ends an ordinary request with the page. Where repeats are harmless its events leave once more.
  if (leaving && lane.repeats) lane.busy.clear()
  while (lane.size) {
    const batch = takeBatch(lane)
    if (!batch.length) break
    const refusal = handOver(lane, batch)
    if (!refusal) continue
    if (refusal === 'budget') host.state.quotaRefusals++
    giveBack(lane, batch)
    lane.size = refusal === 'budget' ? batch.length >> 1 : 0
  }
  lane.size = size
}

/** Returns why the browser has not taken the events. */
const handOver = (lane: Lane, batch: Item[]): string | undefined => {
  const context = contextOf(lane, batch, true)
  try {
    const encoded = lane.transport.encode(eventsOf(batch), context)
    if (!('url' in encoded)) {
      // A promise: nobody will use it, and its rejection must not become the page's.
      Promise.resolve(encoded).catch(() => {})
      return 'no-request'
    }
    const result = lane.host.sender.sendUrgently(encoded as TransportRequest, (answer) => {
      settle(lane, batch, readAnswer(lane, batch, context, answer))
      rest(lane)
    })
    if ('reason' in result) return result.reason
  } catch {
    return 'encode-failed'
  }
  countSent(lane, batch, context.attempt)
  // Nobody may ever read the answer. Where a repeat would be counted twice the hand-over is taken for it.
  if (!lane.repeats) settle(lane, batch, { status: 'delivered' })
  return
}
