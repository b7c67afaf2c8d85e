import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import { createFakePlatform, createFakeStorage, FAKE_START } from '../helpers/fake-platform'

const day = 86_400_000

/** A page with these parameters, some time after the first. */
function open(query: Record<string, string>, storage = createFakeStorage(), afterMs = 0) {
  const platform = createFakePlatform({ storage })
  platform.clock.jump(afterMs)
  platform.page.query = query
  platform.page.context = { page: { url: 'https://www.example.com/', search: JSON.stringify(query) } }
  const analytics = createClient({}, platform)
  const clickIds = async () => (await analytics.track('x')).payload.meta.context?.clickIds
  return { platform, storage, analytics, clickIds }
}

describe('click ids', () => {
  it('are in the context of events and in the state, as they stand in the address, with the time', async () => {
    const { analytics, clickIds } = open({ gclid: 'EAIa_Q-obC.~', msclkid: 'abc', other: 'x' })
    const expected = {
      gclid: { value: 'EAIa_Q-obC.~', firstSeenAt: FAKE_START },
      msclkid: { value: 'abc', firstSeenAt: FAKE_START },
    }
    expect(await clickIds()).toEqual(expected)
    expect(analytics.getState('context.clickIds')).toEqual(expected)
  })

  it('are none, and nothing is stored, where there are none', async () => {
    const { analytics, clickIds, storage } = open({ utm_source: 'news' })
    expect(await clickIds()).toBeUndefined()
    expect(analytics.getState('context.clickIds')).toBeUndefined()
    expect(storage.items.has('__fh_clicks')).toBe(false)
  })

  it.each(
    (
      'gclid gbraid wbraid dclid gclsrc srsltid fbclid igshid igsh msclkid ttclid twclid li_fat_id epik ScCid sccid ' +
      'rdt_cid qclid yclid ysclid dicbo obclid tblci irclickid _kx mc_eid mc_cid _branch_match_id'
    ).split(' '),
  )('are known by %s', async (name) => {
    expect(await open({ [name]: 'abc' }).clickIds()).toEqual({ [name]: { value: 'abc', firstSeenAt: FAKE_START } })
  })

  it('keep a plus, which parameters of an address have as a space', async () => {
    expect(await open({ fbclid: 'a b/c=' }).clickIds()).toEqual({
      fbclid: { value: 'a+b/c=', firstSeenAt: FAKE_START },
    })
  })

  it('go along with the visitor to pages without them, for 90 days', async () => {
    const { clickIds, storage } = open({ gclid: 'one' })
    const expected = await clickIds()
    expect(await open({}, storage, 89 * day).clickIds()).toEqual(expected)
    expect(await open({}, storage, 91 * day).clickIds()).toBeUndefined()
  })

  it('keep the time when they were first seen, however often the address is loaded', async () => {
    const { storage } = open({ gclid: 'one' })
    expect(await open({ gclid: 'one' }, storage, day).clickIds()).toEqual({
      gclid: { value: 'one', firstSeenAt: FAKE_START },
    })
  })

  it('of a platform give way to its newer ones, and not to those of another', async () => {
    const { storage } = open({ gclid: 'one', gclsrc: 'aw.ds', fbclid: 'two' })
    expect(await open({ wbraid: 'three' }, storage, day).clickIds()).toEqual({
      wbraid: { value: 'three', firstSeenAt: FAKE_START + day },
      fbclid: { value: 'two', firstSeenAt: FAKE_START },
    })
    expect(await open({ gclid: '' }, storage, day).clickIds()).toHaveProperty('wbraid')
  })

  it('are as many as a cookie holds, the newest, whatever an address brings', async () => {
    const { storage } = open({ yclid: 'old' })
    const many = 'gclid gbraid wbraid dclid fbclid msclkid ttclid twclid'.split(' ')
    const { clickIds } = open(Object.fromEntries(many.map((name) => [name, '|'.repeat(200)])), storage, day)
    const found = await clickIds()
    expect(Object.keys(found ?? {})).toEqual(expect.arrayContaining(['gclid']))
    expect(found).not.toHaveProperty('yclid')
    const text = encodeURIComponent(JSON.stringify(storage.items.get('__fh_clicks')))
    expect(text.length).toBeLessThan(1900)
  })

  it('are found also where the page goes on to another address without a reload', async () => {
    const { platform, clickIds } = open({})
    expect(await clickIds()).toBeUndefined()
    platform.page.query = { ttclid: 'E.C.P.x' }
    platform.page.context.page = { search: '?ttclid=E.C.P.x' }
    expect(await clickIds()).toHaveProperty('ttclid')
  })

  it('do not go over to the next visitor of the browser, here or in another tab', async () => {
    const { analytics, clickIds, storage } = open({ gclid: 'one' })
    const other = open({ gclid: 'one' }, storage)
    expect(await other.clickIds()).toHaveProperty('gclid')
    await analytics.reset()
    expect(storage.items.has('__fh_clicks')).toBe(false)
    expect(await clickIds()).toBeUndefined()
    other.platform.clock.jump(1000)
    expect(await other.clickIds()).toBeUndefined()
  })

  it.each(['', 'a b c"', '<script>', 'a;b', '\u0000', 'ü', '%zz', 'x'.repeat(401)])(
    'are not taken where they cannot be one: %j',
    async (value) => {
      const found = await open({ gclid: value }).clickIds()
      expect(found).toBeUndefined()
    },
  )

  it.each([
    'text',
    [],
    { gclid: 'text' },
    { gclid: { value: 5, firstSeenAt: null } },
    { gclid: { firstSeenAt: FAKE_START } },
    { gclid: { value: {}, firstSeenAt: FAKE_START } },
    { gclid: { value: '<b>', firstSeenAt: FAKE_START } },
    { gclid: { value: 'one', firstSeenAt: 'yesterday' } },
    { gclid: { value: 'one', firstSeenAt: FAKE_START - 91 * day } },
    { foreign: { value: 'one', firstSeenAt: FAKE_START } },
  ])('are not taken from storage where that holds %j', async (stored) => {
    const storage = createFakeStorage()
    storage.items.set('__fh_clicks', stored)
    expect(await open({}, storage).clickIds()).toBeUndefined()
  })
})
