import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../src/core/delivery/journal-entry'
import { createFileEventStore, type FileEventStoreOptions } from '../../src/node/file-event-store'
import type { ProcessTable } from '../../src/node/queue-owner'
import { entryOf, testEventStore } from '../contract/event-store'

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** Some processes on one machine that share a folder. */
function createMachine(options: Partial<FileEventStoreOptions> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'firsthand-'))
  folders.push(dir)
  const running = new Map<number, string>()
  const beats = new Set<() => void>()
  let [lastPid, lastId, now] = [0, 0, Date.now()]
  const start = (changes: Partial<FileEventStoreOptions> = {}, host = 'here', pid = ++lastPid) => {
    running.set(pid, `start-${++lastId}`)
    const processes: ProcessTable = {
      pid,
      host,
      boot: 'boot',
      isRunning: (other) => running.has(other),
      startOf: (other) => running.get(other) ?? '',
    }
    const setTimer = (callback: () => void) => {
      beats.add(callback)
      return () => void beats.delete(callback)
    }
    const id = () => `id-${String(++lastId).padStart(5, '0')}`
    const store = createFileEventStore({ dir, id, now: () => now, setTimer, processes, ...options, ...changes })
    return { store, pid, crash: () => running.delete(pid) }
  }
  const beat = (afterMs = 10_000) => {
    now += afterMs
    for (const callback of [...beats]) {
      beats.delete(callback)
      callback()
    }
  }
  return { dir, start, beat, running }
}

type Process = ReturnType<ReturnType<typeof createMachine>['start']>

/** Messages that a process takes over, in order, and how many entries nobody could read. */
function adoptedBy({ store }: Process) {
  const taken = { names: [] as string[], entries: [] as [string, JournalEntry][], corrupt: 0 }
  store.adopt((entries, corrupt) => {
    taken.corrupt += corrupt
    taken.entries.push(...entries)
    taken.names.push(...entries.map(([, { event }]) => event.messageId))
  })
  return taken
}

const putAll = ({ store }: Process, ...names: string[]) =>
  names.map((name) => {
    const key = store.newKey()
    store.put(key, entryOf(name))
    return key
  })

const settle = async () => {
  for (let round = 0; round < 10; round++) await Promise.resolve()
}

const inFolder = (options: Partial<FileEventStoreOptions> = {}) => {
  const machine = createMachine(options)
  let current = machine.start()
  return {
    store: current.store,
    async succeed() {
      await settle()
      current.crash()
      current = machine.start()
      return current.store
    },
    settle,
  }
}

testEventStore('files', { keeps: 'durable' }, inFolder)

testEventStore('files on a full disk', { keeps: 'full' }, () =>
  inFolder({
    fs: {
      ...fs,
      writeSync: () => {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      },
    },
  }),
)

