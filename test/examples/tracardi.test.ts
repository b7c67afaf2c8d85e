import { describe, expect, it } from 'vitest'
import { skipWithoutChromium } from '../helpers/chromium'
import { expectNarrowPageToFit, useShop } from './shop-page'

describe.skipIf(skipWithoutChromium())('the page that sends to Tracardi', { timeout: 60_000 }, () => {
  const shop = useShop('examples/tracardi/start.mjs')
  const hasArrived = (kind: string, count = 1) =>
    expect
      .poll(async () => (await shop.kinds()).filter((each) => each === kind).length, { timeout: 15_000 })
      .toBeGreaterThanOrEqual(count)
  /** `[['none', 'bf2c0712'], ...]`: the profile of each request and the one that came back, oldest first. */
  const profiles = async () =>
    (await shop.page.locator('.notes').allInnerTexts())
      .map((text) => [/profile (\S+)/.exec(text)?.[1], /answered (\S+)/.exec(text)?.[1]])
      .reverse()

  it('names the profile that came back, then the one that survives a merge', async () => {
    await hasArrived('page-view')
    await shop.page.click('[data-product=Sencha]')
    await hasArrived('Product Added')
    await shop.press('Merge the profile into another one')
    await shop.page.click('[data-sign-in]')
    await hasArrived('identification')
    await shop.page.click('[data-product=Keemun]')
    await hasArrived('Product Added', 2)
    const [first, second, third, fourth] = await profiles()
    expect(first).toEqual(['none', second?.[0]])
    expect(third).toEqual([first?.[1], expect.not.stringMatching(`${first?.[1]}`)])
    expect(fourth).toEqual([third?.[1], third?.[1]])
    expect(await shop.facts()).toMatchObject({ events: 6, 'of these by Tracardi': 2, sessions: 1 })
    await expectNarrowPageToFit(shop)
  })

  it('begins with somebody new after signing out, and counts one event without anybody', async () => {
    await hasArrived('page-view')
    await shop.page.click('[data-sign-in]')
    await hasArrived('identification')
    await shop.page.click('[data-sign-out]')
    await shop.page.click('[data-count]')
    await hasArrived('Product Counted')
    await shop.page.click('[data-product=Sencha]')
    await hasArrived('Product Added')
    expect((await profiles()).slice(-2).map(([sent]) => sent)).toEqual(['none', 'none'])
    expect(await shop.facts()).toMatchObject({ sessions: 2, profiles: 2 })
  })

  it('delivers an order once, which waits for the next page as it needs a preflight', async () => {
    await hasArrived('page-view')
    await shop.page.click('text=Order')
    await hasArrived('page-view', 2)
    await hasArrived('purchase-order')
    expect((await shop.kinds()).filter((kind) => kind === 'purchase-order')).toHaveLength(1)
  })

  it('keeps events of a closed tab while the receiver fails, and delivers each once after', async () => {
    await hasArrived('page-view')
    await shop.press('fails')
    await shop.page.click('[data-product=Sencha]')
    await expect.poll(() => shop.page.locator('.refused').count(), { timeout: 10_000 }).toBeGreaterThan(0)
    const eventsAre = (count: number) =>
      expect.poll(async () => (await shop.facts()).events, { timeout: 15_000 }).toBe(count)
    const { events: before = 0 } = await shop.facts()
    expect(before).toBeGreaterThan(0)
    await shop.page.close()
    await shop.open()
    await eventsAre(before)
    await shop.press('works')
    await eventsAre(before + 2)
  })
})
