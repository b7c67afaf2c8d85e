import { eventKey, nextNumber, ownerOf } from '../core/delivery/event-key'
import type { EventStore, PutResult } from '../core/delivery/event-store'
import { JOURNAL_VERSION, type JournalEntry } from '../core/delivery/journal-entry'
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
  const disk = createDisk(options.storage)
  const lock = locks ? createWebLock(locks) : createLease({ ...options, storage: disk })
  const { has, put, remove } = createEntries(disk)
  /** Whose entries are this tab's: its own under each of its names, and those that it took over. */
  const mine = new Set<string>()
  let owner = ''
  let number = 0
  let cancelScan = () => {}
  let scan = () => {}
  /** A name begins with the time of its making. */
  const rename = () => {
    owner = `${now().toString(36)}.${id().slice(0, 8)}`
    mine.add(owner)
  }
  const begin = () => {
    rename()
    void lock.take(owner)
  }
  const close = () => {
    cancelScan()
    lock.release()
  }
  const isMine = (key: string) => mine.has(ownerOf(key))
  begin()
  return {
    newKey: () => eventKey(owner, (number = nextNumber(number, now()))),
    put,
    remove,
    adopt(take) {
      scan = async () => {
        cancelScan = setTimer(scan, SCAN_MS)
        const foreign = disk.keys().filter((key) => !isMine(key) && !isYoung(key, now()))
        const dead = await takeDead(lock, new Set(foreign.map(ownerOf)), mine)
        const keys = foreign.filter((key) => dead.has(ownerOf(key)))
        if (keys.length) readEntries(disk, keys, take)
      }
      scan()
    },
    getText: (key) => disk.getItem(TEXT + key),
    setText: (key, text) => void disk.setItem(TEXT + key, text),
    release() {
      close()
      // What is still journalled on the way out gets a name that nobody has looked at yet.
      rename()
    },
    resume(then) {
      const before = [...mine]
      mine.clear()
      begin()
      void takeDead(lock, before, mine).then(() => {
        then((key) => has(key, isMine(key)))
        scan()
      })
    },
    close,
  }
}

/** Those of the owners that are proved dead; they are ours from now on. */
const takeDead = async (lock: TabLock, owners: Iterable<string>, mine: Set<string>) => {
  const dead = new Set<string>()
  for (const name of owners) if (await lock.take(name)) dead.add(name)
  dead.forEach((name) => mine.add(name))
  return dead
}

/** The entries of this tab. */
const createEntries = (disk: ReturnType<typeof createDisk>) => {
  /** Keys that storage refused: nobody else knows of them. */
  const volatile = new Set<string>()
  return {
    put(key: string, entry: JournalEntry): PutResult {
      const reason = disk.setItem(ENTRY + key, JSON.stringify(entry))
      if (!reason) return { status: 'durable' }
      volatile.add(key)
      return { status: 'full', reason }
    },
    remove(key: string) {
      volatile.delete(key)
      disk.setItem(ENTRY + key, null)
    },
    has: (key: string, isMine: boolean) => volatile.has(key) || (isMine && disk.getItem(ENTRY + key) !== null),
  }
}

const isYoung = (key: string, nowMs: number): boolean => Math.abs(nowMs - parseInt(key, 36)) < GRACE_MS

/** localStorage that never throws: browsers may forbid it at any time. */
const createDisk = (storage: Storage | null) => ({
  getItem(key: string): string | null {
    try {
      return (storage as Storage).getItem(key)
    } catch {
      return null
    }
  },
  /** `null` removes. Returns why it could not be written. */
  setItem(key: string, text: string | null): string | undefined {
    try {
      if (text === null) (storage as Storage).removeItem(key)
      else (storage as Storage).setItem(key, text)
      return
    } catch (error) {
      return (error as Error).name
    }
  },
  /** Of all entries, in order. */
  keys(): string[] {
    try {
      return Object.keys(storage as Storage)
        .flatMap((name) => name.split(ENTRY)[1] ?? [])
        .sort()
    } catch {
      return []
    }
  },
})

/** Gives what can be read; what nobody can read is removed and counted, a later version of the format is left alone. */
const readEntries = (disk: ReturnType<typeof createDisk>, keys: string[], take: Parameters<EventStore['adopt']>[0]) => {
  const entries: [key: string, entry: JournalEntry][] = []
  let corrupt = 0
  for (const key of keys) {
    const text = disk.getItem(ENTRY + key)
    // Finished meanwhile, or the lease of its owner.
    if (!text || key.endsWith(':lease')) continue
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
  take(entries, corrupt)
}
