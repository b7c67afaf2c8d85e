import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { VendorCalls } from '../compat/vendors'
import { bundle } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { useBrowser } from '../helpers/use-browser'

const root = new URL('../../', import.meta.url)
const built = (path: string) => readFileSync(new URL(path, root), 'utf8')

const address = 'https://shop.example.com/?utm_source=news&utm_campaign=spring&utm_term=shoes'

declare function runScript(library: string, script: string): Promise<VendorCalls>

describe.skipIf(skipWithoutChromium())('in a page', () => {
  const browser = useBrowser()
  let script: string

  beforeAll(async () => {
    const alias = { '@analytics/core': '@analytics/core/client' }
    const { dir, remove } = await bundle({ page: 'test/compat/vendors-entry.ts' }, 'browser', alias)
    script = readFileSync(join(dir, 'page.js'), 'utf8')
    remove()
  }, 60_000)

  /** A page of a site with these files; scripts of vendors are answered by doubles that the page brings along. */
  async function visit<Result>(files: Record<string, string>, look: (page: Page) => Promise<Result>): Promise<Result> {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.route('**/*', (route) => {
      const { hostname, pathname } = new URL(route.request().url())
      const isOwn = hostname === 'shop.example.com'
      const body = isOwn ? files[pathname] : `window.vendorScripts?.[${JSON.stringify(hostname)}]()`
      const contentType = pathname === '/' ? 'text/html' : 'text/javascript'
      return body === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ contentType, body })
    })
    await page.goto(address)
    return look(page)
  }

  describe('the plugins of analytics from npm', () => {
    const html = '<!doctype html><title>Shop</title><body><script src="/page.js"></script></body>'
    const calls = (library: string, name: string) =>
      visit({ '/': html, '/page.js': script }, (page) =>
        page.evaluate(([library, name]) => runScript(library as string, name as string), [library, name]),
      )

    it.each([
      ['visit', 'google-analytics segment simple-analytics customerio mixpanel mixpanel-people page'],
      ['at once', 'google-analytics segment simple-analytics customerio mixpanel'],
      ['segment for known users alone', 'segment page'],
    ])('make the same calls on both: %s', async (name, vendors) => {
      const [theirs, ours] = await Promise.all([calls('analytics', name), calls('firsthand', name)])
      // What waits for a script there, new calls may overtake (waiting-calls).
      const ordered = (made: unknown[]) => (name === 'at once' ? made.map((call) => JSON.stringify(call)).sort() : made)
      for (const vendor in theirs) expect(ordered(ours[vendor] ?? []), vendor).toEqual(ordered(theirs[vendor] ?? []))
      expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
      expect(Object.keys(theirs).sort()).toEqual(vendors.split(' ').sort())
    })
  })

  describe('the snippet of getanalytics', () => {
    const page = `<!doctype html><title>Shop</title><body>
      <script src="/analytics.js"></script>
      <script src="/ga.js"></script>
      <script src="/segment.js"></script>
      <script>
        var seen = []
        var vendorScripts = {
          'cdn.segment.com'() { analytics.initialized = true },
          'www.googletagmanager.com'() {},
        }
        var Analytics = _analytics.init({
          app: 'shop',
          debug: false,
          plugins: [
            analyticsGa.init({ measurementIds: ['G-1'] }),
            analyticsSegment({ writeKey: 'key' }),
            { name: 'own', page: ({ payload }) => { seen.push(payload.properties.title) } },
          ],
        })
        Analytics.on('page', () => { seen.push('told') })
        Analytics.page()
        // Not at once, because of the row waiting-calls.
        Analytics.ready(async () => {
          await Analytics.track('Clicked', { label: 'Start' })
          await Analytics.identify('ann', { plan: 'team' })
          Analytics.track('Known')
        })
      </script></body>`
    const files = {
      '/': page,
      '/ga.js': built('node_modules/@analytics/google-analytics/dist/@analytics/google-analytics.min.js'),
      '/segment.js': built('node_modules/@analytics/segment/dist/@analytics/segment.min.js'),
    }

    interface Globals {
      seen: unknown[]
      ga4DataLayer: ArrayLike<unknown>[]
      analytics: unknown[][]
      Analytics: { user(): { userId: string }; getState(path: string): unknown; page(): Promise<unknown> }
      _analytics: { init: unknown; Analytics: unknown; EVENTS: object; CONSTANTS: object; isTaken?: boolean }
      firsthand?: object
    }

    /** What the page shows of its globals once everything has come. */
    async function look(page: Page) {
      await page.waitForFunction(() =>
        (globalThis as unknown as Globals).ga4DataLayer?.some(({ 1: name }) => name === 'Known'),
      )
      return page.evaluate(async () => {
        const { seen, ga4DataLayer, analytics, Analytics, _analytics } = globalThis as unknown as Globals
        await Analytics.page()
        return {
          seen,
          google: ga4DataLayer.map((args) => Array.from(args).map((arg) => (arg instanceof Date ? '(time)' : arg))),
          segment: analytics.map(([name]) => name),
          user: Analytics.user().userId,
          app: Analytics.getState('context.app'),
          isOne: _analytics.init === _analytics.Analytics,
          names: [Object.keys(_analytics.EVENTS), _analytics.CONSTANTS],
          members: Object.keys(_analytics)
            // There is no such thing in theirs.
            .filter((name) => !['collector', 'consent', 'schemas'].includes(name))
            .sort(),
        }
      })
    }

    it('works when only the address of the script is another one', async () => {
      const [theirs, ours] = await Promise.all(
        ['node_modules/analytics/dist/analytics.min.js', 'dist/firsthand.min.js'].map((path) =>
          visit({ ...files, '/analytics.js': built(path) }, look),
        ),
      )
      expect(ours).toEqual(theirs)
      expect(theirs?.google.map(([, name]) => name)).toContain('Clicked')
      expect(theirs?.segment).toEqual(['page', 'track', 'identify', 'track', 'page'])
    })

    it('finds `_analytics` as it was where somebody else has that name', async () => {
      const taken = '<script>var _analytics = { isTaken: true }</script><script src="/analytics.js"></script>'
      const found = await visit({ '/': taken, '/analytics.js': built('dist/firsthand.min.js') }, (page) =>
        page.evaluate(() => {
          const { _analytics, firsthand } = globalThis as unknown as Globals
          return [_analytics.isTaken, Object.keys(firsthand ?? {}).includes('init')]
        }),
      )
      expect(found).toEqual([true, true])
    })
  })
})
