import { createBrowserEventStore } from '../../src/browser/event-store'
import type { EventStore } from '../../src/core/delivery/event-store'
import type { FakeClock } from '../helpers/fake-platform'
import { createFakePlatform } from '../helpers/fake-platform'

/** localStorage as a plain object with a quota, shared by all tabs. */
export interface FakeStorage extends Storage {
  /** Characters that fit; Infinity by default. */
  quota: number
  /** Throws on every access while it is true. */
  isBlocked: boolean
}

export function createFakeStorage(): FakeStorage {
  const texts = new Map<string, string>()
  const settings = { quota: Number.POSITIVE_INFINITY, isBlocked: false }
  const check = () => {
    if (settings.isBlocked) throw new DOMException('no', 'SecurityError')
  }
  const used = () => [...texts].reduce((sum, [key, text]) => sum + key.length + text.length, 0)
  const methods: Record<string, unknown> = {
    getItem(key: string) {
      check()
      return texts.get(key) ?? null
    },
    setItem(key: string, text: string) {
      check()
      const before = texts.get(key)
      texts.set(key, text)
      if (used() <= settings.quota) return
      if (before === undefined) texts.delete(key)
      else texts.set(key, before)
      throw new DOMException('full', 'QuotaExceededError')
    },
    removeItem(key: string) {
      check()
      texts.delete(key)
    },
  }
  return new Proxy(methods, {
    get: (_, name) => (name in settings ? settings[name as 'quota'] : methods[name as string]),
    set: (_, name, value) => Reflect.set(settings, name, value),
    ownKeys() {
      check()
      return [...texts.keys()]
    },
    getOwnPropertyDescriptor: (_, name) => ({ value: texts.get(name as string), enumerable: true, configurable: true }),
  }) as unknown as FakeStorage
}

/** Web Locks of one tab; a name is held by one tab at a time and freed when its callback's promise ends or the tab dies. */
export interface FakeLocks extends Pick<LockManager, 'request'> {
  die(): void
}

export function createFakeLockSpace() {
  const holders = new Map<string, object>()
  return {
    holders,
    openTab(): FakeLocks {
      const tab = {}
      const request = async (name: string, _options: LockOptions, callback: LockGrantedCallback<unknown>) => {
        await Promise.resolve()
        const isFree = !holders.has(name)
        if (isFree) holders.set(name, tab)
        const result = await callback(isFree ? ({ name, mode: 'exclusive' } as Lock) : null)
        if (isFree && holders.get(name) === tab) holders.delete(name)
        return result
      }
      return {
        request: request as unknown as LockManager['request'],
        die: () => holders.forEach((holder, name) => holder === tab && holders.delete(name)),
      }
    },
  }
}

export interface FakeTab {
  store: EventStore
  /** The process ends: locks are freed, timers no longer run, nothing else is done. */
  die(): void
}

export interface FakeBrowser {
  storage: FakeStorage
  clock: FakeClock
  locks: Map<string, object>
  settle(): Promise<void>
  openTab(options?: { withLocks?: boolean; withStorage?: boolean }): FakeTab
  /** Names under which entries are stored. */
  entryNames(): string[]
}

/** One browser profile: storage and locks are shared by its tabs, the clock by all. */
export function createFakeBrowser(): FakeBrowser {
  const { clock, setTimer, settle } = createFakePlatform()
  const storage = createFakeStorage()
  const space = createFakeLockSpace()
  let tabs = 0
  return {
    storage,
    clock,
    locks: space.holders,
    settle,
    openTab({ withLocks = true, withStorage = true } = {}) {
      const locks = space.openTab()
      let isDead = false
      const number = ++tabs
      const store = createBrowserEventStore({
        storage: withStorage ? storage : null,
        locks: withLocks ? locks : null,
        now: () => clock.now,
        id: () => `tab${number}`,
        setTimer: (callback, delayMs) => setTimer(() => isDead || callback(), delayMs),
      })
      return {
        store,
        die() {
          isDead = true
          locks.die()
        },
      }
    },
    entryNames: () => Object.keys(storage).filter((name) => name.startsWith('__fh_q:') && !name.endsWith(':lease')),
  }
}
