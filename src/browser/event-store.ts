import { eventKey, nextNumber, ownerOf } from '../core/delivery/event-key'
import type { EventStore, PutResult } from '../core/delivery/event-store'
import { JOURNAL_VERSION, type JournalEntry } from '../core/delivery/journal-entry'
import { attempt } from './globals'
import { createLease, createWebLock, type LeaseOptions, type TabLock } from './tab-lock'

export interface BrowserEventStoreOptions extends Omit<LeaseOptions, 'storage'> {
  /** Null where the browser forbids it: then everything stays in memory. */
  storage: Storage | null
  /** Null on pages without TLS and in old browsers. */
  locks: Pick<LockManager, 'request'> | null
  id(): string
}

const ENTRY = '__fh_q:'
const TEXT = '__fh_t:'
/** How often dead tabs are looked for. */
const SCAN_MS = 3000
/** A tab this young may not hold its lock yet. */
const GRACE_MS = 3000

/**
 * The journal in localStorage: the one durable place in browsers that can be written before a call returns. IndexedDB
 * answers later than a page that leaves lives. One key for each event, so that the cost of a call does not grow with
 * the queue; named after the tab, so that no two tabs write the same key. The 5 MB of an origin hold more events than
 * one visitor makes in an outage, so no bulk store stands beside it.
 */
export const createBrowserEventStore = (options: BrowserEventStoreOptions): EventStore => {
  const { id, locks, now, setTimer } = options
  let isKept = true
  const disk = createDisk(() => (isKept ? options.storage : null))
  const lock = locks ? createWebLock(locks) : createLease({ ...options, storage: disk })
  const entries = createEntries(disk, () => isKept)
  const [mine, current, forget, leave, rest, takeOver] = createOwners(
    lock,
    () => `${now().toString(36)}.${id().slice(0, 8)}`,
  )
  let number = 0
  let cancelScan = () => {}
  let scan = () => {}
  const release = () => {
    cancelScan()
    leave()
  }
  const resume: EventStore['resume'] = (then) =>
    void takeOver(forget(), () => {
      then((key) => entries.has(key, mine.has(ownerOf(key))))
      scan()
    })
  return {
    ...entries,
    newKey: () => eventKey(current(), (number = nextNumber(number, now()))),
    rest,
    adopt(take) {
      scan = () => {
        cancelScan()
        cancelScan = setTimer(scan, SCAN_MS)
        const foreign = disk.keys().filter((key) => !mine.has(ownerOf(key)) && !isYoung(key, now()))
        void takeOver(foreign.map(ownerOf), () => readEntries(disk, foreign, mine, take))
      }
      scan()
    },
    clear: (transport) => clear(options.storage, mine, transport),
    keep(isAllowed) {
      release()
      isKept = isAllowed
      resume(() => {})
    },
    release,
    resume,
    close: release,
  }
}

/** The names under which this tab journals, and the proof that it lives: held while something waits. */
const createOwners = (lock: TabLock, newName: () => string) => {
  /** Whose entries are this tab's: its own under each of its names, and those that it took over. */
  const mine = new Set<string>()
  let own = ''
  let isAway = false
  let isTaking = false
  const forget = () => {
    const before = [...mine]
    mine.clear()
    own = ''
    isAway = false
    return before
  }
  const current = () => {
    // A name of this moment: others do not look at it before the lock is there. On the way out it gets none.
    if (!own) {
      own = newName()
      mine.add(own)
      if (!isAway) void lock.take(own)
    }
    return own
  }
  /** The names of owners that are proved dead become ours. */
  const takeOver = async (names: readonly string[], then: () => void) => {
    isTaking = true
    for (const name of new Set(names)) if (await lock.take(name)) mine.add(name)
    isTaking = false
    then()
  }
  const rest = () => {
    if (isTaking || isAway) return
    lock.release()
    forget()
  }
  const leave = () => {
    isAway = true
    lock.release()
    own = ''
  }
  return [mine, current, forget, leave, rest, takeOver] as const
}

/** Consent or not: what is forbidden is to keep. */
const clear = (storage: Storage | null, mine: ReadonlySet<string>, transport?: string): number => {
  const { keys, setItem } = createDisk(() => storage)
  const prefix = transport ? `${TEXT}${transport}:` : '__fh_'
  const lost = transport ? [] : keys().filter((key) => !mine.has(ownerOf(key)) && !isLease(key))
  for (const key of keys(prefix)) setItem(prefix + key, null)
  return lost.length
}

/** The entries of this tab, and the texts of all. */
const createEntries = (disk: ReturnType<typeof createDisk>, isKept: () => boolean) => {
  /** Keys that storage refused: nobody else knows of them. */
  const volatile = new Set<string>()
  return {
    put(key: string, entry: JournalEntry): PutResult {
      if (disk.setItem(ENTRY + key, JSON.stringify(entry))) return { status: 'durable' }
      volatile.add(key)
      return { status: isKept() ? 'full' : 'memory' }
    },
    getText: (key: string) => disk.getItem(TEXT + key),
    setText: (key: string, text: string | null) => void disk.setItem(TEXT + key, text),
    remove(key: string) {
      volatile.delete(key)
      disk.setItem(ENTRY + key, null)
    },
    has: (key: string, isMine: boolean) => volatile.has(key) || (isMine && disk.getItem(ENTRY + key) !== null),
  }
}

const isLease = (key: string): boolean => key.endsWith(':lease')

/** The name of an owner begins with the time of its making. */
const isYoung = (key: string, nowMs: number): boolean => Math.abs(nowMs - parseInt(key, 36)) < GRACE_MS

/** localStorage that never throws: browsers may forbid it at any time. */
const createDisk = (storage: () => Storage | null) => ({
  getItem: (key: string) => attempt(() => (storage() as Storage).getItem(key)),
  /** `null` removes. Null where it could not be done. */
  setItem: (key: string, text: string | null) =>
    attempt(() => {
      const area = storage() as Storage
      if (text === null) area.removeItem(key)
      else area.setItem(key, text)
      return true
    }),
  /** What follows the prefix, of all entries, in order. */
  keys: (prefix = ENTRY) =>
    attempt(() =>
      Object.keys(storage() as Storage)
        .flatMap((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : []))
        .sort(),
    ) ?? [],
})

/** Gives what can be read; what nobody can read is removed and counted, a later version of the format is left alone. */
const readEntries = (
  disk: ReturnType<typeof createDisk>,
  keys: readonly string[],
  owners: ReadonlySet<string>,
  take: Parameters<EventStore['adopt']>[0],
) => {
  const entries: [key: string, entry: JournalEntry][] = []
  let corrupt = 0
  for (const key of keys) {
    const text = disk.getItem(ENTRY + key)
    // Somebody else's, finished meanwhile, or the lease of its owner.
    if (!owners.has(ownerOf(key)) || !text || isLease(key)) continue
    try {
      const entry: JournalEntry = JSON.parse(text)
      if (entry.v > JOURNAL_VERSION) continue
      const { context, messageId } = entry.event
      const counts = Object.values(entry.pending)
      if (!messageId || Object(context) !== context || !counts.length || !counts.every(Number.isInteger)) throw 0
      entries.push([key, entry])
    } catch {
      corrupt++
      disk.setItem(ENTRY + key, null)
    }
  }
  if (entries[0] || corrupt) take(entries, corrupt)
}
