import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import type { DeliveryState } from '../../src/core/delivery/delivery'
import type { ClientOptions } from '../../src/core/options'
import { captureTransport } from '../helpers/capture-transport'
import { createFakePlatform, createFakeStorage } from '../helpers/fake-platform'

/** A page without `consent`, with a transport for analytics, one for advertising and a plugin that sells. */
function openPage(options: ClientOptions, signals: { gpc?: boolean; dnt?: boolean } = {}) {
  const platform = createFakePlatform({
    storage: createFakeStorage(),
    signals: () => ({ gpc: false, dnt: false, ...signals }),
  })
  const ran: string[] = []
  const plugin = (name: string, purposes: string[]) => ({
    name,
    purposes,
    initialize: () => void ran.push(`${name} initialize`),
    track: () => void ran.push(`${name} track`),
  })
  const t = captureTransport('t')
  const ads = captureTransport('ads', { purposes: ['advertising'] })
  const plugins = [t, ads, plugin('seller', ['analytics', 'sale']), plugin('free', [])]
  const analytics = createClient({ plugins, ...options }, platform)
  return { platform, ran, t, ads, analytics }
}

const free = ['free initialize', 'free track']

describe('a client without consent()', () => {
  it('has no consent, lets all take part and says nothing of it', async () => {
    const { analytics, ran, t, ads, platform } = openPage({})
    expect('consent' in analytics).toBe(false)
    analytics.track('x')
    await analytics.flush()
    expect(ran).toEqual(['seller initialize', 'free initialize', 'seller track', 'free track'])
    expect([t.events.length, ads.events.length]).toEqual([1, 1])
    expect(t.events[0]?.context).not.toHaveProperty('consent')
    expect(platform.storage.items.has('__anon_id')).toBe(true)
  })

  it('lets Global Privacy Control keep advertising and sale out, and events say so', async () => {
    const { analytics, ran, t, ads, platform } = openPage({}, { gpc: true })
    analytics.track('x')
    await analytics.flush()
    expect(ran).toEqual(free)
    expect(ads.events).toEqual([])
    expect(t.events).toMatchObject([
      { context: { consent: { categoryPreferences: { analytics: true, advertising: false }, gpc: true } } },
    ])
    expect(platform.storage.items.has('__anon_id')).toBe(true)
  })

  it('sends nothing to them that an earlier page has left either', async () => {
    const left = openPage({})
    left.platform.answer = () => ({ status: 'failed', reason: 'offline' })
    left.analytics.track('x')
    await left.platform.clock.advance(2000)
    const { analytics, platform, t, ads } = openPage({}, { gpc: true })
    platform.events.giveAway([...left.platform.events.entries])
    await analytics.flush()
    expect([t.events.length, ads.events.length]).toEqual([1, 0])
    expect((analytics.getState('delivery') as DeliveryState).dropped).toEqual({ 'consent-withdrawn': 1 })
    expect(platform.events.entries.size).toBe(0)
  })

  it.each(['Advertising', 'Sale'])('lets it keep %s out, however that is written', async (purpose) => {
    const seller = captureTransport('seller', { purposes: [purpose] })
    const { analytics } = openPage({ plugins: [seller] }, { gpc: true })
    analytics.track('x')
    await analytics.flush()
    expect(seller.events).toEqual([])
  })

  it.each([
    ['', [], 'nobody gets anything and nothing is kept'],
    ['analytics', ['x'], 'advertising gets nothing'],
  ])('follows %j, which a page with it wrote down: %s', async (text, names) => {
    const storage = createFakeStorage()
    storage.items.set('__fh_consent', text)
    const [t, ads] = [captureTransport('t'), captureTransport('ads', { purposes: ['advertising'] })]
    const analytics = createClient({ plugins: [t, ads] }, createFakePlatform({ storage }))
    await analytics.track('x')
    await analytics.flush()
    expect(t.events.map(({ event }) => event)).toEqual(names)
    expect(ads.events).toEqual([])
    expect(storage.items.has('__anon_id')).toBe(!!names[0])
  })

  it('lets it in where the option says so', async () => {
    const { analytics, ads } = openPage({ globalPrivacyControl: false }, { gpc: true })
    analytics.track('x')
    await analytics.flush()
    expect(ads.events).toMatchObject([{ context: { consent: { categoryPreferences: { advertising: true } } } }])
  })

  it.each([{ dnt: true }, { gpc: true }])('with doNotTrack, %j keeps all out that need anything', async (signals) => {
    const { analytics, ran, platform } = openPage({ doNotTrack: true }, signals)
    await analytics.track('x')
    await analytics.flush()
    expect(ran).toEqual(free)
    expect(platform.sent).toEqual([])
    expect(platform.storage.writes).toEqual([])
    expect(platform.events.isKept).toBe(false)
    analytics.reset()
    expect(platform.storage.writes).toEqual([])
  })

  it('keeps nothing where it is cookieless, and sends all', async () => {
    const { analytics, platform, t, ads } = openPage({ cookieless: true }, { dnt: true })
    analytics.identify('alice')
    expect(analytics.user('userId')).toBe('alice')
    await analytics.flush()
    expect([t.events.length, ads.events.length]).toEqual([1, 1])
    expect(platform.storage.writes).toEqual([])
    expect(platform.events.isKept).toBe(false)
  })
})
