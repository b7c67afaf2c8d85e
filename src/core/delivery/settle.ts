import type { SendResult } from '../platform'
import type { EventOutcome, TransportContext, TransportResult } from '../transport'
import { eventsOf, giveBack } from './batch'
import type { Item, Lane } from './host'
import { record } from './journal'
import { backoffMs, retryAfterMs } from './retry'

/** How long nothing is sent to a receiver that paused us. The next page tries at once. */
const PAUSE_MS = 60_000

/** What the network's answer means for these events. */
export const readAnswer = (
  { host, transport }: Lane,
  batch: readonly Item[],
  context: TransportContext,
  result: SendResult,
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
  const { claim, host } = lane
  // Its events have left again in an exit request, whose answer counts.
  if (lane.busy.get(batch[0] as Item) !== batch) return false
  giveBack(lane, batch)
  const list = 'status' in result ? batch.map(() => result) : result
  const isRefusal = list.some(({ status }) => status === 'rejected')
  if (isRefusal && 'status' in result && batch.length > 1) {
    lane.size = batch.length >> 1
    return true
  }
  delete host.state.paused[lane.transport.name]
  let waitMs = -1
  batch.forEach((item, index) => {
    const { pending } = item.entry
    const tries = pending[claim]
    const outcome: EventOutcome = list[index] ?? { status: 'retry', reason: 'no-outcome' }
    // Dropped meanwhile, or another tab's now.
    if (tries === undefined) return
    if (outcome.status === 'paused') waitMs = PAUSE_MS
    // The neighbour of a rejected event goes again at once.
    else if (outcome.status === 'retry' && (outcome.afterMs !== 0 || !isRefusal)) {
      waitMs = Math.max(waitMs, outcome.afterMs ?? 0)
      pending[claim] = tries + 1
    }
    record(host, item, claim, outcome)
  })
  const now = host.now()
  lane.size = Math.min(lane.size * 2, lane.limits.maxBatchEvents)
  lane.failures = waitMs < 0 ? 0 : lane.failures + 1
  lane.askedUntilMs = now + waitMs
  lane.retryAtMs = lane.failures && Math.max(lane.askedUntilMs, now + backoffMs(lane.failures, host.random()))
  return waitMs < 0
}
