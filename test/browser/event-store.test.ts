import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../src/core/delivery/journal-entry'
import { createBrowserEventStore } from '../../src/browser/event-store'
import { entryOf, testEventStore } from '../contract/event-store'
import { createFakeBrowser, type FakeBrowser, type FakeTab } from './fake-tabs'

const withOptions =
  (options: Parameters<FakeBrowser['openTab']>[0] = {}, prepare: (browser: FakeBrowser) => void = () => {}) =>
  () => {
    const browser = createFakeBrowser()
    prepare(browser)
    let tab = browser.openTab(options)
    return {
      store: tab.store,
      async succeed() {
        await browser.settle()
        tab.die()
        // A lease outlives its tab for a while; a lock does not, but a young tab is not judged.
        await browser.clock.advance(options.withLocks === false ? 200_000 : 5000)
        tab = browser.openTab(options)
        return tab.store
      },
      settle: () => browser.settle(),
    }
  }

testEventStore('browser with Web Locks', { keeps: 'durable' }, withOptions())
testEventStore('browser with leases', { keeps: 'durable' }, withOptions({ withLocks: false }))

const nothing = { keeps: 'full', keepsTexts: false } as const
testEventStore('browser without localStorage', nothing, withOptions({ withStorage: false }))

describe.each([true, false])('a browser with Web Locks: %s', (withLocks) => {
  const options = { withLocks }
  const block = ({ storage }: FakeBrowser) => (storage.isBlocked = true)
  testEventStore('localStorage that throws on every access', nothing, withOptions(options, block))

  const refuse = ({ storage }: FakeBrowser) => (storage.quota = 0)
  testEventStore('localStorage with a quota of nothing, as in private windows', nothing, withOptions(options, refuse))

  const fill = ({ storage }: FakeBrowser) => {
    // Room for texts and leases, and for no event.
    storage.setItem('site', 'x'.repeat(5000))
    storage.quota = 5200
  }
  testEventStore('localStorage that the site has filled', { keeps: 'full' }, withOptions(options, fill))

  testEventStore('a visitor who did not consent', { keeps: 'memory', keepsTexts: false }, () => {
    const subject = withOptions(options)()
    subject.store.keep(false)
    return subject
  })
})

testEventStore('the real localStorage of the test environment', { keeps: 'durable' }, () => {
  localStorage.clear()
  let nowMs = Date.now()
  const open = () =>
    createBrowserEventStore({
      storage: localStorage,
      // Each request is granted: whoever asks is alone.
      locks: {
        request: (async (_: string, __: unknown, grant: LockGrantedCallback<unknown>) =>
          void grant({} as Lock)) as LockManager['request'],
      },
      now: () => nowMs,
      id: () => Math.random().toString(36).slice(2),
      setTimer: () => () => {},
    })
  return {
    store: open(),
    async succeed() {
      nowMs += 5000
      return open()
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 5)),
  }
})

const adopted = (tab: FakeTab) => {
  const taken: string[] = []
  const counts = { corrupt: 0 }
  tab.store.adopt((entries: [string, JournalEntry][], corrupt: number) => {
    taken.push(...entries.map(([, entry]) => entry.event.messageId))
    counts.corrupt += corrupt
  })
  return { taken, counts }
}

const write = ({ store }: FakeTab, ...messageIds: string[]) =>
  messageIds.map((messageId) => {
    const key = store.newKey()
    store.put(key, entryOf(messageId))
    return key
  })

const later = (browser: FakeBrowser, durationMs = 7000) => browser.clock.advance(durationMs)

