import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

type Method = (...args: unknown[]) => Promise<unknown>
type Held = Record<'page' | 'track' | 'user', Method> & { consent: { grant: Method }; then?: unknown }
interface Stub {
  queue: unknown[][]
  init(config?: unknown): Held
  collector(options: object): () => unknown
}

const globals = globalThis as unknown as { firsthand?: Stub; _analytics?: unknown }

async function loadStub(): Promise<Stub> {
  await import('../../src/browser/stub')
  return globals.firsthand as Stub
}

describe('the stub', () => {
  beforeEach(() => vi.useFakeTimers({ now: 1000 }))

  afterEach(() => {
    vi.useRealTimers()
    vi.resetModules()
    delete globals.firsthand
    delete globals._analytics
  })

  it('writes down clients and calls, however deep, with time and address', async () => {
    const stub = await loadStub()
    const config = () => ({})
    const held = stub.init(config)
    const { track } = held
    expect(held.page()).toBeInstanceOf(Promise)
    void track('x', { a: 1 })
    void held.consent.grant('analytics')
    const settle = expect.any(Function)
    const { href } = globalThis.location
    // Not compared as a value: looking into it would be calls.
    expect(stub.queue.every(([client]) => client === held)).toBe(true)
    expect(stub.queue.map(([, ...entry]) => entry)).toEqual([
      [config],
      [['page'], [], settle, 1000, href],
      [['track'], ['x', { a: 1 }], settle, 1000, href],
      [['consent', 'grant'], ['analytics'], settle, 1000, href],
    ])
  })

  it('is also _analytics, and leaves alone what is there', async () => {
    expect(await loadStub()).toBe(globals._analytics)
    vi.resetModules()
    globals._analytics = 'theirs'
    const there = globals.firsthand
    expect(await loadStub()).toBe(there)
    expect(globals._analytics).toBe('theirs')
  })

  it('gives a client that is no promise, so that it can be awaited', async () => {
    const held = (await loadStub()).init()
    expect(held.then).toBe(false)
    expect((await held) === held).toBe(true)
  })

  it('takes no call of those who make text of it', async () => {
    const stub = await loadStub()
    const held = stub.init()
    expect(JSON.stringify({ held })).toBe('{"held":{}}')
    expect((held as unknown as Record<symbol, unknown>)[Symbol.toPrimitive]).toBeUndefined()
    expect(stub.queue.length).toBe(1)
  })

  it('takes at most 1,000 entries and lets nobody wait longer than 10 s', async () => {
    const stub = await loadStub()
    const held = stub.init()
    const last = Array.from({ length: 1200 }, () => held.track('x')).pop()
    expect(stub.queue.length).toBe(1000)
    vi.advanceTimersByTime(10_000)
    expect(await last).toEqual({})
  })

  it('makes the transport when the script is there', async () => {
    const stub = await loadStub()
    const later = stub.collector({ endpoint: '/' })
    stub.collector = vi.fn(() => 'transport') as never
    expect(later()).toBe('transport')
    expect(stub.collector).toHaveBeenCalledWith({ endpoint: '/' })
  })
})
