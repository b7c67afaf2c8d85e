import type { Event } from '../event'
import type { TransportContext } from '../transport'
import { acceptedAtMs } from './event-key'
import type { Item, Lane } from './host'
import { drop } from './journal'

const isTooOld = ({ host, limits }: Lane, { key, entry }: Item): boolean => {
  const now = host.now()
  return now - acceptedAtMs(key) > host.queue.maxAgeMs || now - Date.parse(entry.event.timestamp) > limits.maxEventAgeMs
}

/** Marks the next batch as under way: the oldest events of the lane, as long as they may share a request. */
export const takeBatch = (lane: Lane): Item[] => {
  const { busy, host, items, limits, size, transport } = lane
  const batch: Item[] = []
  let bytes = 0
  let partition: string | undefined
  for (const item of items.values()) {
    if (busy.has(item)) continue
    if (isTooOld(lane, item)) {
      drop(host, item, transport.name, 'too-old')
      continue
    }
    const own = transport.partition?.(item.entry.event)
    bytes += item.bytes
    if (batch.length && (batch.length >= size || bytes > limits.maxBatchBytes || own !== partition)) break
    partition = own
    busy.set(item, batch)
    batch.push(item)
  }
  return batch
}

export const giveBack = ({ busy }: Lane, batch: readonly Item[]): void => batch.forEach((item) => busy.delete(item))

export const eventsOf = (batch: readonly Item[]): Event[] => batch.map(({ entry }) => entry.event)

export const contextOf = (lane: Lane, batch: readonly Item[], urgent: boolean): TransportContext => {
  const { events, hash, now, runtime, storage } = lane.host
  const { name } = lane.transport
  return {
    attempt: 1 + Math.max(...batch.map(({ entry }) => entry.pending[name] ?? 0)),
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