describe.each([{ withLocks: true }, { withLocks: false }])('a store that may keep nothing, %j', (options) => {
  it('neither reads nor writes, and owns what it has in memory', async () => {
    const browser = createFakeBrowser()
    browser.storage.setItem('__fh_t:t:profile', 'p')
    const before = Object.keys(browser.storage)
    const tab = browser.openTab(options)
    tab.store.keep(false)
    const { taken } = adopted(tab)
    const [key = ''] = write(tab, 'a')
    expect(tab.store.put(key, entryOf('a'))).toMatchObject({ status: 'memory' })
    tab.store.setText('t:profile', 'q')
    expect(tab.store.getText('t:profile')).toBeNull()
    await later(browser, 60_000)
    tab.store.release()
    let owns: ((key: string) => boolean) | undefined
    tab.store.resume((test) => (owns = test))
    await later(browser)
    expect(owns?.(key)).toBe(true)
    expect(Object.keys(browser.storage)).toEqual(before)
    expect(taken).toEqual([])
  })

  it('takes over dead entries and keeps its own, safe from others, once it may', async () => {
    const browser = createFakeBrowser()
    const dead = browser.openTab(options)
    adopted(dead)
    write(dead, 'left')
    await browser.settle()
    dead.die()
    const tab = browser.openTab(options)
    tab.store.keep(false)
    const { taken } = adopted(tab)
    await later(browser, 200_000)
    expect(taken).toEqual([])
    tab.store.keep(true)
    write(tab, 'own')
    await later(browser)
    const other = adopted(browser.openTab(options))
    await later(browser, 60_000)
    expect(taken).toEqual(['left'])
    expect(other.taken).toEqual([])
    expect(browser.entryNames()).toHaveLength(2)
  })

  it('can be cleared of all that there is, also of other owners, which are counted', async () => {
    const browser = createFakeBrowser()
    const first = browser.openTab(options)
    adopted(first)
    write(first, 'a', 'b')
    first.store.setText('t:profile', 'p')
    first.store.setText('u:profile', 'p')
    browser.storage.setItem('__fh_traits_of', '""')
    browser.storage.setItem('other', 'stays')
    const tab = browser.openTab(options)
    tab.store.keep(false)
    adopted(tab)
    expect(tab.store.clear('t')).toBe(0)
    expect(first.store.getText('t:profile')).toBeNull()
    expect(first.store.getText('u:profile')).toBe('p')
    expect(tab.store.clear()).toBe(2)
    await later(browser)
    expect(Object.keys(browser.storage).filter((key) => !key.endsWith(':lease'))).toEqual(['other'])
  })
})

describe('entries in localStorage', () => {
  it('are one key each, named after the tab', () => {
    const browser = createFakeBrowser()
    const [first, second] = write(browser.openTab(), 'a', 'b')
    expect(browser.entryNames()).toEqual([`__fh_q:${first}`, `__fh_q:${second}`])
    expect(first).toMatch(/^[0-9a-z]{8}\.tab1:[0-9a-z]{8}$/)
    expect(JSON.parse(browser.storage.getItem(`__fh_q:${first}`) as string)).toEqual(entryOf('a'))
  })

  it('cost one write each, however many wait', () => {
    const browser = createFakeBrowser()
    const tab = browser.openTab()
    write(tab, ...Array.from({ length: 500 }, (_, index) => `w${index}`))
    const writes: string[] = []
    const { setItem } = browser.storage
    const spied = createBrowserEventStore({
      storage: new Proxy(browser.storage, {
        get: (target, name) =>
          name === 'setItem'
            ? (key: string, text: string) => {
                writes.push(key)
                setItem(key, text)
              }
            : Reflect.get(target, name),
      }),
      locks: { request: (async () => {}) as unknown as LockManager['request'] },
      now: () => browser.clock.now,
      id: () => 'spied',
      setTimer: () => () => {},
    })
    spied.put(spied.newKey(), entryOf('a'))
    expect(writes).toHaveLength(1)
  })

  it('stay in memory when the quota is exceeded: counted as full, and still owned', async () => {
    const browser = createFakeBrowser()
    const { store } = browser.openTab()
    browser.storage.quota = 100
    const key = store.newKey()
    expect(store.put(key, entryOf('a'))).toEqual({ status: 'full' })
    store.release()
    let owns: ((key: string) => boolean) | undefined
    store.resume((test) => (owns = test))
    await browser.settle()
    expect(owns?.(key)).toBe(true)
  })

  it.each([
    ['is absent', (browser: FakeBrowser) => browser.openTab({ withStorage: false, withLocks: false })],
    [
      'throws on every access',
      (browser: FakeBrowser) => {
        browser.storage.isBlocked = true
        return browser.openTab()
      },
    ],
  ])('never throw where storage %s', async (_, open) => {
    const browser = createFakeBrowser()
    const tab = open(browser)
    const { taken } = adopted(tab)
    const key = tab.store.newKey()
    expect(tab.store.put(key, entryOf('a')).status).toBe('full')
    tab.store.setText('plain:x', 'y')
    expect(tab.store.getText('plain:x')).toBeNull()
    tab.store.remove(key)
    tab.store.release()
    tab.store.resume(() => {})
    await later(browser)
    tab.store.close()
    expect(taken).toEqual([])
  })
})

