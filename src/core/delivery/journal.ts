import type { Event } from '../event'
import type { DeliveryReport } from './delivery'
import type { Host, Item, Items } from './host'
import { JOURNAL_VERSION, type JournalEntry } from './journal-entry'

type Outcome = DeliveryReport['outcome']

/** Of the transport; the first word where this page does not have it. */
export const nameOf = ({ routes }: Host, claim: string): string =>
  routes.get(claim)?.transport.name ?? (claim.split(' ')[0] as string)

/** Counts and reports what became of an event at one try. */
export const note = (host: Host, event: Event, claim: string, outcome: Outcome): void => {
  const { report, state } = host
  const { status } = outcome
  const transport = nameOf(host, claim)
  if (status === 'delivered') state.acknowledged++
  else if (status === 'paused') state.paused[transport] = outcome.reason
  else if (status !== 'retry') countDrops(state.dropped, status === 'dropped' ? outcome.reason : status, 1)
  report({ transport, event, outcome })
}

export const countDrops = (dropped: Record<string, number>, reason: string, count: number): void => {
  if (count) dropped[reason] = (dropped[reason] ?? 0) + count
}

/** By transport and what must leave in order there. */
export const laneKey = ({ routes }: Host, claim: string, event: Event): string => {
  const transport = routes.get(claim)?.transport
  return `${claim}:${transport?.lane ? transport.lane(event) : transport?.partition?.(event)}`
}

/** Whether the item is what this page journals under its key, and not gone or taken up anew. */
export const isJournalled = ({ items }: Host, item: Item): boolean => items.get(item.key) === item

/** Takes the item out of memory alone: its copy in the store may be somebody else's. */
export const forget = (host: Host, item: Item): void => {
  const { event, pending } = item.entry
  for (const claim in pending) host.lanes.get(laneKey(host, claim, event))?.items.delete(item.key)
  item.entry.pending = {}
  if (host.items.delete(item.key)) host.bytes -= item.bytes
}

export const remove = (host: Host, item: Item): void => {
  forget(host, item)
  host.events.remove(item.key)
  if (!host.items.size) host.events.rest?.()
}

export const write = ({ events, state }: Host, { key, entry }: Item): void => {
  if (events.put(key, entry).status === 'full') state.quotaRefusals++
}

/** What became of an item at one try: it stays in the store until no transport waits for it. */
export const record = (host: Host, item: Item, claim: string, outcome: Outcome): void => {
  const { event, pending } = item.entry
  const { status } = outcome
  if (status !== 'retry' && status !== 'paused') {
    host.lanes.get(laneKey(host, claim, event))?.items.delete(item.key)
    delete pending[claim]
    if (status !== 'delivered') item.dropped = true
  }
  if (Object.keys(pending).length) write(host, item)
  else remove(host, item)
  note(host, event, claim, outcome)
}

export const drop = (host: Host, item: Item, claim: string, reason: string): void =>
  record(host, item, claim, { status: 'dropped', reason })

const makeRoom = (host: Host, events: number, bytes: number): void => {
  const { items, queue } = host
  const isFull = () => items.size + events > queue.maxEvents || host.bytes + bytes > queue.maxBytes
  // Asked first: a Map that is used as a queue is slow to begin reading, as it steps over all that was deleted.
  if (!isFull()) return
  for (const item of items.values()) {
    for (const claim in item.entry.pending) drop(host, item, claim, 'queue-full')
    if (!isFull()) return
  }
}

const keep = (host: Host, key: string, entry: JournalEntry, bytes: number): Item => {
  const item: Item = { key, entry, bytes }
  host.items.set(key, item)
  host.bytes += bytes
  return item
}

/** Journals an event; it is in the store when this returns. */
export const add = (host: Host, event: Event, bytes: number, claims: readonly string[], provisional: boolean) => {
  makeRoom(host, 1, bytes)
  const pending = Object.fromEntries(claims.map((claim) => [claim, 0]))
  const item = keep(host, host.events.newKey(), { v: JOURNAL_VERSION, event, provisional, pending }, bytes)
  host.state.accepted++
  write(host, item)
  return item
}

export const sortItems = (items: Items): Items => new Map([...items].sort(([a], [b]) => (a < b ? -1 : 1)))

/** Takes entries of an owner that is gone; they are older than those of this one. */
export const adopt = (host: Host, entries: readonly [key: string, entry: JournalEntry][]): Item[] => {
  const adopted = entries.map(([key, entry]) =>
    Object.assign(keep(host, key, entry, JSON.stringify(entry.event).length), { adopted: true }),
  )
  host.items = sortItems(host.items)
  makeRoom(host, 0, 0)
  return adopted
}
