import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import { consent } from '../../src/core/consent'
import type { EventContext } from '../../src/core/event'
import { createFakePlatform, createFakeStorage, FAKE_START } from '../helpers/fake-platform'

const landing = 'https://www.example.com/prices?utm_source=news&gclid=one'

function open(context: EventContext, query = {}, storage = createFakeStorage()) {
  const platform = createFakePlatform({ storage })
  platform.page.context = context
  platform.page.query = query
  return { platform, storage, analytics: createClient({}, platform) }
}

const arrival = () =>
  open(
    {
      page: { url: landing, search: '?utm_source=news&gclid=one', referrer: 'https://www.google.com/' },
      campaign: { source: 'news' },
    },
    { utm_source: 'news', gclid: 'one' },
  )

const expected = {
  v: 1,
  at: FAKE_START,
  url: landing,
  referrer: 'https://www.google.com/',
  campaign: { source: 'news' },
  clickIds: { gclid: { value: 'one', firstSeenAt: FAKE_START } },
}

describe('the first visit', () => {
  it('is kept with its address, referrer, campaign, click ids and time', async () => {
    const { storage, analytics, platform } = arrival()
    await platform.settle()
    expect(storage.items.get('__fh_first')).toEqual(expected)
    expect(analytics.getState('context.first')).toEqual(expected)
  })

  it('is written once', async () => {
    const { storage, platform } = arrival()
    await platform.settle()
    const next = open({ page: { url: 'https://www.example.com/later' }, campaign: { source: 'x' } }, {}, storage)
    await next.analytics.page()
    await next.analytics.identify('alice')
    next.analytics.setAnonymousId('mine')
    expect(next.analytics.getState('context.first')).toEqual(expected)
    expect(storage.writes.filter((write) => /first/.test(write))).toHaveLength(1)
  })

  it('is another one for the next visitor of the browser', async () => {
    const { storage, analytics, platform } = arrival()
    await platform.settle()
    await analytics.reset()
    expect(storage.items.has('__fh_first')).toBe(false)
    expect(analytics.getState('context.first')).toBeNull()
    platform.page.context = { page: { url: 'https://www.example.com/login', search: '' } }
    platform.page.query = {}
    platform.clock.jump(1000)
    await analytics.page()
    expect(analytics.getState('context.first')).toEqual({
      v: 1,
      at: FAKE_START + 1000,
      url: 'https://www.example.com/login',
    })
  })

  it('waits for consent like the ids, and is then that of the landing page, click ids included', async () => {
    const platform = createFakePlatform()
    const { storage, page } = platform
    page.context = { page: { url: landing, search: '?gclid=one' } }
    page.query = { gclid: 'one' }
    const analytics = createClient({ consent: consent({ required: true, purposes: ['analytics'] }) }, platform)
    await analytics.page()
    expect([...storage.items.keys()]).toEqual([])
    page.context = { page: { url: 'https://www.example.com/next', search: '' } }
    page.query = {}
    await analytics.page()
    analytics.consent.grant('analytics')
    await platform.settle()
    expect(storage.items.get('__fh_first')).toMatchObject({ url: landing, clickIds: { gclid: { value: 'one' } } })
    expect(storage.items.get('__fh_clicks')).toMatchObject({ gclid: { value: 'one' } })
    analytics.consent.deny('analytics')
    await platform.settle()
    expect([...storage.items.keys()].filter((key) => /first|clicks|session|id$/.test(key))).toEqual([])
  })

  it('is not kept where a plugin keeps the anonymous id from being stored, or where there is no page', async () => {
    const platform = createFakePlatform()
    platform.page.context = { page: { url: landing } }
    const plugin = { name: 'none', setItemStart: () => ({ abort: true }) }
    await createClient({ plugins: [plugin] }, platform).track('x')
    expect(platform.storage.items.has('__fh_first')).toBe(false)
    const elsewhere = open({})
    await elsewhere.analytics.track('x')
    expect(elsewhere.storage.items.has('__fh_first')).toBe(false)
  })

  it.each([
    ['a long address', { page: { url: `${landing}&x=${'%C3%BC'.repeat(700)}` } }],
    ['a long referrer', { page: { url: landing, referrer: `https://x.example/${'y'.repeat(3000)}` } }],
    ['long campaign values', { page: { url: landing }, campaign: { source: 'ü'.repeat(255), term: '"'.repeat(255) } }],
    [
      'many campaign parameters',
      { page: { url: landing }, campaign: Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${i}`, 'v'])) },
    ],
    ['half a character', { page: { url: landing }, campaign: { source: '\ud83d' } }],
  ])('stays below 2 kB as a cookie with %s, click ids included', async (_, context) => {
    const { storage, platform } = open(context, { gclid: 'x'.repeat(100) })
    await platform.settle()
    const first = storage.items.get('__fh_first')
    expect(encodeURIComponent(JSON.stringify(first)).length).toBeLessThan(2000)
    expect(first).toMatchObject({ clickIds: { gclid: { value: 'x'.repeat(100) } } })
  })

  it.each([
    'text',
    [],
    {},
    { v: 2, at: 1, url: 'x' },
    { v: 1, at: 1 },
    { v: 1, url: 'x' },
    { v: 1, at: 1, url: {} },
    5,
  ])('is none where storage holds %j', (stored) => {
    const storage = createFakeStorage()
    storage.items.set('__fh_first', stored)
    expect(createClient({}, createFakePlatform({ storage })).getState('context.first')).toBeNull()
  })
})
