import { createGroupSync } from './group-sync'
import { createLineGroup, type Done, type GroupedLine, type LineGroup } from './line-group'
import { EXTENSION, readLines } from './segment-lines'
import type { FileSystem } from './system'

export interface SegmentLogOptions {
  fs: FileSystem
  dir: string
  /** A file that has grown to this is finished. @default 8000000 */
  segmentBytes?: number
}

/** Lines of one owner: `+<key> <entry as JSON>` and `-<key>`, in files that are only ever added to. */
export interface SegmentLog {
  /** In the file when it returns; what the system said where it is not. */
  append(key: string, entry: string): string | undefined
  /** In the file when this turn of the event loop ends; `done` then hears what the system said where it is not. */
  appendSoon(key: string, entry: string, done: Done): void
  /** Writes now what would be written soon. */
  write(): void
  remove(key: string): void
  isEmpty(): boolean
  /** Removes all. */
  clear(): void
  /** Resolves when all lines so far are on the disk itself: one fsync for all who wait. */
  synced(): Promise<void>
  close(): void
}

interface Segment {
  path: string
  bytes: number
  /** Entries that are not removed. */
  live: number
}

interface Line {
  segment: Segment
  bytes: number
}

interface Log {
  fs: FileSystem
  dir: string
  segmentBytes: number
  /** The last one is written to. */
  segments: Segment[]
  fd: number
  live: Map<string, Line>
  /** Of the live lines. */
  liveBytes: number
  removals: string
  group: LineGroup
}

export function createSegmentLog({ fs, dir, segmentBytes = 8_000_000 }: SegmentLogOptions): SegmentLog {
  const group = createLineGroup((all, lines) => writeGroup(log, all, lines))
  const log: Log = { fs, dir, segmentBytes, segments: [], fd: -1, live: new Map(), liveBytes: 0, removals: '', group }
  openSegment(log)
  return {
    append: (key, entry) => append(log, key, entry),
    appendSoon(key, entry, done) {
      if (!group.add(key, lineOf(key, entry), done)) done(append(log, key, entry))
    },
    write: group.write,
    remove: (key) => remove(log, key),
    isEmpty: () => log.live.size === 0,
    clear() {
      for (const key of [...log.live.keys()]) remove(log, key)
    },
    synced: createGroupSync(fs, () => {
      group.write()
      return log.fd
    }),
    close() {
      if (log.fd < 0) return
      group.write()
      writeRemovals(log)
      fs.closeSync(log.fd)
      log.fd = -1
    },
  }
}

function openSegment(log: Log): void {
  const { dir, fs, segments } = log
  const number = segments.length ? parseInt((segments.at(-1) as Segment).path.slice(dir.length + 1), 10) + 1 : 1
  const path = `${dir}/${String(number).padStart(8, '0')}${EXTENSION}`
  log.fd = fs.openSync(path, 'ax', 0o600)
  segments.push({ path, bytes: 0, live: 0 })
}

const lineOf = (key: string, entry: string): string => `+${key} ${entry}\n`

function append(log: Log, key: string, entry: string): string | undefined {
  return appendLine(log, key, Buffer.from(lineOf(key, entry)))
}

function appendLine(log: Log, key: string, line: Buffer): string | undefined {
  const segment = log.segments.at(-1) as Segment
  const reason = write(log, line)
  if (reason) return reason
  forget(log, key)
  remember(log, key, { segment, bytes: line.length })
  if (segment.bytes > log.segmentBytes) rotate(log)
  return
}

/** Where they do not fit together, some may fit alone. */
function writeGroup(log: Log, all: Buffer, lines: readonly GroupedLine[]): void {
  const segment = log.segments.at(-1) as Segment
  if (write(log, all)) {
    // Before the first of them is told, as what it does may begin the next group in the same memory.
    const reasons = lines.map(({ key, bytes }) => appendLine(log, key, bytes))
    lines.forEach(({ done }, index) => done(reasons[index]))
    return
  }
  for (const { key, bytes } of lines) remember(log, key, { segment, bytes: bytes.length })
  if (segment.bytes > log.segmentBytes) rotate(log)
  for (const { done } of lines) done()
}

function remember(log: Log, key: string, line: Line): void {
  log.live.set(key, line)
  log.liveBytes += line.bytes
  line.segment.live++
}

function forget(log: Log, key: string): boolean {
  const line = log.live.get(key)
  if (!line) return false
  log.liveBytes -= line.bytes
  line.segment.live--
  return log.live.delete(key)
}

/** All of it or nothing. */
function write({ fd, fs, segments }: Log, bytes: Buffer): string | undefined {
  const segment = segments.at(-1) as Segment
  try {
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done)
    segment.bytes += bytes.length
    return
  } catch (error) {
    try {
      fs.ftruncateSync(fd, segment.bytes)
    } catch {
      // Half a line stays: readers leave out what they cannot read.
    }
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

function remove(log: Log, key: string): void {
  if (!forget(log, key)) return
  if (!log.removals) queueMicrotask(() => writeRemovals(log))
  log.removals += `-${key}\n`
}

/** One write for all events of an answer. Lost with the process it only means that they are sent again. */
function writeRemovals(log: Log): void {
  const text = log.removals
  log.removals = ''
  if (!text || log.fd < 0) return
  write(log, Buffer.from(text))
  const { bytes } = log.segments.at(-1) as Segment
  if (bytes > log.segmentBytes || (log.live.size === 0 && bytes > log.segmentBytes / 8)) rotate(log)
}

/** Begins a new file, and gives up old ones that nothing waits in. */
function rotate(log: Log): void {
  const { fs, segments } = log
  try {
    const { fd } = log
    fs.fdatasyncSync(fd)
    openSegment(log)
    fs.closeSync(fd)
    dropEmpty(log)
    const total = () => segments.reduce((sum, { bytes }) => sum + bytes, 0)
    // A few old events must not keep all that came after them on disk.
    while (total() > log.liveBytes * 2 + log.segmentBytes * 4 && moveOldest(log)) dropEmpty(log)
  } catch {
    // A full disk: goes on in the file that is open, and tries again with the next line.
  }
}

/** Oldest first only: a later file holds the removals of the earlier ones. */
function dropEmpty({ fs, segments }: Log): void {
  while (segments.length > 1 && segments[0]?.live === 0) fs.rmSync((segments.shift() as Segment).path)
}

/** Writes what lives in the oldest file to the last one; true when nothing is left in it. */
function moveOldest(log: Log): boolean {
  const { fs, live, segments } = log
  const [oldest, last] = [segments[0] as Segment, segments.at(-1) as Segment]
  for (const [key, text] of readLines(fs.readFileSync(oldest.path, 'utf8')).entries) {
    if (live.get(key)?.segment !== oldest) continue
    const line = Buffer.from(lineOf(key, text))
    if (write(log, line)) return false
    forget(log, key)
    remember(log, key, { segment: last, bytes: line.length })
  }
  fs.fdatasyncSync(log.fd)
  return true
}
