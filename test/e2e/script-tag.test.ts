import { existsSync, readFileSync } from 'node:fs'
import type { BrowserContext, Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConsentingAnalytics } from '../../src/core/analytics'
import type { Event } from '../../src/core/event'
import { skipWithoutChromium } from '../helpers/chromium'
import { useBrowser } from '../helpers/use-browser'
import { read, root } from '../rules/source'

/** The page of the document, word for word. */
const plain = /<!-- plugins -->\n```html\n([\s\S]*?)```/.exec(read('docs/script-tag.md'))?.[1] ?? ''
const stubbed = plain.replace(
  '<script src="/firsthand.min.js"></script>',
  () => `<script>${read('dist/stub.min.js')}</script><script async src="/firsthand.min.js"></script>`,
)

/** Asks nobody: the visitor decides by `decide`. */
const consentPlatform = `<script>
  const listeners = []
  __tcfapi = (command, version, callback) => listeners.push(callback)
  decide = (ids) => {
    const consents = Object.fromEntries(ids.map((id) => [id, true]))
    for (const listener of listeners) listener({ gdprApplies: true, eventStatus: 'useractioncomplete', purpose: { consents } }, true)
  }
</script>`

declare const analytics: ConsentingAnalytics
declare const decide: (ids: readonly number[]) => void

describe.skipIf(skipWithoutChromium())('plugins on a page with the script tag', () => {
  const browser = useBrowser()
  let context: BrowserContext
  let page: Page
  let events: Event[]

  beforeEach(async () => {
    events = []
    context = await browser.newContext()
    page = await context.newPage()
  })

  const serve = (html: string) =>
    context.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url())
      if (pathname === '/v1/batch') {
        events.push(...(JSON.parse(route.request().postData() ?? '') as { batch: Event[] }).batch)
        return route.fulfill({ json: { success: true, accepted: 1, duplicates: 0, rejected: [] } })
      }
      const file = `${root}/dist${pathname}`
      const isFile = pathname.endsWith('.js') && existsSync(file)
      if (isFile) return route.fulfill({ contentType: 'text/javascript', body: readFileSync(file, 'utf8') })
      return route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>x</title>${html}` })
    })

  it.each([
    ['', plain],
    [', with the stub', stubbed],
  ])('are imported as the document says: tcf decides, and linker takes the visitor along%s', async (_, html) => {
    await serve(`${consentPlatform}${html}<a id="go" href="https://shop.example.org/">go</a>`)
    await page.goto('https://www.example.com/')
    await page.waitForFunction(
      () => analytics.session !== undefined && analytics.consent.state().analytics === 'pending',
    )
    await page.evaluate(() => decide([1, 3, 4, 7, 8, 9]))
    await page.waitForFunction(() => analytics.consent.state().analytics === 'granted')
    const { anonymousId } = await page.evaluate(() => analytics.user())
    await page.evaluate(() => analytics.flush())
    expect(events.map(({ type }) => type)).toEqual(['page'])

    await page.click('#go')
    await page.waitForURL('https://shop.example.org/**')
    await page.waitForFunction(() => analytics.consent.state().analytics === 'pending')
    await page.evaluate(() => decide([1, 8, 9]))
    expect(await page.evaluate(() => analytics.consent.state())).toEqual({
      analytics: 'granted',
      advertising: 'denied',
    })
    expect((await page.evaluate(() => analytics.user())).anonymousId).toBe(anonymousId)
  })
})
