import type { Event } from '../event'
import type { TransportContext } from '../transport'
import { acceptedAtMs } from './event-key'
import type { Item, Lane } from './host'
import { drop } from './journal'

const isTooOld = ({ host, limits }: Lane, { key, entry }: Item): boolean => {
  const now = host.now()
  return now - acceptedAtMs(key) > host.queue.maxAgeMs || now - Date.parse(entry.event.timestamp) > limits.maxEventAgeMs
}

/** Takes the next batch out of the lane: its oldest events, as long as they may share a request. */
export const takeBatch = (lane: Lane): Item[] => {
  const { host, items, limits, name, transport } = lane
  const batch: Item[] = []
  let bytes = 0
  let scanned = 0
  let partition: string | undefined
  for (const item of items) {
    const { event, pending } = item.entry
    // Not pending: dropped while it waited, or another tab's now.
    if (name in pending) {
      if (isTooOld(lane, item)) drop(host, item, name, 'too-old')
      else {
        const own = transport.partition?.(event)
        bytes += item.bytes
        if (batch.length && (batch.length >= lane.size || bytes > limits.maxBatchBytes || own !== partition)) break
        partition = own
        batch.push(item)
      }
    }
    scanned++
  }
  items.splice(0, scanned)
  return batch
}

export const sortItems = ({ items }: Lane): void => {
  items.sort((a, b) => (a.key < b.key ? -1 : 1))
}

export const giveBack = (lane: Lane, batch: readonly Item[]): void => {
  if (!batch.length) return
  lane.items.unshift(...batch)
  // Exit requests end in any order.
  sortItems(lane)
}

export const eventsOf = (batch: readonly Item[]): Event[] => batch.map(({ entry }) => entry.event)

export const contextOf = (
  { host, name, context }: Lane,
  batch: readonly Item[],
  urgent: boolean,
): TransportContext => ({
  ...context,
  attempt: 1 + Math.max(...batch.map(({ entry }) => entry.pending[name] ?? 0)),
  sentAt: new Date(host.now()).toISOString(),
  urgent,
})
