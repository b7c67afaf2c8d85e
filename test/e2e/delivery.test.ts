import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundleText } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

const EVENTS = 20

/** The site: `/` with the client, `/plain` without, and a collector that can be broken. */
async function startSite() {
  const script = await bundleText(`import Analytics from './src/browser/index'
    import { collector } from './plugins/collector'
    window.analytics = Analytics({ app: 'test', plugins: [collector({ endpoint: window.endpoint ?? '/', projectKey: 'pk' })] })`)
  const site = { isDown: false, delayMs: 0, stored: new Map<string, number>() }
  const server = await startLoopbackServer(async ({ path, body, headers }, response) => {
    response.setHeader('access-control-allow-origin', headers.origin ?? '*')
    response.setHeader('access-control-allow-credentials', 'true')
    if (path === '/script.js') return response.setHeader('content-type', 'text/javascript').end(script)
    if (path !== '/v1/batch') {
      const page = path === '/plain' ? '<title>plain</title>' : '<title>site</title><script src="/script.js"></script>'
      return response.setHeader('content-type', 'text/html').end(page)
    }
    await new Promise((resolve) => setTimeout(resolve, site.delayMs))
    if (site.isDown) return response.writeHead(503).end()
    const { batch } = JSON.parse(body) as { batch: { messageId: string; event: string }[] }
    for (const { event } of batch) site.stored.set(event, (site.stored.get(event) ?? 0) + 1)
    response.end(JSON.stringify({ success: true, accepted: batch.length, duplicates: 0, rejected: [] }))
  })
  return { site, server }
}

declare global {
  interface Window {
    analytics: {
      track(name: string): unknown
      getState(name: string): { sent: number }
    }
  }
}

describe.skipIf(skipWithoutChromium())('delivery in a real Chromium', () => {
  const browser = useBrowser()
  let context: BrowserContext
  let server: LoopbackServer
  let site: Awaited<ReturnType<typeof startSite>>['site']

  beforeEach(async () => {
    ;({ site, server } = await startSite())
    context = await browser.newContext()
  })
  afterEach(() => server.close())

  const open = async (path = '/'): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(server.url + path)
    return page
  }
  /** Makes the calls and what ends the page, in one task of the page. */
  const trackThen = (page: Page, ending = '', prefix = 'e') =>
    page.evaluate(`for (let index = 0; index < ${EVENTS}; index++) analytics.track('${prefix}' + index); ${ending}`)
  const expected = (...prefixes: string[]) =>
    prefixes.flatMap((prefix) => Array.from({ length: EVENTS }, (_, index) => `${prefix}${index}`)).sort()
  const arrived = () => [...site.stored.keys()].sort()
  const allArrive = async (names: string[], timeoutMs: number) => {
    await expect.poll(arrived, { timeout: timeoutMs, interval: 50 }).toEqual(names)
  }

  /** Each event has been refused so often. */
  const areTried = (page: Page, times: number) =>
    expect
      .poll(() => page.evaluate(() => window.analytics.getState('delivery').sent), { timeout: 15_000 })
      .toBeGreaterThanOrEqual(EVENTS * times)

  it('20 calls and the tab is closed: all arrive at once', async () => {
    const page = await open()
    await trackThen(page)
    await page.close()
    await allArrive(expected('e'), 3000)
  })

  it('a request was under way when the page navigated: its events arrive all the same', async () => {
    site.delayMs = 300
    const page = await open()
    await trackThen(page)
    await expect
      .poll(() => server.received.filter(({ path }) => path === '/v1/batch').length, { timeout: 5000 })
      .toBe(1)
    await page.evaluate(`location.href = '/plain'`)
    await allArrive(expected('e'), 3000)
  })

  it('503 for some seconds with the tab kept: all arrive after it, once', async () => {
    site.isDown = true
    const page = await open()
    await trackThen(page)
    await areTried(page, 2)
    expect(arrived()).toEqual([])
    site.isDown = false
    await allArrive(expected('e'), 15_000)
    expect([...site.stored.values()].every((times) => times === 1)).toBe(true)
  }, 30_000)

  it('three tabs hold events in an outage: each event arrives once', async () => {
    site.isDown = true
    const tabs = [await open(), await open(), await open()]
    for (const [index, tab] of tabs.entries()) await trackThen(tab, '', `${index}-`)
    for (const tab of tabs) await areTried(tab, 2)
    site.isDown = false
    await allArrive(expected('0-', '1-', '2-'), 15_000)
    expect([...site.stored.values()].every((times) => times === 1)).toBe(true)
  }, 40_000)

  it('to a collector on another origin no preflight is needed, also when the page goes', async () => {
    const other = await startSite()
    const page = await context.newPage()
    await page.addInitScript(`window.endpoint = '${other.server.url}'`)
    await page.goto(server.url)
    await trackThen(page, `location.href = '/plain'`)
    await expect.poll(() => [...other.site.stored.keys()].sort(), { timeout: 3000 }).toEqual(expected('e'))
    expect(other.server.received.map(({ method }) => method)).not.toContain('OPTIONS')
    await other.server.close()
  })

  it('leaves no entry and no lease behind once all is delivered', async () => {
    const page = await open()
    await trackThen(page)
    await allArrive(expected('e'), 5000)
    await expect
      .poll(() => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('__fh_'))))
      .toEqual([])
  })
})
