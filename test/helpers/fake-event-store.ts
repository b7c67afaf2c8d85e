import { eventKey, nextNumber } from '../../src/core/delivery/event-key'
import type { EventStore, PutResult } from '../../src/core/delivery/event-store'
import type { JournalEntry } from '../../src/core/delivery/journal-entry'

/** 2026-01-01T00:00:00.000Z */
export const FAKE_START = Date.UTC(2026, 0, 1)

type Take = Parameters<EventStore['adopt']>[0]

export interface FakeEventStore extends EventStore {
  entries: Map<string, JournalEntry>
  texts: Map<string, string>
  /** What the next `put` answers without keeping the entry; null keeps it. */
  refuse: PutResult | null
  /** How many entries there were when `rest` was called. */
  rests: number[]
  /** What `keep` was told last. */
  isKept: boolean
  /** Hands entries of another owner to the one who called `adopt`. */
  giveAway(entries: Parameters<Take>[0], corrupt?: number): void
}

let owners = 0

export function createFakeEventStore(now = () => FAKE_START): FakeEventStore {
  const entries = new Map<string, JournalEntry>()
  const texts = new Map<string, string>()
  const takers: Take[] = []
  let lastKey = 0
  const owner = `fake${++owners}`
  const store: FakeEventStore = {
    entries,
    texts,
    refuse: null,
    rests: [],
    isKept: true,
    newKey() {
      lastKey = nextNumber(lastKey, now())
      return eventKey(owner, lastKey)
    },
    put(key, entry) {
      if (!store.isKept) return { status: 'memory' }
      if (store.refuse) return store.refuse
      // A copy, as a real store keeps text: later changes of the object must not show.
      entries.set(key, structuredClone(entry))
      return { status: 'durable' }
    },
    remove: (key) => void entries.delete(key),
    rest: () => void store.rests.push(entries.size),
    adopt: (take) => void takers.push(take),
    giveAway(taken, corrupt = 0) {
      for (const take of takers) take(taken, corrupt)
    },
    getText: (key) => texts.get(key) ?? null,
    setText: (key, value) => void (value === null ? texts.delete(key) : texts.set(key, value)),
    clear(name = '') {
      for (const key of texts.keys()) if (key.startsWith(name && `${name}:`)) texts.delete(key)
      const foreign = [...entries.keys()].filter((key) => !key.startsWith(owner))
      if (!name) entries.clear()
      return name ? 0 : foreign.length
    },
    keep: (isAllowed) => void (store.isKept = isAllowed),
    release: () => {},
    resume: (then) => then((key) => entries.has(key)),
    close: () => {},
  }
  return store
}