describe('entries that are not as they should be', () => {
  it.each([
    ['no JSON', '{"v":1,'],
    ['no object', '7'],
    ['null', 'null'],
    ['an entry without an event', '{"v":1,"pending":{"plain":0}}'],
    ['an entry without a context', '{"v":1,"event":{"messageId":"p"},"provisional":true,"pending":{"plain":0}}'],
    ['an entry whose claims are text', JSON.stringify({ ...entryOf('a'), pending: 'x' })],
    ['an entry whose counts are no numbers', JSON.stringify({ ...entryOf('a'), pending: { plain: 'x' } })],
    ['an entry that nobody wants', JSON.stringify(entryOf('a', { pending: {} }))],
  ])('are removed and counted: %s', async (_, text) => {
    const browser = createFakeBrowser()
    browser.storage.setItem('__fh_q:abc.dead:1', text)
    const { taken, counts } = adopted(browser.openTab())
    await later(browser)
    expect(taken).toEqual([])
    expect(counts.corrupt).toBe(1)
    expect(browser.entryNames()).toEqual([])
  })

  it('are left alone where a later version of the format wrote them, and where they are not ours', async () => {
    const browser = createFakeBrowser()
    browser.storage.setItem('__fh_q:abc.dead:1', JSON.stringify({ ...entryOf('a'), v: 2 }))
    browser.storage.setItem('cart', '[]')
    const { taken, counts } = adopted(browser.openTab())
    await later(browser)
    expect([taken, counts.corrupt]).toEqual([[], 0])
    expect(Object.keys(browser.storage)).toEqual(['__fh_q:abc.dead:1', 'cart'])
  })
})

describe.each([
  ['Web Locks', true, 7000],
  ['leases', false, 160_000],
])('several tabs with %s', (_, withLocks, deathMs) => {
  const open = (browser: FakeBrowser) => browser.openTab({ withLocks })

  it('a living tab takes over the entries of one that has crashed', async () => {
    const browser = createFakeBrowser()
    const dying = open(browser)
    const living = open(browser)
    adopted(dying)
    const { taken } = adopted(living)
    write(dying, 'a', 'b')
    await later(browser, 60_000)
    expect(taken).toEqual([])
    dying.die()
    await later(browser, deathMs)
    expect(taken).toEqual(['a', 'b'])
  })

  it('only one of several does', async () => {
    const browser = createFakeBrowser()
    const dying = open(browser)
    const heirs = Array.from({ length: 5 }, () => adopted(open(browser)))
    write(dying, 'a')
    await later(browser, 5000)
    dying.die()
    await later(browser, deathMs)
    expect(heirs.flatMap(({ taken }) => taken)).toEqual(['a'])
  })

  it('none takes from one that lives, also after minutes', async () => {
    const browser = createFakeBrowser()
    const tabs = Array.from({ length: 3 }, () => open(browser))
    const takers = tabs.map(adopted)
    for (const [index, tab] of tabs.entries()) write(tab, `event${index}`)
    await later(browser, 600_000)
    expect(takers.flatMap(({ taken }) => taken)).toEqual([])
  })

  it('one that leaves for the back/forward cache gives its entries away at once, and knows it when it is back', async () => {
    const browser = createFakeBrowser()
    const leaving = open(browser)
    const [key] = write(leaving, 'a')
    await later(browser, 5000)
    leaving.store.release()
    await browser.settle()
    const { taken } = adopted(open(browser))
    await browser.settle()
    expect(taken).toEqual(['a'])
    let owns: ((key: string) => boolean) | undefined
    leaving.store.resume((test) => (owns = test))
    await browser.settle()
    expect(owns?.(key as string)).toBe(false)
  })

  it('takes over again what was adopted by a tab that died in its turn', async () => {
    const browser = createFakeBrowser()
    const first = open(browser)
    write(first, 'a')
    await later(browser, 5000)
    first.die()
    const second = open(browser)
    adopted(second)
    await later(browser, deathMs)
    second.die()
    const { taken } = adopted(open(browser))
    await later(browser, deathMs)
    expect(taken).toEqual(['a'])
  })

  it('a tab that has just opened is not judged before it could prove that it lives', async () => {
    const browser = createFakeBrowser()
    const { taken } = adopted(open(browser))
    await later(browser, 10_000)
    const young = open(browser)
    write(young, 'a')
    // As if the browser had not answered yet: the scan of the other tab comes before the proof.
    await browser.settle()
    browser.locks.clear()
    for (const name of Object.keys(browser.storage)) if (name.endsWith(':lease')) browser.storage.removeItem(name)
    await later(browser, 2900)
    expect(taken).toEqual([])
  })
})

