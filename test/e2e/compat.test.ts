import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { cases } from '../compat/cases'
import { expectCase } from '../compat/expect-case'
import type { Comparison } from '../compat/run-case'
import { bundle } from '../helpers/bundle'
import { launchChromium, skipWithoutChromium } from '../helpers/chromium'

const address = 'https://shop.example.com/deep/prices?utm_source=news&utm_campaign=spring&gclid=click#top'
const html = '<!doctype html><title>Prices &amp; more</title><script src="/page.js"></script>'

declare function compareAll(): Promise<Record<string, Comparison>>

describe.skipIf(skipWithoutChromium())('the same on analytics and on firsthand, in Chromium', () => {
  let browser: Browser
  let found: Record<string, Comparison>

  beforeAll(async () => {
    // Bundlers that read `browser` fields take this build, which hears of networks; in Node it is the other one.
    const alias = { '@analytics/core': '@analytics/core/client' }
    const built = await bundle({ page: 'test/compat/page-entry.ts' }, 'browser', alias)
    const script = readFileSync(join(built.dir, 'page.js'), 'utf8')
    built.remove()
    browser = await launchChromium()
    const page = await browser.newPage()
    await page.route('**/*', (route) =>
      route.request().url().endsWith('/page.js')
        ? route.fulfill({ contentType: 'text/javascript', body: script })
        : route.fulfill({ contentType: 'text/html', body: html }),
    )
    await page.goto(address)
    found = await page.evaluate(() => compareAll())
  }, 120_000)

  afterAll(() => browser?.close())

  it.each(cases.filter(({ only }) => only !== 'node'))('$name', (each) => {
    expectCase(each, found[each.name] as Comparison)
  })
})
