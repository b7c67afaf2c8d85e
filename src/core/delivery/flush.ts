import type { FlushResult } from './delivery'
import type { Host, Item, Lane } from './host'
import { isJournalled } from './journal'
import { send } from './lane'

/** Time that `close` gives the last flush where the caller does not say. */
const CLOSE_MS = 10_000

const drain = async (lane: Lane, items: ReadonlySet<Item>): Promise<void> => {
  await lane.sending
  while (lane.items.some((item) => items.has(item)) && (await send(lane)));
}

/**
 * Tries everything that waits now, whatever its backoff, until it has a final outcome or a try fails,
 * for `timeoutMs` at most where it is given.
 */
export const flush = async (host: Host, timeoutMs?: number): Promise<FlushResult> => {
  const items = new Set(host.items.values())
  const drains = [...host.lanes.values()].map((lane) => drain(lane, items))
  let cancelTimer: (() => void) | undefined
  const timeout = new Promise((resolve) => {
    if (timeoutMs !== undefined) cancelTimer = host.setTimer(() => resolve(0), timeoutMs)
  })
  await Promise.race([Promise.all(drains), timeout])
  cancelTimer?.()
  const result: FlushResult = { delivered: 0, pending: 0, dropped: 0 }
  for (const item of items) result[isJournalled(host, item) ? 'pending' : item.dropped ? 'dropped' : 'delivered']++
  return result
}

export const close = async (host: Host, timeoutMs = CLOSE_MS): Promise<FlushResult> => {
  const result = await flush(host, timeoutMs)
  host.asleep = true
  for (const { cancelTimer } of host.lanes.values()) cancelTimer?.()
  host.events.close()
  return result
}
