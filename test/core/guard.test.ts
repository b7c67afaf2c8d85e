import { describe, expect, it, vi } from 'vitest'
import { createClient } from '../../src/core/client'
import { createFakePlatform } from '../helpers/fake-platform'

const plugin = (name: string, hooks: Record<string, unknown> = {}) => ({ name, ...hooks })

describe('a hook that never answers', () => {
  it('holds up close no longer than close was allowed to take', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [plugin('slow', { track: () => new Promise(() => {}) })] }, platform)
    void analytics.track('x')
    let isClosed = false
    const closing = analytics.close({ timeoutMs: 100 }).then(() => (isClosed = true))
    await platform.clock.advance(99)
    expect(isClosed).toBe(false)
    await platform.clock.advance(1)
    await closing
  })
})

describe('a hook that returns what is no options', () => {
  it('does not lose the event', async () => {
    const track = vi.fn()
    const gate = plugin('gate', { trackStart: () => ({ options: null }) })
    const analytics = createClient({ plugins: [gate, plugin('good', { track })] }, createFakePlatform())
    await analytics.track('x')
    expect(track.mock.calls[0]?.[0].payload).toMatchObject({ event: 'x', options: {} })
  })
})

describe('a hook that fails', () => {
  const failing = {
    throws: () => {
      throw new Error('boom')
    },
    rejects: () => Promise.reject(new Error('boom')),
    'never answers': () => new Promise(() => {}),
  }

  it.each(Object.entries(failing))(
    '(it %s) starves nobody, hangs nothing and is told by name alone',
    async (_, hook) => {
      const platform = createFakePlatform()
      const track = vi.fn()
      const errors: unknown[] = []
      const all: string[] = []
      const analytics = createClient(
        { plugins: [plugin('bad', { trackStart: hook, track: hook }), plugin('good', { track })] },
        platform,
      )
      analytics.on('error', ({ payload }) => void errors.push([payload.plugin, payload.hook, `${payload.error}`]))
      analytics.on('*', ({ payload }) => void all.push(payload.type))
      const call = analytics.track('x')
      await platform.clock.advance(25_000)
      expect((await call).payload.type).toBe('trackEnd')
      expect(track).toHaveBeenCalledOnce()
      const what = expect.stringMatching(/boom|too long/)
      expect(errors).toEqual([
        ['bad', 'trackStart', what],
        ['bad', 'track', what],
      ])
      expect(all).not.toContain('error')
      expect(all).not.toContain('track:bad')
      expect(platform.warnings).toEqual([])
    },
  )

  it('is told to the console where nobody listens', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [plugin('bad', { track: failing.throws })] }, platform)
    await analytics.track('x')
    expect(platform.warnings).toEqual(['[firsthand] bad: track: Error: boom'])
  })

  it('may be a listener, an error listener or a callback', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    const hooks: unknown[] = []
    analytics.on('track', failing.throws)
    analytics.on('trackEnd', failing.rejects)
    analytics.on('error', failing.throws)
    analytics.on('error', ({ payload }) => void hooks.push(payload.hook))
    await analytics.track('x', failing.throws)
    await platform.settle()
    expect(hooks).toEqual(['on track', 'callback', 'on trackEnd'])
  })

  it('may be bootstrap, loaded or initialize: the others start, and ready comes', async () => {
    const platform = createFakePlatform()
    const initialize = vi.fn()
    const analytics = createClient(
      {
        plugins: [
          plugin('a', { bootstrap: failing.throws }),
          plugin('b', { loaded: failing.throws }),
          plugin('c', { initialize: failing.throws, track: initialize }),
          plugin('d', { initialize }),
        ],
      },
      platform,
    )
    const ready = vi.fn()
    analytics.ready(({ payload }) => ready(payload))
    await platform.settle()
    await analytics.track('x')
    expect(initialize).toHaveBeenCalledOnce()
    expect(ready.mock.calls[0]?.[0]).toMatchObject({ plugins: ['a', 'd'], failed: ['b', 'c'] })
  })
})
