import { describe, expect, it } from 'vitest'
import { skipWithoutChromium } from '../helpers/chromium'
import { expectNarrowPageToFit, useShop } from './shop-page'

describe.skipIf(skipWithoutChromium())('the page that sends to Segment', { timeout: 60_000 }, () => {
  const shop = useShop('examples/segment/start.mjs')
  const messagesAre = (count: number) =>
    expect.poll(async () => (await shop.facts()).messages, { timeout: 15_000 }).toBe(count)

  it('shows what Segment got, with the user from signing in to signing out', async () => {
    await shop.page.click('[data-product=Sencha]')
    await shop.page.click('[data-sign-in]')
    await shop.page.click('[data-product=Keemun]')
    await messagesAre(5)
    await shop.page.click('[data-sign-out]')
    await shop.page.click('[data-product=Sencha]')
    await messagesAre(6)
    expect(await shop.facts()).toEqual({ messages: 6, visitors: 2, 'repeats removed': 0, 'thrown away': 0 })
    expect((await shop.kinds()).sort()).toEqual(['group', 'identify', 'page', 'track', 'track', 'track'])
    const requests = await shop.page.locator('.request').allInnerTexts()
    for (const text of requests) expect(text).toContain('text/plain')
    expect(requests.join()).not.toContain('OPTIONS')
  })

  it('opens an event, which stays open when more arrives', async () => {
    await messagesAre(1)
    await shop.page.click('.event summary')
    expect(await shop.page.locator('.event pre').first().innerText()).toContain('"name": "Tea shop"')
    await shop.page.click('[data-product=Sencha]')
    await messagesAre(2)
    expect(await shop.page.locator('.event[open]').count()).toBe(1)
    await expectNarrowPageToFit(shop)
  })

  it('loses nothing when the order ends the page', async () => {
    await messagesAre(1)
    await shop.page.click('text=Order')
    await messagesAre(3)
    expect(await shop.page.locator('.title').allTextContents()).toContain('Order Completed')
  })

  it.each(['busy', 'fails', 'lies', 'is gone'])(
    'keeps events while the receiver %s and the tab is closed, and delivers each once after',
    async (trouble) => {
      await messagesAre(1)
      await shop.press(trouble)
      await shop.page.click('[data-product=Sencha]')
      await expect.poll(() => shop.page.locator('.refused').count(), { timeout: 10_000 }).toBeGreaterThan(0)
      await shop.page.close()
      await shop.open()
      await messagesAre(1)
      await shop.press('works')
      await messagesAre(3)
    },
  )
})
