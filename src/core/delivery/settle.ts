import type { SendResult } from '../platform'
import type { EventOutcome, TransportContext, TransportResult } from '../transport'
import { eventsOf, giveBack } from './batch'
import type { Item, Lane } from './host'
import { conclude, note, write } from './journal'
import { backoffMs, retryAfterMs } from './retry'

/** How long nothing is sent to a receiver that paused us. The next page tries at once. */
const PAUSE_MS = 60_000

/** What the network's answer means for these events. */
export const readAnswer = (
  { host, transport }: Lane,
  batch: readonly Item[],
  result: SendResult,
  context: TransportContext,
): TransportResult => {
  if (result.status !== 'answered')
    return { status: 'retry', reason: 'reason' in result ? result.reason : result.status }
  const { response } = result
  try {
    const decoded = transport.decode(response, eventsOf(batch), context)
    return 'status' in decoded && decoded.status === 'retry'
      ? { afterMs: retryAfterMs(response.header('retry-after'), host.now()), ...decoded }
      : decoded
  } catch {
    return { status: 'retry', reason: 'decode-failed' }
  }
}

/** Gives every event of a batch its outcome. True when the lane got further: whoever flushes goes on. */
export const settle = (lane: Lane, batch: readonly Item[], result: TransportResult): boolean => {
  const { host, limits, name } = lane
  const list = 'status' in result ? batch.map(() => result) : result
  const isRefusal = list.some(({ status }) => status === 'rejected')
  if (isRefusal && 'status' in result && batch.length > 1) {
    giveBack(lane, batch)
    lane.size = batch.length >> 1
    return true
  }
  delete host.state.paused[name]
  let waitMs = -1
  const settleItem = (item: Item, index: number): boolean => {
    const { event, pending } = item.entry
    const tries = pending[name]
    const outcome: EventOutcome = list[index] ?? { status: 'retry', reason: 'no-outcome' }
    // Dropped meanwhile, or another tab's now.
    if (tries === undefined) return false
    if (outcome.status === 'delivered' || outcome.status === 'rejected') {
      conclude(host, item, name, outcome)
      return false
    }
    note(host, event, name, outcome)
    if (outcome.status === 'paused') waitMs = PAUSE_MS
    // The neighbour of a rejected event goes again at once.
    else if (outcome.afterMs !== 0 || !isRefusal) {
      waitMs = Math.max(waitMs, outcome.afterMs ?? 0)
      pending[name] = tries + 1
      write(host, item)
    }
    return true
  }
  giveBack(lane, batch.filter(settleItem))
  const now = host.now()
  lane.size = Math.min(lane.size * 2, limits.maxBatchEvents)
  lane.failures = waitMs < 0 ? 0 : lane.failures + 1
  lane.retryAtMs = lane.failures && now + backoffMs(lane.failures, host.random())
  lane.askedUntilMs = now + waitMs
  return waitMs < 0
}
