import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, it } from 'vitest'
import { cases } from '../compat/cases'
import { expectCase } from '../compat/expect-case'
import type { Comparison } from '../compat/run-case'
import { bundle } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { useBrowser } from '../helpers/use-browser'

const address = 'https://shop.example.com/deep/prices?utm_source=news&utm_campaign=spring&gclid=click#top'
const html = '<!doctype html><title>Prices &amp; more</title><script src="/page.js"></script>'

declare function compareAll(): Promise<Record<string, Comparison>>

describe.skipIf(skipWithoutChromium())('the same on analytics and on firsthand, in Chromium', () => {
  const browser = useBrowser()
  let found: Record<string, Comparison>

  beforeAll(async () => {
    // Bundlers that read `browser` fields take this build, which hears of networks; in Node it is the other one.
    const alias = { '@analytics/core': '@analytics/core/client' }
    const built = await bundle({ page: 'test/compat/page-entry.ts' }, 'browser', alias)
    const script = readFileSync(join(built.dir, 'page.js'), 'utf8')
    built.remove()
    const page = await (await browser.newContext()).newPage()
    await page.route('**/*', (route) =>
      route.request().url().endsWith('/page.js')
        ? route.fulfill({ contentType: 'text/javascript', body: script })
        : route.fulfill({ contentType: 'text/html', body: html }),
    )
    await page.goto(address)
    found = await page.evaluate(() => compareAll())
  }, 120_000)

  it.each(cases.filter(({ only }) => only !== 'node'))('$name', (each) => {
    expectCase(each, found[each.name] as Comparison)
  })
})