describe.each([
  ['a Web Lock', true],
  ['a lease', false],
])('the proof of life, %s,', (_, withLocks) => {
  const proofs = (browser: FakeBrowser) =>
    browser.locks.size + Object.keys(browser.storage).filter((name) => name.endsWith(':lease')).length

  it('is held while something waits and not longer, as pages that hold one may have no place in the back/forward cache', async () => {
    const browser = createFakeBrowser()
    const tab = browser.openTab({ withLocks })
    adopted(tab)
    await later(browser, 10_000)
    expect(proofs(browser)).toBe(0)
    for (let round = 0; round < 3; round++) {
      const keys = write(tab, 'a', 'b')
      await browser.settle()
      expect(proofs(browser)).toBe(1)
      tab.store.remove(keys[0] as string)
      await browser.settle()
      expect(proofs(browser)).toBe(1)
      tab.store.remove(keys[1] as string)
      tab.store.rest?.()
      await later(browser, 10_000)
      expect(proofs(browser)).toBe(0)
    }
  })

  it('is given back for a dead owner as well, once nothing of it waits', async () => {
    const browser = createFakeBrowser()
    const dying = browser.openTab({ withLocks })
    const [key] = write(dying, 'a')
    await browser.settle()
    dying.die()
    const living = browser.openTab({ withLocks })
    const { taken } = adopted(living)
    await later(browser, 160_000)
    expect([taken, proofs(browser)]).toEqual([['a'], 1])
    living.store.remove(key as string)
    living.store.rest?.()
    await browser.settle()
    expect(proofs(browser)).toBe(0)
  })

  it('of a tab that was idle for long is not asked for before it is there', async () => {
    const browser = createFakeBrowser()
    const { taken } = adopted(browser.openTab({ withLocks }))
    const idle = browser.openTab({ withLocks })
    adopted(idle)
    await later(browser, 600_000)
    write(idle, 'a')
    // As if the browser had not answered yet when the other tab looks.
    browser.locks.clear()
    await later(browser, 2900)
    expect(taken).toEqual([])
  })

  it('is not taken up on the way out, nor by what comes after it', async () => {
    const browser = createFakeBrowser()
    const tab = browser.openTab({ withLocks })
    const [key] = write(tab, 'a')
    await browser.settle()
    tab.store.release()
    tab.store.remove(key as string)
    tab.store.rest?.()
    write(tab, 'late')
    await browser.settle()
    expect(proofs(browser)).toBe(0)
  })
})

it('looks for dead tabs no more once it is closed', async () => {
  const browser = createFakeBrowser()
  const tab = browser.openTab()
  adopted(tab)
  tab.store.close()
  await browser.settle()
  expect(browser.clock.waiting()).toEqual([])
  expect(browser.locks.size).toBe(0)
})