describe('the journal in files', () => {
  it('gives what a dead process left to the next one, and to that one alone', () => {
    const { start } = createMachine()
    const dead = start()
    putAll(dead, 'a', 'b')
    dead.crash()
    const [one, two] = [start(), start()]
    expect([adoptedBy(one).names, adoptedBy(two).names]).toEqual([['a', 'b'], []])
  })

  it('gives it to a process that lives already, at its next look', () => {
    const { start, beat } = createMachine()
    const [living, dying] = [start(), start()]
    const taken = adoptedBy(living)
    putAll(dying, 'a')
    beat()
    expect(taken.names).toEqual([])
    dying.crash()
    beat()
    expect(taken.names).toEqual(['a'])
  })

  it('never takes from a process that lives, however old its proof of life is', () => {
    const { start, beat } = createMachine()
    const stopped = start({ setTimer: () => () => {} })
    putAll(stopped, 'a')
    const taken = adoptedBy(start())
    for (let hour = 0; hour < 48; hour++) beat(3_600_000)
    expect(taken.names).toEqual([])
  })

  it('tells a process from another one that has its number today', () => {
    const { start } = createMachine()
    const dead = start()
    putAll(dead, 'a')
    dead.crash()
    const again = start({}, 'here', dead.pid)
    expect(adoptedBy(again).names).toEqual(['a'])
  })

  it('judges a process of another machine by the age of its proof, since nothing else is known', () => {
    const { start, beat } = createMachine()
    const far = start({ setTimer: () => () => {} }, 'there')
    putAll(far, 'a')
    const taken = adoptedBy(start())
    beat(30_000)
    expect(taken.names).toEqual([])
    beat(31_000)
    expect(taken.names).toEqual(['a'])
    // Taken for dead, but it was only asleep: what it puts from now on is in a folder of its own.
    expect(far.store.put(far.store.newKey(), entryOf('b')).status).toBe('durable')
  })

  it('keeps what is taken over when the one who took it dies as well', async () => {
    const { start } = createMachine()
    const first = start()
    putAll(first, 'a', 'b')
    first.crash()
    const second = start()
    const [key] = adoptedBy(second).entries[0] ?? []
    second.store.remove(key ?? '')
    putAll(second, 'c')
    await settle()
    second.crash()
    expect(adoptedBy(start()).names).toEqual(['b', 'c'])
  })

  it('gives up its folder when it is closed: gone where nothing is left, adoptable at once where something is', () => {
    const { dir, start } = createMachine()
    const [empty, full] = [start(), start()]
    putAll(full, 'a')
    empty.store.close()
    full.store.close()
    expect(readdirSync(dir)).toHaveLength(1)
    expect(adoptedBy(start()).names).toEqual(['a'])
  })

  it('reads past a torn last line, counts lines that nobody can read, and leaves a later format alone', () => {
    const { dir, start } = createMachine()
    const dead = start()
    const later = entryOf('later')
    Object.assign(later, { v: 2 })
    putAll(dead, 'a')
    dead.store.put(dead.store.newKey(), later)
    dead.crash()
    const folder = join(dir, readdirSync(dir)[0] ?? '')
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.log')) ?? '')
    appendFileSync(file, 'nonsense\n+k:1 {"v":1,"event":{}}\n+k:2 {"v":1,"event":{"messageId":"to')
    const { names, corrupt } = adoptedBy(start())
    expect({ names, corrupt }).toEqual({ names: ['a'], corrupt: 2 })
  })

  it('says that the disk is full, keeps no half line, and goes on when there is room again', () => {
    const { start } = createMachine()
    let isFull = false
    const writeSync = ((fd: number, bytes: Uint8Array, offset = 0) => {
      if (!isFull) return fs.writeSync(fd, bytes, offset)
      // Some of it fits.
      if (offset === 0) return fs.writeSync(fd, bytes, 0, 10)
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }) as typeof fs.writeSync
    const process = start({ fs: { ...fs, writeSync } })
    putAll(process, 'a')
    isFull = true
    expect(process.store.put(process.store.newKey(), entryOf('b'))).toEqual({ status: 'full', reason: 'ENOSPC' })
    isFull = false
    putAll(process, 'c')
    process.crash()
    const { names, corrupt } = adoptedBy(start())
    expect({ names, corrupt }).toEqual({ names: ['a', 'c'], corrupt: 0 })
  })

  it('writes what comes in one turn together, and alone what does not fit together', async () => {
    const { start } = createMachine()
    let room = Infinity
    let writes = 0
    const writeSync = ((fd: number, bytes: Uint8Array, offset = 0) => {
      writes++
      if (bytes.length > room) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      room -= bytes.length
      return fs.writeSync(fd, bytes, offset)
    }) as typeof fs.writeSync
    const process = start({ fs: { ...fs, writeSync } })
    const told: unknown[] = []
    const append = (name: string) =>
      process.store.appendSoon(process.store.newKey(), JSON.stringify(entryOf(name)), (reason) =>
        told.push([name, reason]),
      )
    for (const name of ['a', 'b', 'c']) append(name)
    expect([writes, told]).toEqual([0, []])
    await process.store.synced()
    expect([writes, told.splice(0)]).toEqual([
      1,
      [
        ['a', undefined],
        ['b', undefined],
        ['c', undefined],
      ],
    ])
    room = JSON.stringify(entryOf('d')).length + 100
    for (const name of ['d', 'e'.repeat(200)]) append(name)
    await process.store.synced()
    expect(told).toEqual([
      ['d', undefined],
      ['e'.repeat(200), 'ENOSPC'],
    ])
    process.crash()
    const { names, corrupt } = adoptedBy(start())
    expect({ names, corrupt }).toEqual({ names: ['a', 'b', 'c', 'd'], corrupt: 0 })
  })

  it('takes no more room on disk than what waits needs, although one old event stays for ever', async () => {
    const { dir, start } = createMachine({ segmentBytes: 10_000 })
    const process = start()
    putAll(process, 'old')
    for (let index = 0; index < 3000; index++) {
      for (const key of putAll(process, `e${index}`)) process.store.remove(key)
      if (index % 10 === 0) await settle()
    }
    await settle()
    const folder = join(dir, readdirSync(dir)[0] ?? '')
    const bytes = readdirSync(folder).reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0)
    expect(bytes).toBeLessThan(70_000)
    process.crash()
    expect(adoptedBy(start()).names).toEqual(['old'])
  })

  it('does not bring back what was removed, whatever files were given up meanwhile', async () => {
    const { start } = createMachine({ segmentBytes: 2000 })
    const process = start()
    const kept: string[] = []
    for (let index = 0; index < 400; index++) {
      const [key] = putAll(process, `e${index}`)
      if (index % 50 === 0) kept.push(`e${index}`)
      else process.store.remove(key ?? '')
      if (index % 3 === 0) await settle()
    }
    await settle()
    process.crash()
    expect(adoptedBy(start()).names).toEqual(kept)
  })

  it('shares the texts of transports between processes', () => {
    const { start } = createMachine()
    const [one, two] = [start(), start()]
    one.store.setText('tracardi:profile/ä', 'x')
    one.store.setText('other:a', 'y')
    expect(two.store.getText('tracardi:profile/ä')).toBe('x')
    two.store.clear('tracardi')
    expect([one.store.getText('tracardi:profile/ä'), one.store.getText('other:a')]).toEqual([null, 'y'])
  })

  it('syncs once for all who wait at the same time', async () => {
    let syncs = 0
    const fdatasync = ((_: number, done: (error: null) => void) => {
      syncs++
      setTimeout(() => done(null), 1)
    }) as typeof fs.fdatasync
    const { store } = createMachine().start({ fs: { ...fs, fdatasync } })
    const waits = Array.from({ length: 100 }, (_, index) => {
      store.put(store.newKey(), entryOf(`e${index}`))
      return store.synced()
    })
    await waits[0]
    store.put(store.newKey(), entryOf('late'))
    await Promise.all([...waits, store.synced()])
    expect(syncs).toBe(2)
  })

  it('throws where its folder cannot be made, naming the option', () => {
    const { dir } = createMachine()
    writeFileSync(join(dir, 'file'), '')
    mkdirSync(join(dir, 'made'))
    const open = (path: string) =>
      createFileEventStore({ dir: path, id: () => 'id-00000', now: Date.now, setTimer: () => () => {} })
    expect(() => open(join(dir, 'file', 'queue'))).toThrow('[firsthand] queue.dir: cannot write to it')
    expect(() => open(join(dir, 'made')).close()).not.toThrow()
  })
})
