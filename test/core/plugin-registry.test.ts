import { describe, expect, it, vi } from 'vitest'
import { createClient } from '../../src/core/client'
import { captureTransport } from '../helpers/capture-transport'
import { createFakePlatform } from '../helpers/fake-platform'

describe('plugins.enable and disable', () => {
  it('switch, initialise once, call back and resolve', async () => {
    const [initialize, page, callback] = [vi.fn(), vi.fn(), vi.fn()]
    const plugins = [
      { name: 'a', enabled: false, initialize, page },
      { name: 'b', config: { enabled: false } },
    ]
    const analytics = createClient({ plugins }, createFakePlatform())
    expect(analytics.getState('plugins')).toEqual({
      a: { enabled: false, initialized: false, loaded: false, config: {} },
      b: { enabled: false, initialized: false, loaded: false, config: { enabled: false } },
    })
    analytics.page()
    await analytics.plugins.enable(['a', 'b'], callback)
    expect(analytics.getState('plugins.a')).toEqual({ enabled: true, initialized: true, loaded: true, config: {} })
    analytics.page()
    await analytics.disablePlugin('a')
    analytics.page()
    await analytics.enablePlugin('a')
    analytics.page()
    expect(initialize).toHaveBeenCalledOnce()
    expect(callback).toHaveBeenCalledOnce()
    expect(page).toHaveBeenCalledTimes(2)
  })

  it('tell a name that nobody has, and make no state of it', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    await analytics.plugins.enable('typo')
    expect(platform.warnings).toEqual(['[firsthand] client: plugins: no plugin named typo'])
    expect(analytics.getState('plugins')).toEqual({})
  })
})

describe('a plugin object', () => {
  it('is not changed, may be frozen, and may serve two clients', async () => {
    const track = vi.fn()
    const shared = Object.freeze({ name: 'a', enabled: false, methods: Object.freeze({ hi: () => 'hi' }), track })
    for (const _ of [1, 2]) {
      const analytics = createClient({ plugins: [shared] }, createFakePlatform())
      await analytics.track('x')
      expect(analytics.plugins.a?.hi?.()).toBe('hi')
    }
    expect(track).not.toHaveBeenCalled()
  })

  it('may be an instance of a class: hooks of its prototype run with it as this', async () => {
    class Vendor {
      name = 'vendor'
      seen = 0
      track() {
        this.seen++
      }
    }
    const vendor = new Vendor()
    await createClient({ plugins: [vendor as never] }, createFakePlatform()).track('x')
    expect(vendor.seen).toBe(1)
  })

  it('is shown to listeners by its name, with loaded and config filled in', () => {
    const analytics = createClient({ plugins: [{ name: 'a', track() {} }] }, createFakePlatform())
    const views: Record<string, { loaded(): boolean; config: object }>[] = []
    analytics.once('track', ({ plugins }) => void views.push(plugins as never))
    analytics.track('x')
    analytics.track('x')
    expect(views).toHaveLength(1)
    expect(views[0]?.a?.loaded()).toBe(true)
    expect(views[0]?.a?.config).toEqual({})
  })

  it('has methods that get the client as this.instance and after their own arguments', async () => {
    const seen: unknown[] = []
    const methods = {
      named(this: { instance: object }, one: unknown) {
        seen.push(Object.keys(this.instance), one)
      },
      arrow: (one: unknown, two: unknown, ...rest: unknown[]) =>
        void seen.push(one, two, Object.keys(rest.at(-1) as object)),
      later: async () => 'done',
    }
    const analytics = createClient({ plugins: [{ name: 'a', methods: methods as never }] }, createFakePlatform())
    analytics.plugins.a?.named?.(1)
    analytics.plugins.a?.arrow?.(1)
    expect(seen).toEqual([Object.keys(analytics), 1, 1, undefined, Object.keys(analytics)])
    await expect(analytics.plugins.a?.later?.()).resolves.toBe('done')
  })

  it.each([
    [[{}], 'plugins: each needs a name'],
    [[null], 'plugins: each needs a name'],
    [[function middleware() {}], 'plugins: each needs a name'],
    [[{ name: 'a' }, { name: 'a' }], 'plugins: aAlreadyLoaded'],
  ])('that cannot be used throws at creation: %j', (plugins, message) => {
    expect(() => createClient({ plugins: plugins as never }, createFakePlatform())).toThrow(`[firsthand] ${message}`)
  })
})

describe('a transport', () => {
  it('is a plugin of its name: listed, told of, and chosen like any other', async () => {
    const platform = createFakePlatform()
    const told: string[] = []
    const analytics = createClient({ plugins: [captureTransport('t')] }, platform)
    analytics.on('*', ({ payload }) => void told.push(payload.type))
    await analytics.track('x')
    expect(analytics.getState('plugins.t')).toEqual({ enabled: true, initialized: true, loaded: true, config: {} })
    expect(told).toEqual(expect.arrayContaining(['registerPlugin:t', 'ready:t', 'trackStart', 'track:t', 'track']))
    expect(analytics.events.plugins).toEqual([])
  })

  it('has its outcomes told by name, and its counters in the state', async () => {
    const platform = createFakePlatform()
    const told: unknown[] = []
    const analytics = createClient({ plugins: [captureTransport('t')] }, platform)
    analytics.on(
      'delivery',
      ({ payload }) => void told.push([payload.transport, (payload.outcome as { status: string }).status]),
    )
    analytics.on('*', ({ payload }) => void (payload.type === 'delivery' && told.push('star')))
    await analytics.track('x')
    await analytics.flush()
    expect(told).toEqual([['t', 'delivered']])
    expect(analytics.getState('delivery')).toMatchObject({ accepted: 1, acknowledged: 1, waiting: 0 })
    expect(analytics.getState('delivery.accepted')).toBe(1)
  })
})
