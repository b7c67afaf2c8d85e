import type { Browser, BrowserContext } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './use-browser'

const never = new Promise<void>(() => {})
const launched: { number: number; isClosed: boolean }[] = []
const closed: string[] = []

/** The first browser never closes a context, the others do. */
async function launch(): Promise<Browser> {
  const browser = { number: launched.length, isClosed: false }
  launched.push(browser)
  const newContext = async ({ locale }: { locale: string }) =>
    ({
      async close() {
        closed.push(locale)
        if (browser.number === 0) await never
      },
    }) as unknown as BrowserContext
  const close = async () => {
    browser.isClosed = true
    await never
  }
  return { newContext, close } as unknown as Browser
}

describe('the browser of a file', () => {
  const browser = useBrowser(launch, 50)

  it('is there before the first test, whose context will not close', async () => {
    expect(launched).toHaveLength(1)
    await browser.newContext({ locale: 'first' })
  })

  it('is another one after that, and no test has failed or hung', async () => {
    expect(closed).toEqual(['first'])
    expect(launched).toEqual([{ number: 0, isClosed: true }])
    await browser.newContext({ locale: 'second' })
    expect(launched).toHaveLength(2)
  })

  it('stays where its contexts close', async () => {
    expect(closed).toEqual(['first', 'second'])
    await browser.newContext({ locale: 'third' })
    expect(launched).toHaveLength(2)
  })
})
