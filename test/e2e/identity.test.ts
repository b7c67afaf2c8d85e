import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { skipWithoutChromium } from '../helpers/chromium'
import { startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

interface User {
  userId: string | null
  anonymousId: string | null
  traits: Record<string, unknown>
}

interface Client {
  identify(id: string, traits: object): Promise<unknown>
  page(): Promise<{ payload: { properties: Record<string, unknown>; anonymousId: string } }>
  track(name: string): Promise<{
    payload: {
      userId: string | null
      anonymousId: string
      meta: { context: Record<string, unknown>; session: { id: string } }
    }
  }>
  reset(): Promise<unknown>
  user(): User
  user(key: string): unknown
  getState(path: string): unknown
}

declare global {
  interface Window {
    create(library: 'analytics' | 'firsthand', options?: { domains: string[] }): Client
    client: Client
  }
}

/** One script with both libraries; a page creates what it wants. */
async function bundleBoth(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { Analytics as Theirs } from 'analytics'
        import { Analytics as Ours } from './src/browser/index'
        import { linker } from './plugins/linker'
        window.create = (library, options) =>
          library === 'analytics' ? Theirs({ app: 'a' }) : Ours(options ? { linker: linker(options) } : {})
        window.client = window.options && window.create('firsthand', window.options)`,
      resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    conditions: ['browser'],
    // The build that reads and writes browser storage.
    alias: { '@analytics/core': '@analytics/core/client' },
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

describe.skipIf(skipWithoutChromium())('who the visitor is, in a real Chromium', () => {
  const browser = useBrowser()
  let context: BrowserContext
  let page: Page
  let script: string
  let html = ''

  beforeAll(async () => {
    script = await bundleBoth()
  }, 60_000)
  beforeEach(async () => {
    html = ''
    context = await browser.newContext()
    await context.route('**/*', (route) =>
      route.request().url().endsWith('/script.js')
        ? route.fulfill({ contentType: 'text/javascript', body: script })
        : route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>x</title>${html}` }),
    )
    page = await context.newPage()
  })

  /** `analytics` writes some time after the call. */
  const isKept = (text: string) =>
    page.waitForFunction((id) => (document.cookie + JSON.stringify({ ...localStorage })).includes(id), text)
  const user = async () => {
    await page.waitForFunction(() => window.client?.user().anonymousId)
    const found = await page.evaluate(() => window.client.user())
    await isKept(found.anonymousId ?? '')
    return found
  }

  describe('that analytics or Segment knew', () => {
    beforeEach(() => {
      html = '<script src="/script.js"></script>'
    })
    const cookies = async () =>
      Object.fromEntries((await context.cookies()).map(({ name, value, domain }) => [name, [value, domain]]))
    const visit = async (library: 'analytics' | 'firsthand', host = 'www.example.com') => {
      await page.goto(`https://${host}/deep/page`)
      await page.evaluate((name) => {
        window.client = window.create(name)
      }, library)
      return user()
    }

    it('is the same visitor after the change from analytics 0.8.19, on all subdomains', async () => {
      await visit('analytics')
      await page.evaluate(() => window.client.identify('alice', { plan: 'team' }))
      await isKept('alice')
      await isKept('team')
      const theirs = await page.evaluate(() => window.client.user())
      expect(theirs).toMatchObject({ userId: 'alice', traits: { plan: 'team' } })
      expect(await visit('firsthand')).toEqual(theirs)
      expect(await cookies()).toMatchObject({
        __anon_id: [theirs.anonymousId, '.example.com'],
        __user_id: ['alice', '.example.com'],
      })
      expect(await visit('firsthand', 'shop.example.com')).toEqual({ ...theirs, traits: {} })
      expect(await visit('firsthand')).toEqual(theirs)
    })

    it('is nobody after a log-out, on any subdomain', async () => {
      await visit('analytics', 'shop.example.com')
      await page.evaluate(() => window.client.identify('alice', { plan: 'team' }))
      await isKept('alice')
      await visit('firsthand', 'shop.example.com')
      // Logs out elsewhere: this page cannot reach what analytics left at the other one.
      await visit('firsthand')
      await page.evaluate(() => window.client.reset())
      expect(await visit('firsthand', 'shop.example.com')).toEqual({
        userId: null,
        traits: {},
        anonymousId: expect.any(String),
      })
      expect(await visit('firsthand')).toEqual({ userId: null, traits: {}, anonymousId: expect.any(String) })
    })

    it('is nobody after a log-out where a cookie of the same name is of a folder of the page', async () => {
      await page.goto('https://www.example.com/deep/page')
      await page.evaluate(() => {
        // As `analytics` writes it, without a path.
        document.cookie = '__user_id=alice'
      })
      expect(await visit('firsthand')).toMatchObject({ userId: 'alice' })
      await page.evaluate(() => window.client.reset())
      expect(await visit('firsthand')).toMatchObject({ userId: null })
      expect(await cookies()).not.toHaveProperty('__user_id')
    })

    it('is the same visitor after the change from Segment', async () => {
      await page.goto('https://www.example.com/')
      await page.evaluate(() => {
        // As analytics-next 1.x writes them: cookies as they are, localStorage as JSON.
        document.cookie = 'ajs_anonymous_id=7d3b2b9e-0c1f-4d62-9d57-1f2c3d4e5f60; domain=.example.com; path=/'
        document.cookie = 'ajs_user_id=alice; domain=.example.com; path=/'
        localStorage.setItem('ajs_anonymous_id', '"7d3b2b9e-0c1f-4d62-9d57-1f2c3d4e5f60"')
        localStorage.setItem('ajs_user_id', '"alice"')
        localStorage.setItem('ajs_user_traits', '{"plan":"team"}')
      })
      const expected = {
        userId: 'alice',
        anonymousId: '7d3b2b9e-0c1f-4d62-9d57-1f2c3d4e5f60',
        traits: { plan: 'team' },
      }
      expect(await visit('firsthand')).toEqual(expected)
      await page.evaluate(() => window.client.reset())
      expect(await visit('firsthand')).toEqual({ userId: null, traits: {}, anonymousId: expect.any(String) })
      expect(await cookies()).toHaveProperty('ajs_user_id')
    })

    it('keeps how the visit began in a cookie below 2 kB, and click ids for later pages', async () => {
      await page.goto(`https://www.example.com/prices?gclid=EAIaIQ%2Bx-y_z&utm_source=News&x=${'y'.repeat(3000)}`)
      await page.evaluate(() => {
        window.client = window.create('firsthand')
      })
      await page.evaluate(() => window.client.page())
      const [value] = (await cookies()).__fh_first as [string]
      expect(value.length).toBeLessThan(2000)
      expect(JSON.parse(decodeURIComponent(value))).toEqual({
        v: 1,
        at: expect.any(Number),
        url: expect.stringMatching(/^https:\/\/www\.example\.com\/prices\?gclid=/),
        campaign: { source: 'News' },
        clickIds: { gclid: { value: 'EAIaIQ+x-y_z', firstSeenAt: expect.any(Number) } },
      })
      await visit('firsthand', 'shop.example.com')
      const { payload } = await page.evaluate(() => window.client.track('Order Completed'))
      expect(payload.meta.context).toMatchObject({ clickIds: { gclid: { value: 'EAIaIQ+x-y_z' } } })
      expect(payload.meta.context.userAgentData).toEqual({
        brands: expect.any(Array),
        mobile: false,
        platform: expect.any(String),
      })
    })
  })

  it('is nobody in both tabs once one of them has logged out, and then the same next visitor in both', async () => {
    html = '<script src="/script.js"></script>'
    const open = async (tab: Page) => {
      await tab.goto('https://www.example.com/')
      await tab.evaluate(() => {
        window.client = window.create('firsthand')
      })
      return tab
    }
    const track = (tab: Page) => tab.evaluate(async () => (await window.client.track('x')).payload)
    const [first, second] = [await open(page), await open(await context.newPage())]
    await first.evaluate(() => window.client.identify('alice', { plan: 'team' }))
    // A tab looks at most ten times a second.
    await expect.poll(async () => (await track(second)).userId).toBe('alice')
    const alice = await track(second)
    expect(alice.anonymousId).toBe((await track(first)).anonymousId)
    await first.evaluate(() => window.client.reset())
    await expect.poll(async () => (await track(second)).userId).toBeNull()
    const next = await track(second)
    expect(next.anonymousId).not.toBe(alice.anonymousId)
    expect(next.meta.session.id).not.toBe(alice.meta.session.id)
    expect(await second.evaluate(() => window.client.user('traits'))).toEqual({})
    await expect.poll(async () => (await track(first)).anonymousId).toBe(next.anonymousId)
    expect((await track(first)).meta.session.id).toBe(next.meta.session.id)
  })

  describe('on another domain, by the linker', () => {
    const first = 'https://www.first.example/'
    const second = 'https://shop.second.example/'
    const body = `<script>options = { domains: ['www.first.example', '*.second.example'] }</script>
      <script src="/script.js"></script>`
    const open = async (address: string, content = '') => {
      html = body + content
      await page.goto(address)
      return page.evaluate(() => window.client.user())
    }
    const userAt = async (host: string) => {
      await page.waitForURL(`https://${host}/**`)
      return user()
    }

    it('is the same after a click, and the address and the page event are as if nothing had been', async () => {
      const { anonymousId } = await open(first, `<a id="go" href="${second}prices?a=1&b=%2B+c#top">go</a>`)
      await page.click('#go')
      expect(await userAt('shop.second.example')).toEqual({ userId: null, anonymousId, traits: {} })
      expect(page.url()).toBe(`${second}prices?a=1&b=%2B+c#top`)
      const { payload } = await page.evaluate(() => window.client.page())
      expect(payload).toMatchObject({ anonymousId, properties: { url: `${second}prices?a=1&b=%2B+c` } })
      expect((await context.cookies(second)).find(({ name }) => name === '__anon_id')?.value).toBe(anonymousId)
      expect(await page.evaluate(() => window.client.getState('context.first'))).toMatchObject({
        url: `${second}prices?a=1&b=%2B+c`,
      })
    })

    it('goes back with the id that it came with, also where it had another one before', async () => {
      await open(second)
      const { anonymousId } = await open(first, `<a id="go" href="${second}">go</a>`)
      await page.click('#go')
      expect(await userAt('shop.second.example')).toMatchObject({ anonymousId })
    })

    it.each([
      ['a form that posts', `<form method="post" action="${second}?a=1"><button id="go">go</button></form>`, '?a=1'],
      [
        'a form that gets',
        `<form action="${second}"><input name="q" value="x y"><button id="go">go</button></form>`,
        '?q=x+y',
      ],
      [
        'a button with an address',
        `<form><button id="go" formaction="${second}" formmethod="post">go</button></form>`,
        '',
      ],
      [
        'a handler that reads the address',
        `<a id="go" href="${second}" onclick="location.href = this.href; return false">go</a>`,
        '',
      ],
      ['markup inside a link', `<a href="${second}"><b id="go">go</b></a>`, ''],
    ])('is the same after %s', async (_, content, search) => {
      const { anonymousId } = await open(first, content)
      await page.click('#go')
      expect(await userAt('shop.second.example')).toMatchObject({ anonymousId })
      expect(new URL(page.url()).search).toBe(search)
    })

    it('is the same in a tab that the middle button opens', async () => {
      // A new tab is not routed: real hosts.
      const server = await startLoopbackServer(({ path }, response) => {
        const type = path === '/script.js' ? 'text/javascript' : 'text/html'
        const target = server.url.replace('127.0.0.1', 'localhost')
        const content = `<script>options = { domains: ['127.0.0.1', 'localhost'] }</script>
          <script src="/script.js"></script><a id="go" href="${target}/shop">go</a>`
        response.setHeader('content-type', type).end(path === '/script.js' ? script : content)
      })
      await context.unroute('**/*')
      await page.goto(server.url)
      const { anonymousId } = await page.evaluate(() => window.client.user())
      const [tab] = await Promise.all([context.waitForEvent('page'), page.click('#go', { button: 'middle' })])
      await tab.waitForURL('http://localhost:*/shop')
      expect(await tab.evaluate(() => window.client.user())).toMatchObject({ anonymousId })
      await server.close()
    })

    it('leaves links as they were, and those to other hosts and to its own alone', async () => {
      const hosts = ['https://elsewhere.example/', first, 'mailto:a@second.example', 'https://a.b.second.example/']
      const links = [...hosts, second].map(
        (href) => `<a href="${href}" onclick="seen.push(this.href); return false">x</a>`,
      )
      await open(first, `<script>seen = []</script>${links.join('')}`)
      for (const link of await page.locator('a').all()) await link.click()
      const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
      expect(seen.slice(0, -1)).toEqual(hosts)
      expect(seen.at(-1)).toMatch(/^https:\/\/shop\.second\.example\/\?_fh=1\./)
      await expect.poll(() => page.locator('a').last().getAttribute('href')).toBe(second)
    })

    it('is not taken from a link that nobody on a named domain followed', async () => {
      const { anonymousId } = await open(
        first,
        `<a id="go" href="${second}" onclick="seen = this.href; return false">x</a>`,
      )
      await page.click('#go')
      const link = await page.evaluate(() => (globalThis as unknown as { seen: string }).seen)
      const typed = await open(link)
      expect(typed.anonymousId).not.toBe(anonymousId)
      expect(page.url()).toBe(second)
      await open('https://elsewhere.example/', `<a id="go" href="${link}">x</a>`)
      await page.click('#go')
      expect((await userAt('shop.second.example')).anonymousId).toBe(typed.anonymousId)
    })

    it('is not taken from a copied link in another browser', async () => {
      await open(first, `<a id="go" href="${second}" onclick="seen = this.href; return false">x</a>`)
      const { anonymousId } = await page.evaluate(() => window.client.user())
      await page.click('#go')
      const link = await page.evaluate(() => (globalThis as unknown as { seen: string }).seen)
      const cdp = await context.newCDPSession(page)
      await cdp.send('Network.setUserAgentOverride', { userAgent: 'Mozilla/5.0 (another browser)' })
      await context.clearCookies()
      await open(first)
      await page.evaluate((href) => {
        location.href = href
      }, link)
      expect((await userAt('shop.second.example')).anonymousId).not.toBe(anonymousId)
      expect(page.url()).toBe(second)
    })
  })
})
