import { afterEach, describe, expect, it, vi } from 'vitest'
import { type DebugOptions, debug } from '../../plugins/debug'
import { createClient } from '../../src/core/client'
import { Analytics as Server } from '../../src/node/server'
import { testTransport } from '../contract/transport'
import { createFakePlatform } from '../helpers/fake-platform'
import { testContext, trackEvent } from './encode'

const printed = () => {
  const titles: string[] = []
  const details: Record<string, unknown>[] = []
  const print = (title: string, more: Record<string, unknown>) => {
    titles.push(title)
    details.push(more)
  }
  return { titles, details, print }
}

afterEach(() => vi.restoreAllMocks())

testTransport('debug', {
  create: () => debug({ print: () => {} }),
  success: () => ({ status: 200 }),
  lie: null,
  isLocal: true,
})

describe('debug', () => {
  it.each(['only', 'print'])('throws where %s is no function', (name) => {
    expect(() => debug({ [name]: 'yes' } as DebugOptions)).toThrow(`[firsthand] ${name}: pass a function`)
  })

  it.each([
    [trackEvent(), 'track "Order Completed"  00:00:00.000  anonymous anonymous-1'],
    [trackEvent({ userId: 'user-1' }), 'track "Order Completed"  00:00:00.000  user-1 (anonymous anonymous-1)'],
    [trackEvent({ userId: 'user-1', anonymousId: null }), 'track "Order Completed"  00:00:00.000  user-1'],
    [trackEvent({ type: 'page', event: undefined }), 'page  00:00:00.000  anonymous anonymous-1'],
    [trackEvent({ type: 'page', event: undefined, name: 'Home' }), 'page "Home"  00:00:00.000  anonymous anonymous-1'],
    [trackEvent({ type: 'group', event: undefined, groupId: 'g' }), 'group "g"  00:00:00.000  anonymous anonymous-1'],
  ])('prints one line that says what and who', (event, title) => {
    const { print, titles, details } = printed()
    debug({ print }).encode([event], testContext())
    expect(titles).toEqual([title])
    expect(details[0]).toMatchObject({ properties: { total: 30 }, messageId: 'id-1' })
    expect(details[0]).not.toHaveProperty('traits')
  })

  it('prints to the console as a group', () => {
    const lines: unknown[][] = []
    vi.spyOn(console, 'groupCollapsed').mockImplementation((...data) => void lines.push(['group', ...data]))
    vi.spyOn(console, 'log').mockImplementation((...data) => void lines.push(data))
    vi.spyOn(console, 'groupEnd').mockImplementation(() => void lines.push(['end']))
    debug().encode([trackEvent()], testContext())
    expect(lines).toEqual([
      ['group', '[firsthand] track "Order Completed"  00:00:00.000  anonymous anonymous-1'],
      ['properties', { total: 30 }],
      ['context', {}],
      ['messageId', 'id-1'],
      ['end'],
    ])
  })

  it('shows in a page what a transport would get, and sends nothing', async () => {
    const { print, titles, details } = printed()
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [debug({ print })] }, platform)
    void analytics.track('Order Completed', { total: 30 })
    await platform.clock.advance(10)
    expect(titles).toEqual([expect.stringMatching(/^track "Order Completed" {2}00:00:00.\d{3} {2}anonymous /)])
    expect(details[0]).toMatchObject({ context: { sequence: { number: 1 } } })
    expect(platform.sent).toEqual([])
    expect(analytics.getState('delivery')).toMatchObject({ acknowledged: 1, waiting: 0 })
  })

  it('prints an event once, also where the page ends', async () => {
    const { print, titles } = printed()
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [debug({ print })] }, platform)
    void analytics.track('Left')
    platform.lifecycle.leave('hidden')
    await platform.clock.advance(10)
    expect(titles).toHaveLength(1)
  })

  it('leaves out what only refuses', async () => {
    const { print, titles } = printed()
    const analytics = Server({ plugins: [debug({ print, only: ({ event }) => event !== 'Noise' })] })
    await analytics.track({ userId: 'u', event: 'Noise' })
    await analytics.track({ userId: 'u', event: 'Order Completed' })
    await analytics.close()
    expect(titles).toEqual([expect.stringContaining('Order Completed')])
  })
})
