import { describe, expect, it, vi } from 'vitest'
import { createClient } from '../../src/core/client'
import type { Payload } from '../../src/core/payload'
import { captureTransport } from '../helpers/capture-transport'
import { createFakePlatform } from '../helpers/fake-platform'

type Argument = { payload: Payload }

const eventsOf = (calls: unknown[][]) => calls.map(([argument]) => (argument as Argument).payload.event)

describe('calls that a plugin cannot take yet', () => {
  it('wait, and are made in their order with the ids of the moment of the call', async () => {
    const platform = createFakePlatform()
    let isLoaded = false
    const seen: unknown[] = []
    const track = ({ payload }: Argument) => void seen.push([payload.event, payload.userId])
    const analytics = createClient({ plugins: [{ name: 'late', loaded: () => isLoaded, track }] }, platform)
    analytics.identify('alice')
    analytics.track('hers')
    analytics.reset()
    analytics.track('nobodys')
    analytics.identify('bob')
    expect((analytics.getState('queue.actions') as unknown[]).length).toBe(2)
    isLoaded = true
    await platform.clock.advance(50)
    analytics.track('bobs')
    expect(seen).toEqual([
      ['hers', 'alice'],
      ['nobodys', null],
      ['bobs', 'bob'],
    ])
    expect(analytics.getState('queue.actions')).toEqual([])
  })

  it('wait while the browser is offline, but neither those for transports nor Start hooks', () => {
    const platform = createFakePlatform()
    const [track, trackStart] = [vi.fn(), vi.fn()]
    const analytics = createClient({ plugins: [{ name: 'a', track, trackStart }, captureTransport('t')] }, platform)
    const told: string[] = []
    analytics.on('*', ({ payload }) => void (/line/.test(payload.type) && told.push(payload.type)))
    platform.lifecycle.connect(false)
    expect(analytics.getState('context.offline')).toBe(true)
    for (const name of ['one', 'two']) analytics.track(name)
    expect(track).not.toHaveBeenCalled()
    expect(trackStart).toHaveBeenCalledTimes(2)
    expect(platform.events.entries.size).toBe(2)
    platform.lifecycle.connect(true)
    analytics.track('three')
    expect(eventsOf(track.mock.calls)).toEqual(['one', 'two', 'three'])
    expect(told).toEqual(['offline', 'online'])
  })

  it('wait for a disabled plugin only where the options name it', async () => {
    const track = vi.fn()
    const analytics = createClient({ plugins: [{ name: 'a', enabled: false, track }] }, createFakePlatform())
    analytics.track('dropped')
    analytics.track('waits', {}, { plugins: { a: true } })
    await analytics.plugins.enable('a')
    expect(eventsOf(track.mock.calls)).toEqual(['waits'])
  })

  it('are limited in number; the oldest goes and is told', () => {
    const platform = createFakePlatform()
    const plugins = [{ name: 'never', loaded: () => false, track() {} }]
    const analytics = createClient({ plugins, pluginQueueLength: 2 }, platform)
    const errors: unknown[] = []
    analytics.on('error', ({ payload }) => void errors.push(payload.error))
    for (const name of ['one', 'two', 'three']) analytics.track(name)
    const waiting = analytics.getState('queue.actions') as { payload: Payload }[]
    expect(waiting.map(({ payload }) => payload.event)).toEqual(['two', 'three'])
    expect(errors).toEqual(['queue-full'])
  })
})
