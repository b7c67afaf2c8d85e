import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { consentMode } from '../../../plugins/consent/consent-mode'
import { createClient } from '../../../src/core/client'
import { consent } from '../../../src/core/consent'
import { createFakePlatform } from '../../helpers/fake-platform'

const world = globalThis as Record<string, unknown> & { dataLayer?: unknown[] }

/** Google's own line: it pushes its arguments. */
function gtag(..._: unknown[]) {
  // oxlint-disable-next-line prefer-rest-params
  ;(world.dataLayer ??= []).push(arguments)
}

const settle = async () => {
  for (let round = 0; round < 5; round++) await Promise.resolve()
}

const start = async (options?: Parameters<typeof consentMode>[0], setup = consent({ required: true })) => {
  const analytics = createClient({ plugins: [consentMode(options)], consent: setup }, createFakePlatform())
  await settle()
  return analytics
}

const denied = {
  ad_storage: 'denied',
  ad_user_data: 'denied',
  ad_personalization: 'denied',
  analytics_storage: 'denied',
}
const granted = Object.fromEntries(Object.keys(denied).map((type) => [type, 'granted']))
const pending = { analytics: 'pending', advertising: 'pending' }
const all = { analytics: 'granted', advertising: 'granted' }

describe('a reader of Google Consent Mode', () => {
  beforeEach(() => void delete world.dataLayer)
  afterEach(() => void delete world.dataLayer)

  it('leaves open what a default denies, and decides by the update', async () => {
    gtag('js', new Date())
    gtag('consent', 'default', { ...denied, wait_for_update: 500 })
    const analytics = await start()
    expect(analytics.consent.state()).toEqual(pending)
    gtag('consent', 'update', { analytics_storage: 'granted' })
    await settle()
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'pending' })
    gtag('consent', 'update', { ad_storage: 'granted', ad_user_data: 'denied', ad_personalization: 'granted' })
    await settle()
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'denied' })
    gtag('consent', 'update', { analytics_storage: 'denied' })
    await settle()
    expect(analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'denied' })
  })

  it('reads what was decided before it came, and does not undo a remembered grant by a default', async () => {
    gtag('consent', 'default', denied)
    gtag('consent', 'update', granted)
    expect((await start()).consent.state()).toEqual(all)
    world.dataLayer = []
    gtag('consent', 'default', denied)
    const platform = createFakePlatform()
    platform.storage.items.set('__fh_consent', 'analytics.advertising')
    const analytics = createClient({ plugins: [consentMode()], consent: consent({ required: true }) }, platform)
    await settle()
    expect(analytics.consent.state()).toEqual(all)
  })

  it('takes a default that grants only where no region is denied', async () => {
    gtag('consent', 'default', granted)
    expect((await start()).consent.state()).toEqual(all)
    world.dataLayer = []
    gtag('consent', 'default', granted)
    gtag('consent', 'default', { analytics_storage: 'denied', region: ['DE', 'FR'] })
    expect((await start()).consent.state()).toEqual({ analytics: 'pending', advertising: 'granted' })
    world.dataLayer = []
    gtag('consent', 'default', { ...granted, region: ['US'] })
    expect((await start()).consent.state()).toEqual(pending)
  })

  it('works where Google comes later and wraps push, and leaves the data layer as it is', async () => {
    const analytics = await start()
    expect(world.dataLayer).toHaveLength(0)
    const layer = world.dataLayer as unknown[]
    const { push } = layer
    layer.push = (...entries) => push.apply(layer, entries)
    gtag('consent', 'update', granted)
    expect(layer.push({ event: 'gtm.js' }, 1)).toBe(3)
    await settle()
    expect(analytics.consent.state()).toEqual(all)
  })

  it('reads another data layer and other types by option', async () => {
    world.other = [['consent', 'update', { functionality_storage: 'granted' }]]
    const analytics = await start({ dataLayer: 'other', purposes: { analytics: ['functionality_storage'] } })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'pending' })
    delete world.other
  })
})
