import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCollector } from '../../src/collector'
import { serve, type Served } from '../../src/collector/node/serve'
import { sqliteStore } from '../../src/collector/stores/sqlite'
import { bundleText } from '../helpers/bundle'
import { launchChromium, skipWithoutChromium } from '../helpers/chromium'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

interface Seen {
  method: string
  search: string
  bytes: number
}

describe.skipIf(skipWithoutChromium())('gzip to a collector on another origin, in a real Chromium', () => {
  // Two names of this machine are two sites, so that the request is one across origins in every respect.
  const browser = useBrowser(() => launchChromium(['--host-resolver-rules=MAP *.test 127.0.0.1']))
  const store = sqliteStore({ path: ':memory:' })
  let site: LoopbackServer
  let collector: Served
  let siteOrigin: string
  let seen: Seen[] = []

  beforeAll(async () => {
    const script = await bundleText(`import { Analytics } from './src/browser/index'
      import { collector } from './plugins/collector'
      import { gzip } from './plugins/gzip'
      window.createClient = (endpoint) =>
        (window.analytics = Analytics({ plugins: [gzip(collector({ endpoint, projectKey: 'pk_shop' }))] }))`)
    site = await startLoopbackServer(({ path }, response) => {
      if (path === '/script.js') return response.setHeader('content-type', 'text/javascript').end(script)
      const head = '<!doctype html><title>shop</title><link rel="icon" href="data:,">'
      return response
        .setHeader('content-type', 'text/html')
        .end(path === '/plain' ? head : `${head}<script src="/script.js"></script>`)
    })
    siteOrigin = `http://www.shop.test:${new URL(site.url).port}`
    const app = createCollector({
      projects: [{ id: 'shop', key: 'pk_shop', origins: [siteOrigin] }],
      store,
      log: () => {},
    })
    const recorded: typeof app.fetch = async (request, info) => {
      const { search } = new URL(request.url)
      const body = request.body ? (await request.clone().arrayBuffer()).byteLength : 0
      seen.push({ method: request.method, search, bytes: body })
      return app.fetch(request, info)
    }
    collector = await serve({ fetch: recorded, close: app.close }, { port: 0 })
  }, 60_000)
  afterAll(async () => {
    await site?.close()
    await collector?.close()
  })

  beforeEach(() => {
    seen = []
  })

  const open = async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(siteOrigin)
    const endpoint = `http://collect.example.test:${new URL(collector.url).port}`
    await page.evaluate(`createClient('${endpoint}')`)
    return page
  }
  const calls = (count: number, prefix: string) =>
    `for (let index = 0; index < ${count}; index++) analytics.track('${prefix}' + index, { index })`
  const stored = async (prefix: string) => {
    const { events } = await (await store).events({ limit: 1_000 })
    return events.map(({ event }) => `${event}`).filter((name) => name.startsWith(prefix))
  }
  const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

  it('100 events arrive packed in one request, without a preflight', async () => {
    const page = await open()
    await page.evaluate(`${calls(100, 'packed-')}; analytics.flush()`)
    expect((await stored('packed-')).sort()).toEqual(names(100, 'packed-').sort())
    expect(seen).toEqual([{ method: 'POST', search: '?encoding=gzip', bytes: expect.any(Number) }])
    // Each event has 300 bytes of its own.
    expect(seen[0]?.bytes).toBeLessThan(10_000)
    expect(await page.evaluate(`analytics.getState('delivery').acknowledged`)).toBe(100)
  })

  it('what leaves with the page is plain, and all of it arrives', async () => {
    const page = await open()
    await page.evaluate(`${calls(50, 'exit-')}; location.href = '/plain'`)
    await expect
      .poll(async () => (await stored('exit-')).sort(), { timeout: 10_000 })
      .toEqual(names(50, 'exit-').sort())
    expect(seen).toEqual([{ method: 'POST', search: '', bytes: expect.any(Number) }])
    expect(seen[0]?.bytes).toBeGreaterThan(10_000)
  })
})
