import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConsentingAnalytics } from '../../src/core/analytics'
import type { Payload } from '../../src/core/payload'

const globals = globalThis as Record<string, unknown>

interface Api {
  init(config: unknown): Record<'track' | 'user', (...args: unknown[]) => unknown>
  [name: string]: unknown
}

const load = async (file: 'script' | 'stub') => {
  await (file === 'script' ? import('../../src/browser/script') : import('../../src/browser/stub'))
  return globals.firsthand as Api
}

describe('the script tag', () => {
  beforeEach(() => vi.resetModules())

  afterEach(() => {
    delete globals.firsthand
    delete globals._analytics
  })

  it('offers firsthand, and _analytics unless it is taken', async () => {
    const api = await load('script')
    expect(Object.keys(api)).toEqual(
      expect.arrayContaining([
        'Analytics',
        'CONSTANTS',
        'EVENTS',
        'collector',
        'consent',
        'default',
        'init',
        'schemas',
      ]),
    )
    expect(api.Analytics).toBe(api.init)
    expect(api.default).toBe(api.init)
    expect(globals._analytics).toBe(api)
    expect(globals.analytics).toBeUndefined()

    vi.resetModules()
    globals._analytics = 'theirs'
    await load('script')
    expect(globals._analytics).toBe('theirs')
  })

  it('brings consent, and takes its options as they are', async () => {
    const api = await load('script')
    const stateOf = (config?: object) => (api.init(config) as unknown as ConsentingAnalytics).consent.state()
    const { consent } = api as unknown as { consent(options: object): object }
    const pending = { analytics: 'pending', advertising: 'pending' }
    expect(stateOf({ consent: { required: true } })).toEqual(pending)
    expect(stateOf({ consent: consent({ required: true }) })).toEqual(pending)
    expect(stateOf()).toEqual({ analytics: 'granted', advertising: 'granted' })
    expect(() => api.init({ consent: true })).toThrow('[firsthand] consent')
    expect(() => api.init(null)).toThrow('[firsthand] config')
  })

  it('takes a function that makes the configuration', async () => {
    const api = await load('script')
    const analytics = api.init(() => ({ plugins: [{ name: 'one', track: () => ({ added: 1 }) }] }))
    expect(await analytics.track('x')).toMatchObject({ payload: { type: 'trackEnd', added: 1 } })
  })

  it('takes over from the stub: its object, its clients and their calls', async () => {
    const seen: Payload[] = []
    const track = ({ payload }: { payload: Payload }) => void seen.push(payload)
    const stub = await load('stub')
    const analytics = stub.init({ plugins: [{ name: 'one', track }] })
    const calledAt = Date.now()
    const before = analytics.track('before', { a: 1 })
    const userBefore = analytics.user('userId')

    const api = await load('script')
    expect(api).toBe(stub)
    expect(globals._analytics).toBe(api)
    expect(api.queue).toBeUndefined()
    void analytics.track('after')
    expect(seen.map(({ event }) => event)).toEqual(['before', 'after'])
    expect(seen[0]?.properties).toEqual({ a: 1 })
    expect(Number(seen[0]?.options.timestamp) - calledAt).toBeLessThan(50)
    expect(await before).toMatchObject({ payload: { type: 'trackEnd', event: 'before' } })
    expect(await userBefore).toBeNull()
    expect(analytics.user('userId')).toBeNull()
  })
})
