import { eventKey, nextNumber } from '../core/delivery/event-key'
import type { EventStore, PutResult } from '../core/delivery/event-store'
import { JOURNAL_VERSION, type JournalEntry } from '../core/delivery/journal-entry'
import { createProcessTable, createQueueOwner, findDead, type ProcessTable, type QueueOwner } from './queue-owner'
import { readLines, segmentsIn } from './segment-lines'
import { createSegmentLog, type SegmentLog } from './segment-log'
import { builtin, type FileSystem, type OperatingSystem } from './system'

export interface FileEventStoreOptions {
  /** Made where it is not there; several processes may share it. */
  dir: string
  id(): string
  now(): number
  setTimer(callback: () => void, delayMs: number): () => void
  fs?: FileSystem
  processes?: ProcessTable
  segmentBytes?: number
}

/** A journal in files. What is put is with the operating system when the call returns: it survives the process. */
export interface FileEventStore extends EventStore {
  /** As `put`, of an entry that is JSON already. */
  append(key: string, entry: string): PutResult
  /** With the operating system when this turn of the event loop ends; `done` then hears why not where it is not. */
  appendSoon(key: string, entry: string, done: (reason?: string) => void): void
  /** Writes now what would be written soon. */
  write(): void
  /** Resolves when all that was put is on the disk itself: it survives a loss of power as well. */
  synced(): Promise<void>
}

/** How often the proof of life is renewed and dead owners are looked for. */
const BEAT_MS = 10_000

interface Store {
  fs: FileSystem
  options: FileEventStoreOptions
  processes: ProcessTable
  owner: QueueOwner
  name: string
  log: SegmentLog
}

/** Throws where the folder cannot be written. */
export function createFileEventStore(options: FileEventStoreOptions): FileEventStore {
  const store = open(options)
  const texts = createTexts(store.fs, options.dir)
  let number = 0
  let cancelBeat = () => {}
  let scan = () => {}
  const beat = () => {
    cancelBeat = options.setTimer(beat, BEAT_MS)
    // Another machine took this process for dead; what it has taken is sent there.
    if (!store.owner.beat()) Object.assign(store, open(options))
    scan()
  }
  cancelBeat = options.setTimer(beat, BEAT_MS)
  const append = (key: string, entry: string): PutResult => {
    const reason = store.log.append(key, entry)
    return reason ? { status: 'full', reason } : { status: 'durable' }
  }
  return {
    newKey: () => eventKey(store.name, (number = nextNumber(number, options.now()))),
    append,
    appendSoon: (key, entry, done) => store.log.appendSoon(key, entry, done),
    write: () => store.log.write(),
    put: (key, entry) => append(key, JSON.stringify(entry)),
    remove: (key) => store.log.remove(key),
    synced: () => store.log.synced(),
    adopt(take) {
      scan = () => takeDead(store, take)
      scan()
    },
    ...texts,
    // Of other processes only what is shared: what a living one waits to send is its own affair.
    clear(transport) {
      texts.clear(transport ? encodeURIComponent(`${transport}:`) : '')
      if (!transport) store.log.clear()
      return 0
    },
    keep() {},
    release: () => store.owner.release(),
    resume(then) {
      const isOurs = store.owner.beat()
      // A whole owner is taken over, or none of it; also what a full disk refused is still here.
      then(() => isOurs)
    },
    close() {
      cancelBeat()
      const { fs, log, owner } = store
      log.close()
      if (log.isEmpty()) fs.rmSync(owner.dir, { recursive: true, force: true })
      else owner.release()
    },
  }
}

