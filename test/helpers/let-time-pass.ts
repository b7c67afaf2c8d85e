import type { Page } from 'playwright-core'

/**
 * Lets time pass on the page's clock, which is installed, and waits until what the page sends by then has arrived:
 * after it a server has received all that there is. Path of its own request: `/settled`.
 */
export async function letTimePass(page: Page, ms = 60_000): Promise<void> {
  await page.clock.fastForward(ms)
  await page.evaluate(`fetch('/settled').then((response) => response.text())`)
}
