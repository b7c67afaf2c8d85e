import { eventKey, nextNumber, ownerOf } from '../core/delivery/event-key'
import type { EventStore } from '../core/delivery/event-store'
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
  const { now, setTimer, storage, locks } = options
  const disk = createDisk(storage)
  const lock = locks ? createWebLock(locks) : createLease({ ...options, storage: disk })
  /** Keys that storage refused. */
  const volatile = new Set<string>()
  const owners = createOwners(options, lock)
  const { mine } = owners
  let number = 0
  let cancelScan = () => {}
  let scan = () => {}
  return {
    newKey: () => eventKey(owners.current(), (number = nextNumber(number, now()))),
    put(key, entry) {
      const reason = disk.setItem(ENTRY + key, JSON.stringify(entry))
      if (!reason) return { status: 'durable' }
      volatile.add(key)
      return { status: 'full', reason }
    },
    remove(key) {
      volatile.delete(key)
      disk.setItem(ENTRY + key, null)
    },
    adopt(take) {
      scan = async () => {
        cancelScan = setTimer(scan, SCAN_MS)
        const foreign = disk.keys().filter((key) => !mine.has(ownerOf(key)) && !isYoung(key, now()))
        const dead = await owners.takeOver(new Set(foreign.map(ownerOf)))
        const { entries, corrupt } = readEntries(
          disk,
          foreign.filter((key) => dead.has(ownerOf(key))),
        )
        if (entries.length || corrupt) take(entries, corrupt)
      }
      scan()
    },
    getText: (key) => disk.getItem(TEXT + key),
    setText: (key, text) => void disk.setItem(TEXT + key, text),
    release() {
      cancelScan()
      lock.release()
      // What is still journalled on the way out gets a name that nobody has looked at yet.
      owners.rename()
    },
    resume(then) {
      const before = [...mine]
      mine.clear()
      owners.begin()
      void owners.takeOver(before).then(() => {
        then((key) => volatile.has(key) || (mine.has(ownerOf(key)) && disk.getItem(ENTRY + key) !== null))
        scan()
      })
    },
    close() {
      cancelScan()
      lock.release()
    },
  }
}

/** Under which names this tab writes, and which it has taken over. A name begins with the time of its making. */
const createOwners = ({ id, now }: Pick<BrowserEventStoreOptions, 'id' | 'now'>, lock: TabLock) => {
  const mine = new Set<string>()
  let name = ''
  const rename = () => {
    name = `${now().toString(36)}.${id().slice(0, 8)}`
    mine.add(name)
  }
  const begin = () => {
    rename()
    void lock.take(name)
  }
  begin()
  return {
    mine,
    rename,
    begin,
    current: () => name,
    /** Those of the owners that are proved dead, and ours now. */
    async takeOver(owners: Iterable<string>): Promise<Set<string>> {
      const taken = new Set<string>()
      for (const owner of owners) if (await lock.take(owner)) taken.add(owner)
      for (const owner of taken) mine.add(owner)
      return taken
    },
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
  setItem(key: string, text: string | null): string {
    try {
      if (text === null) (storage as Storage).removeItem(key)
      else (storage as Storage).setItem(key, text)
      return ''
    } catch (error) {
      return (error as Error).name
    }
  },
  /** Of all entries, in order. */
  keys(): string[] {
    try {
      const names = Object.keys(storage as Storage).filter((name) => name.startsWith(ENTRY))
      return names.map((name) => name.slice(ENTRY.length)).sort()
    } catch {
      return []
    }
  },
})

/** What can be read; what nobody can read is removed and counted, a later version of the format is left alone. */
const readEntries = (disk: ReturnType<typeof createDisk>, keys: string[]) => {
  const entries: [key: string, entry: JournalEntry][] = []
  let corrupt = 0
  for (const key of keys) {
    const text = disk.getItem(ENTRY + key)
    // Finished meanwhile, or the lease of its owner.
    if (!text || key.endsWith(':lease')) continue
    try {
      const entry: JournalEntry = JSON.parse(text)
      if (entry.v > JOURNAL_VERSION) continue
      if (!entry.event.messageId || !Object.keys(entry.pending).length) throw 0
      entries.push([key, entry])
    } catch {
      corrupt++
      disk.setItem(ENTRY + key, null)
    }
  }
  return { entries, corrupt }
}
