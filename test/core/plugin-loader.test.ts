import { describe, expect, it, vi } from 'vitest'
import { createClient } from '../../src/core/client'
import type { Payload } from '../../src/core/payload'
import { createFakePlatform } from '../helpers/fake-platform'

type Argument = { payload: Payload }

const eventsOf = (calls: unknown[][]) => calls.map(([argument]) => (argument as Argument).payload.event)

describe('ready', () => {
  it('comes once all plugins are loaded, also without any, and at once for those who ask later', async () => {
    const platform = createFakePlatform()
    const told: unknown[] = []
    const empty = createClient({}, platform)
    empty.ready(({ payload }) => void told.push(payload.plugins))
    await platform.settle()
    empty.ready(({ payload, plugins }) => void told.push(payload.plugins, Object.keys(plugins)))
    expect(told).toEqual([[], [], ['enable', 'disable']])
  })

  it('waits for loaded(), and says ready:<name> before', async () => {
    const platform = createFakePlatform()
    let isLoaded = false
    const told: string[] = []
    const analytics = createClient({ plugins: [{ name: 'late', loaded: () => isLoaded }, { name: 'b' }] }, platform)
    analytics.on('*', ({ payload }) => void (/ready/.test(payload.type) && told.push(payload.type)))
    await platform.clock.advance(500)
    expect(told).toEqual(['ready:b'])
    isLoaded = true
    await platform.clock.advance(100)
    expect(told).toEqual(['ready:b', 'ready:late', 'ready'])
    expect(platform.clock.waiting()).toEqual([])
  })

  it('comes after 10 s without a plugin that does not load, which is picked up when it does', async () => {
    const platform = createFakePlatform()
    let isLoaded = false
    const track = vi.fn()
    const analytics = createClient({ plugins: [{ name: 'late', loaded: () => isLoaded, track }] }, platform)
    const ready = vi.fn()
    analytics.ready(({ payload }) => ready(payload))
    analytics.track('early')
    await platform.clock.advance(9_000)
    expect(ready).not.toHaveBeenCalled()
    await platform.clock.advance(3_000)
    expect(ready.mock.calls[0]?.[0]).toMatchObject({ plugins: [], failed: ['late'], disabled: [] })
    isLoaded = true
    await platform.clock.advance(2_000)
    expect(eventsOf(track.mock.calls)).toEqual(['early'])
    expect(analytics.getState('plugins.late.loaded')).toBe(true)
  })

  it('is asked for no more after close', async () => {
    const platform = createFakePlatform()
    const loaded = vi.fn(() => false)
    const analytics = createClient({ plugins: [{ name: 'never', loaded }] }, platform)
    await platform.clock.advance(100)
    await analytics.close()
    const asked = loaded.mock.calls.length
    await platform.clock.advance(60_000)
    expect(loaded.mock.calls.length).toBe(asked)
    expect(platform.lifecycle.closed).toBe(true)
  })
})

describe('initialize', () => {
  it('runs after construction, so that the variable of the client is set, and before the first call', () => {
    const order: string[] = []
    const analytics = createClient(
      {
        plugins: [
          { name: 'a', initialize: () => void order.push(typeof analytics), track: () => void order.push('track') },
        ],
      },
      createFakePlatform(),
    )
    analytics.track('x')
    expect(order).toEqual(['object', 'track'])
  })

  it('gets exactly the keys of analytics', async () => {
    const platform = createFakePlatform()
    const initializeStart = vi.fn()
    createClient(
      {
        plugins: [
          { name: 'a', initializeStart },
          { name: 'b', enabled: false },
        ],
      },
      platform,
    )
    await platform.settle()
    const [argument] = initializeStart.mock.calls[0] as [{ payload: Payload }]
    const { meta, ...payload } = argument.payload
    expect(payload).toEqual({ type: 'initializeStart', plugins: ['a'], disabled: ['b'] })
    expect(meta).toBeTruthy()
  })

  it.each([
    ['all', true, []],
    ['one', { plugins: ['one'] }, ['two']],
  ])('can be aborted for %s', async (_, abort, expected) => {
    const platform = createFakePlatform()
    const initialized: string[] = []
    const plugin = (name: string) => ({ name, initialize: () => void initialized.push(name) })
    const gate = { name: 'gate', initializeStart: () => ({ abort }) }
    createClient({ plugins: [gate, plugin('one'), plugin('two')] }, platform)
    await platform.settle()
    expect(initialized).toEqual(expected)
  })
})
