import type { Event } from '../event'
import type { TransportContext } from '../transport'
import { acceptedAtMs } from './event-key'
import type { Host, Item, Lane } from './host'
import { drop } from './journal'

/** Waits too long. What this page accepted itself does not: setting the clock would age it. */
export const isStale = ({ now, queue }: Host, { adopted, key }: Item): boolean =>
  !!adopted && now() - acceptedAtMs(key) > queue.maxAgeMs

const isTooOld = (lane: Lane, item: Item): boolean =>
  isStale(lane.host, item) || lane.host.now() - Date.parse(item.entry.event.timestamp) > lane.limits.maxEventAgeMs

/** Marks the next batch as under way: the oldest events of the lane, as long as they may share a request. */
export const takeBatch = (lane: Lane): Item[] => {
  const batch: Item[] = []
  let bytes = 0
  let partition: string | undefined
  for (const item of lane.items.values()) {
    if (lane.busy.has(item)) continue
    if (isTooOld(lane, item)) {
      drop(lane.host, item, lane.claim, 'too-old')
      continue
    }
    const own = lane.transport.partition?.(item.entry.event)
    bytes += item.bytes
    if (batch.length && (batch.length >= lane.size || bytes > lane.limits.maxBatchBytes || own !== partition)) break
    partition = own
    lane.busy.set(item, batch)
    batch.push(item)
  }
  return batch
}

export const giveBack = (lane: Lane, batch: readonly Item[]): void => batch.forEach((item) => lane.busy.delete(item))

export const eventsOf = (batch: readonly Item[]): Event[] => batch.map(({ entry }) => entry.event)

export const contextOf = (lane: Lane, batch: readonly Item[], urgent: boolean): TransportContext => {
  const { events, hash, now, runtime, storage } = lane.host
  const { name } = lane.transport
  return {
    attempt: 1 + Math.max(...batch.map(({ entry }) => entry.pending[lane.claim] ?? 0)),
    sentAt: new Date(now()).toISOString(),
    runtime,
    urgent,
    credentials: {},
    hash,
    state: {
      get: (key) => events.getText(`${name}:${key}`),
      set: (key, value) => events.setText(`${name}:${key}`, value),
    },
    stored: (key) => (storage?.getItem(key) as string | undefined) ?? null,
  }
}