function open(options: FileEventStoreOptions): Store {
  const fs = options.fs ?? builtin<FileSystem>('node:fs')
  const os = builtin<OperatingSystem>('node:os')
  if (!fs || !os) throw new Error('[firsthand] queue.dir: this runtime has no file system')
  const { dir: root, id, now } = options
  const processes = options.processes ?? createProcessTable(fs, os)
  const name = `${now().toString(36)}.${id().slice(0, 8)}`
  try {
    const owner = createQueueOwner({ fs, root, name, now, processes })
    const log = createSegmentLog({ fs, dir: owner.dir, segmentBytes: options.segmentBytes })
    return { fs, options, processes, owner, name, log }
  } catch (error) {
    throw new Error(`[firsthand] queue.dir: cannot write to it: ${(error as Error).message}`, { cause: error })
  }
}

/** Whoever renames a folder has it: the system lets one succeed. */
function takeDead(store: Store, take: Parameters<EventStore['adopt']>[0]): void {
  const { fs, name, options, owner, processes } = store
  const { dir: root, now } = options
  try {
    for (const other of findDead({ fs, root, name, now, processes })) {
      const taken = `${owner.dir}/taken-${other}`
      fs.renameSync(`${root}/${other}`, taken)
      const { corrupt, entries } = readFolder(fs, taken)
      // Written down here first, so that they are in one place at any moment at least.
      const isCopied = [...entries].every(([key, text]) => !store.log.append(key, text))
      if (!isCopied) return fs.renameSync(taken, `${root}/${other}`)
      fs.rmSync(taken, { recursive: true, force: true })
      give(store, entries, corrupt, take)
    }
  } catch {
    // Another process was quicker, or the disk is full: at the next beat again.
  }
}

/** What an owner had taken over itself, and then what it wrote. */
function readFolder(fs: FileSystem, dir: string, entries = new Map<string, string>()) {
  let corrupt = 0
  for (const name of fs.readdirSync(dir).sort()) {
    if (name.startsWith('taken-')) corrupt += readFolder(fs, `${dir}/${name}`, entries).corrupt
  }
  for (const path of segmentsIn(fs, dir)) corrupt += readLines(fs.readFileSync(path, 'utf8'), entries).corrupt
  return { entries, corrupt }
}

/** Oldest first; what nobody can read is removed and counted, a later version of the format is left alone. */
function give({ log }: Store, texts: Map<string, string>, broken: number, take: Parameters<EventStore['adopt']>[0]) {
  const entries: [key: string, entry: JournalEntry][] = []
  let corrupt = broken
  for (const key of [...texts.keys()].sort()) {
    try {
      const entry: JournalEntry = JSON.parse(texts.get(key) as string)
      if (entry.v > JOURNAL_VERSION) continue
      const counts = Object.values(entry.pending)
      if (!entry.event.messageId || !counts.length || !counts.every(Number.isInteger)) throw 0
      entries.push([key, entry])
    } catch {
      corrupt++
      log.remove(key)
    }
  }
  if (entries.length || corrupt) take(entries, corrupt)
}

/** Small files beside the folders of the owners, shared by all processes. */
function createTexts(
  fs: FileSystem,
  root: string,
): Pick<EventStore, 'getText' | 'setText'> & { clear(name: string): void } {
  const dir = `${root}/texts`
  const pathOf = (key: string) => `${dir}/${encodeURIComponent(key)}`
  return {
    getText: (key) => attempt(() => fs.readFileSync(pathOf(key), 'utf8')) ?? null,
    setText: (key, value) =>
      attempt(() => {
        const path = pathOf(key)
        if (value === null) return fs.rmSync(path, { force: true })
        fs.mkdirSync(dir, { recursive: true })
        // Whoever reads meanwhile finds the old text or the new one.
        fs.writeFileSync(`${path}.${process.pid}`, value)
        fs.renameSync(`${path}.${process.pid}`, path)
      }),
    clear: (name) =>
      attempt(() => {
        for (const file of fs.readdirSync(dir)) if (file.startsWith(name)) fs.rmSync(`${dir}/${file}`, { force: true })
      }),
  }
}

/** A text may be missing at any time, so what could not be read or written is no error. */
const attempt = <Value>(run: () => Value): Value | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}
