import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { skipWithoutChromium } from '../helpers/chromium'
import { freePort } from '../helpers/free-port'
import { type CliRun, runCli } from '../helpers/run-cli'
import { storedEvents } from '../helpers/stored-events'
import { useBrowser } from '../helpers/use-browser'

const ADMIN_TOKEN = 'admin-token-of-a-test'

describe.skipIf(skipWithoutChromium())('the page with analytics', { timeout: 60_000 }, () => {
  const browser = useBrowser()
  let shop: CliRun
  let url: string
  let page: Page
  let faults: string[]

  beforeEach(async () => {
    const port = await freePort()
    shop = runCli('examples/with-analytics/server.mjs', [], { PORT: `${port}`, ADMIN_TOKEN })
    await shop.until(/live view/)
    url = `http://localhost:${port}`
    page = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage()
    faults = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(url)
  })
  afterEach(async () => {
    expect(faults).toEqual([])
    await shop?.stop()
  })

  const stored = () => storedEvents(url, ADMIN_TOKEN)

  it('stores each call once, also that of a link that ends the page', async () => {
    await page.click('[data-track="Tea Tasted"]')
    await page.click('[data-sign-in]')
    await page.click('[data-track="Tea Ordered"]')
    await expect.poll(async () => (await stored()).length, { timeout: 10_000 }).toBe(5)
    const events = await stored()
    expect(events.map(({ type, event }) => event ?? type)).toEqual([
      'page',
      'Tea Tasted',
      'identify',
      'Tea Ordered',
      'page',
    ])
    expect(events.map(({ userId }) => userId)).toEqual([null, null, 'user-maria', 'user-maria', 'user-maria'])
    expect(new Set(events.map(({ anonymousId }) => anonymousId)).size).toBe(1)
    expect(new Set(events.map(({ context }) => context.session?.id)).size).toBe(1)
  })

  it('says who is signed in, and fits a telephone', async () => {
    expect(await page.isVisible('[data-sign-out]')).toBe(false)
    await page.click('[data-sign-in]')
    await page.click('[data-sign-out]')
    expect(await page.isVisible('[data-sign-in]')).toBe(true)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
  })
})
