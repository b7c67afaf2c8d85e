import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, expect } from 'vitest'
import { type CliRun, runCli } from '../helpers/run-cli'
import { useBrowser } from '../helpers/use-browser'

export interface ShopPage {
  context: BrowserContext
  page: Page
  url: string
  /** Kinds of the events that the panel shows, newest first. */
  kinds(): Promise<string[]>
  /** The figures of the panel: `{ messages: 3 }`. */
  facts(): Promise<Record<string, number>>
  /** Presses a button of the panel. */
  press(name: string): Promise<void>
  open(): Promise<void>
}

/** One tab in a shop whose receiver is new for each test, in a browser that stays. */
export function useShop(file: string): ShopPage {
  const browser = useBrowser()
  let example: CliRun
  let faults: string[]
  const shop = {} as ShopPage

  beforeEach(async () => {
    example = runCli(file, [], { PORT: '0', RECEIVER_PORT: '0' })
    shop.url = (await example.until(/shop +(\S+)[^]+receiver/))[1] ?? ''
    shop.context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    faults = []
    await shop.open()
  })
  afterEach(async () => {
    expect(faults).toEqual([])
    await example?.stop()
  })

  shop.open = async () => {
    shop.page = await shop.context.newPage()
    shop.page.on('pageerror', (error) => faults.push(String(error)))
    await shop.page.goto(shop.url)
    await shop.page.waitForSelector('#receiver dl')
  }
  shop.kinds = () => shop.page.locator('#receiver .kind').allTextContents()
  shop.facts = async () => {
    const texts = await shop.page.locator('#receiver dl > div').allInnerTexts()
    return Object.fromEntries(texts.map((text) => text.split('\n')).map(([name, value]) => [name, Number(value)]))
  }
  shop.press = async (name) => {
    const button = () => shop.page.locator('#receiver').getByRole('button', { name, exact: true })
    await button().click()
    if (await button().getAttribute('aria-pressed'))
      await expect.poll(() => button().getAttribute('aria-pressed')).toBe('true')
  }
  return shop
}

/** It can be read on a telephone: nothing is wider than the page. */
export async function expectNarrowPageToFit({ page }: ShopPage): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 })
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect(overflow).toBe(0)
}
