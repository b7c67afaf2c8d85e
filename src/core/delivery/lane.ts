import type { TransportResult } from '../transport'
import { contextOf, eventsOf, giveBack, takeBatch } from './batch'
import type { Item, Lane } from './host'
import { readAnswer, settle } from './settle'

const TIMEOUT_MS = 15_000

/** Plans a try, unless a sooner one is planned. */
export const plan = (lane: Lane, delayMs: number): void => {
  const { asleep, now, setTimer } = lane.host
  const atMs = Math.max(now() + delayMs, lane.retryAtMs, lane.askedUntilMs)
  if (asleep || lane.exits || (lane.cancelTimer && lane.dueAtMs <= atMs)) return
  lane.cancelTimer?.()
  lane.dueAtMs = atMs
  lane.cancelTimer = setTimer(() => {
    lane.cancelTimer = undefined
    void send(lane)
  }, atMs - now())
}

export const push = (lane: Lane, item: Item): void => {
  const { items, limits, name } = lane
  // Otherwise what a full queue drops would pile up here while the receiver is down.
  while (items[0] && !(name in items[0].entry.pending)) items.shift()
  items.push(item)
  plan(lane, items.length < limits.maxBatchEvents ? limits.flushIntervalMs : 0)
}

/** Plans the next try of a lane that has come to rest, or forgets it where it is empty. */
const goOn = (lane: Lane): void => {
  if (lane.items.length) plan(lane, 0)
  else if (!lane.sending && !lane.exits) {
    lane.cancelTimer?.()
    lane.host.lanes.delete(lane.key)
  }
}

/** One request with what waits, whatever the backoff; true when the lane got further. Joins the try under way. */
export const send = (lane: Lane): Promise<boolean> =>
  (lane.sending ??= attempt(lane).then((gotFurther) => {
    lane.sending = undefined
    goOn(lane)
    return gotFurther
  }))

const attempt = async (lane: Lane): Promise<boolean> => {
  const { asleep, now } = lane.host
  if (asleep || lane.exits || now() < lane.askedUntilMs) return false
  const batch = takeBatch(lane)
  if (!batch.length) return false
  lane.flight = batch
  const result = await ask(lane, batch)
  // Its events have left again in an exit request, whose answer counts.
  if (lane.flight !== batch) return false
  lane.flight = undefined
  return settle(lane, batch, result)
}

const ask = async (lane: Lane, batch: Item[]): Promise<TransportResult> => {
  const context = contextOf(lane, batch, false)
  try {
    const encoded = await lane.transport.encode(eventsOf(batch), context)
    if ('status' in encoded) return encoded
    countSent(lane, batch, context.attempt)
    return readAnswer(lane, batch, await lane.host.sender.send(encoded, { timeoutMs: TIMEOUT_MS }), context)
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
  const { flight, host, repeats, size } = lane
  if (host.now() < lane.askedUntilMs) return
  // The browser ends an ordinary request with the page. Where repeats are harmless its events leave once more.
  if (leaving && repeats && flight) {
    giveBack(lane, flight)
    lane.flight = undefined
  }
  while (lane.size) {
    const batch = takeBatch(lane)
    if (!batch.length) break
    const refusal = handOver(lane, batch)
    if (!refusal) continue
    giveBack(lane, batch)
    lane.size = refusal === 'budget' ? batch.length >> 1 : 0
  }
  lane.size = size
}

/** Returns why the browser has not taken the events. */
const handOver = (lane: Lane, batch: Item[]): string | undefined => {
  const { host, repeats, transport } = lane
  const context = contextOf(lane, batch, true)
  try {
    const encoded = transport.encode(eventsOf(batch), context)
    if (!('url' in encoded)) {
      // A promise: nobody will use it, and its rejection must not become the page's.
      Promise.resolve(encoded).catch(() => {})
      return 'no-request'
    }
    const result = host.sender.sendUrgently(encoded, (answer) => {
      if (!repeats) return
      lane.exits--
      settle(lane, batch, readAnswer(lane, batch, answer, context))
      goOn(lane)
    })
    if (result.status === 'refused') {
      if (result.reason === 'budget') host.state.quotaRefusals++
      return result.reason
    }
  } catch {
    return 'encode-failed'
  }
  countSent(lane, batch, context.attempt)
  // Nobody may ever read the answer. Where a repeat would be counted twice the hand-over is taken for it.
  if (repeats) lane.exits++
  else settle(lane, batch, { status: 'delivered' })
  return
}
