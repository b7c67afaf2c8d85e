import type { Event } from '../event'
import type { DeliveryReport } from './delivery'
import type { Host, Item } from './host'
import { JOURNAL_VERSION, type JournalEntry } from './journal-entry'

export const isJournalled = ({ items }: Host, item: Item): boolean => items.get(item.key) === item

/** Counts and reports what became of an event at one try. */
export const note = ({ report, state }: Host, event: Event, transport: string, outcome: DeliveryReport['outcome']) => {
  const { status } = outcome
  report({ transport, event, outcome })
  if (status === 'delivered') state.acknowledged++
  else if (status === 'paused') state.paused[transport] = outcome.reason
  else if (status !== 'retry') {
    const reason = status === 'dropped' ? outcome.reason : status
    state.dropped[reason] = (state.dropped[reason] ?? 0) + 1
  }
}

/** Takes the item out of memory alone: its copy in the store is somebody else's now. */
export const forget = (host: Host, item: Item): void => {
  if (host.items.delete(item.key)) host.bytes -= item.bytes
}

export const remove = (host: Host, item: Item): void => {
  forget(host, item)
  host.events.remove(item.key)
}

export const write = ({ events, state }: Host, { key, entry }: Item): void => {
  if (events.put(key, entry).status === 'full') state.quotaRefusals++
}

/** The outcome is final for this transport. */
export const conclude = (host: Host, item: Item, transport: string, outcome: DeliveryReport['outcome']): void => {
  const { event, pending } = item.entry
  delete pending[transport]
  if (outcome.status !== 'delivered') item.dropped = true
  if (Object.keys(pending).length) write(host, item)
  else remove(host, item)
  note(host, event, transport, outcome)
}

export const drop = (host: Host, item: Item, transport: string, reason: string): void =>
  conclude(host, item, transport, { status: 'dropped', reason })

const makeRoom = (host: Host, events: number, bytes: number): void => {
  const { items, queue } = host
  const isFull = () => items.size + events > queue.maxEvents || host.bytes + bytes > queue.maxBytes
  // Asked first: a Map that is used as a queue is slow to begin reading, as it steps over all that was deleted.
  if (!isFull()) return
  for (const item of items.values()) {
    for (const name in item.entry.pending) drop(host, item, name, 'queue-full')
    if (!isFull()) return
  }
}

/** Journals an event; it is in the store when this returns. */
export const add = (host: Host, event: Event, bytes: number, transports: readonly string[], provisional: boolean) => {
  makeRoom(host, 1, bytes)
  const pending = Object.fromEntries(transports.map((name) => [name, 0]))
  const entry: JournalEntry = { v: JOURNAL_VERSION, event, provisional, pending }
  const item: Item = { key: host.events.newKey(), entry, bytes }
  host.items.set(item.key, item)
  host.bytes += bytes
  host.state.accepted++
  write(host, item)
  return item
}

/** Puts entries of an owner that is gone before everything of this one. */
export const adopt = (host: Host, entries: readonly [key: string, entry: JournalEntry][]): Item[] => {
  const adopted = entries.map(([key, entry]): Item => ({ key, entry, bytes: JSON.stringify(entry.event).length }))
  host.items = new Map([...adopted.map((item): [string, Item] => [item.key, item]), ...host.items])
  for (const { bytes } of adopted) host.bytes += bytes
  makeRoom(host, 0, 0)
  return adopted
}
