import { describe, expect, it } from 'vitest'
import { createLease, createWebLock } from '../../src/browser/tab-lock'
import { createFakePlatform } from '../helpers/fake-platform'
import { createFakeLockSpace } from './fake-tabs'

describe('a Web Lock', () => {
  it('is held by one tab at a time, until it is released or the tab dies', async () => {
    const space = createFakeLockSpace()
    const [first, second] = [space.openTab(), space.openTab()]
    const [one, two] = [createWebLock(first), createWebLock(second)]
    expect(await one.take('x')).toBe(true)
    expect(await two.take('x')).toBe(false)
    expect(await two.take('y')).toBe(true)
    one.release()
    await Promise.resolve()
    expect(await two.take('x')).toBe(true)
    second.die()
    expect(await one.take('x')).toBe(true)
  })

  it('is not kept when it was given up while the browser was deciding', async () => {
    const space = createFakeLockSpace()
    const lock = createWebLock(space.openTab())
    const taking = lock.take('x')
    lock.release()
    expect(await taking).toBe(false)
    await Promise.resolve()
    expect(space.holders.size).toBe(0)
  })

  it('counts as not held where the browser refuses to answer', async () => {
    const request = (() => Promise.reject(new DOMException('no', 'SecurityError'))) as LockManager['request']
    expect(await createWebLock({ request }).take('x')).toBe(false)
  })
})

describe('a lease', () => {
  const open = () => {
    const { clock, setTimer } = createFakePlatform()
    const texts = new Map<string, string>()
    const storage = {
      getItem: (key: string) => texts.get(key) ?? null,
      setItem: (key: string, text: string | null) => (text === null ? texts.delete(key) : texts.set(key, text)),
    }
    const openTab = () => {
      let isDead = false
      const lease = createLease({
        storage,
        now: () => clock.now,
        setTimer: (callback, ms) => setTimer(() => isDead || callback(), ms),
      })
      return { ...lease, die: () => (isDead = true) }
    }
    return { clock, texts, openTab }
  }

  it('is renewed while the tab lives, and free some time after it died', async () => {
    const { clock, openTab } = open()
    const [one, two] = [openTab(), openTab()]
    expect(await one.take('x')).toBe(true)
    await clock.advance(600_000)
    expect(await two.take('x')).toBe(false)
    one.die()
    await clock.advance(120_000)
    expect(await two.take('x')).toBe(false)
    await clock.advance(40_000)
    expect(await two.take('x')).toBe(true)
  })

  it('is free at once when it was released, and leaves nothing behind', async () => {
    const { texts, openTab } = open()
    const [one, two] = [openTab(), openTab()]
    await one.take('x')
    one.release()
    expect(texts.size).toBe(0)
    expect(await two.take('x')).toBe(true)
  })

  it('is free where its time is far in the future: the clock was set back', async () => {
    const { clock, openTab } = open()
    const [one, two] = [openTab(), openTab()]
    await one.take('x')
    one.die()
    clock.jump(-86_400_000)
    expect(await two.take('x')).toBe(true)
  })

  it('is renewed by one timer, none after the release, and again when it is taken anew', async () => {
    const { clock, openTab } = open()
    const lease = openTab()
    await lease.take('x')
    await lease.take('y')
    expect(clock.waiting()).toHaveLength(1)
    lease.release()
    expect(clock.waiting()).toEqual([])
    await lease.take('x')
    await clock.advance(600_000)
    expect(await openTab().take('x')).toBe(false)
  })

  it('survives a minute without timers, as hidden pages get them', async () => {
    const { clock, openTab } = open()
    const [one, two] = [openTab(), openTab()]
    await one.take('x')
    clock.jump(60_000)
    expect(await two.take('x')).toBe(false)
  })
})
