import { createServer } from 'node:net'
import type { BrowserContext, Page, Response as Answer } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Collector, createCollector } from '../../src/collector'
import { serve, type Served } from '../../src/collector/node/serve'
import { sqliteStore } from '../../src/collector/stores/sqlite'
import { bundleText } from '../helpers/bundle'
import { launchChromium, skipWithoutChromium } from '../helpers/chromium'
import { useBrowser } from '../helpers/use-browser'

interface Client {
  page(): Promise<unknown>
  track(name: string): Promise<unknown>
  identify(id: string): Promise<unknown>
  reset(): Promise<unknown>
  flush(): Promise<unknown>
  user(): { userId: string | null; anonymousId: string | null }
}

declare global {
  interface Window {
    createVisitor(endpoint: string): Client
    visitor: Client
  }
}

const daySeconds = 86_400

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

describe.skipIf(skipWithoutChromium())('cookies that the collector sets, in a real Chromium', () => {
  const browser = useBrowser(() => launchChromium(['--host-resolver-rules=MAP *.test 127.0.0.1']))
  let port: number
  let script: string
  let server: Served
  let collector: Collector
  const store = sqliteStore({ path: ':memory:' })
  let context: BrowserContext
  let page: Page
  /** While there is one, answers to events wait for it. */
  let hold: Promise<void> | null = null

  const origin = (host: string) => `http://${host}:${port}`

  beforeAll(async () => {
    script = await bundleText(`
      import { Analytics } from './src/browser/index'
      import { collector } from './plugins/collector'
      window.createVisitor = (endpoint) =>
        (window.visitor = Analytics({ plugins: [collector({ endpoint, projectKey: 'pk_shop', flushIntervalMs: 10 })] }))`)
    port = await freePort()
    collector = createCollector({
      projects: [{ id: 'shop', key: 'pk_shop', origins: [origin('www.shop.test')] }],
      store,
      cookies: true,
      script,
      log: () => {},
    })
    const site = async (request: Request, info?: Parameters<Collector['fetch']>[1]) => {
      const { pathname } = new URL(request.url)
      if (request.method === 'GET' && pathname.startsWith('/page')) {
        const html =
          '<!doctype html><title>shop</title><link rel="icon" href="data:,"><script src="/firsthand.js"></script>'
        return new Response(html, { headers: { 'content-type': 'text/html' } })
      }
      const answer = await collector.fetch(request, info)
      if (request.method === 'POST') await hold
      return answer
    }
    server = await serve({ fetch: site, close: collector.close }, { port })
  }, 60_000)
  afterAll(() => server?.close())

  beforeEach(async () => {
    hold = null
    context = await browser.newContext()
    page = await context.newPage()
  })

  const cookie = async (name: string) => {
    const found = (await context.cookies()).filter((each) => each.name === name)
    // The same name on another domain would be a second cookie.
    expect(found.length).toBeLessThanOrEqual(1)
    return found[0]
  }
  const daysLeft = async (name: string) =>
    Math.round((((await cookie(name))?.expires ?? 0) - Date.now() / 1_000) / daySeconds)
  const open = async (path = '/page', endpoint = '/') => {
    await page.goto(origin('www.shop.test') + path)
    await page.evaluate((to) => void window.createVisitor(to), endpoint)
  }
  /** Runs calls, and gives the answer to the request that they lead to. */
  const answerTo = async (call: () => Promise<unknown>): Promise<Answer> => {
    const answer = page.waitForResponse((response) => response.request().method() === 'POST')
    await call()
    const response = await answer
    await response.finished()
    return response
  }
  const setNames = async (answer: Answer) =>
    (await answer.headersArray())
      .filter(({ name }) => name.toLowerCase() === 'set-cookie')
      .map(({ value }) => value.slice(0, value.indexOf('=')))
  const view = () => answerTo(() => page.evaluate(() => void window.visitor.page()))
  const track = () => answerTo(() => page.evaluate(() => void window.visitor.track('Clicked')))
  const user = () => page.evaluate(() => window.visitor.user())
  /** As Safari would leave it: a script's cookie ends after a week. */
  const shorten = async (names: readonly string[]) => {
    const expires = Math.floor(Date.now() / 1_000) + 7 * daySeconds
    const cookies = await context.cookies()
    await context.addCookies(cookies.filter(({ name }) => names.includes(name)).map((each) => ({ ...each, expires })))
  }

  it('are those of the SDK, and end 400 days from now: same id, domain and path, one of each name', async () => {
    await open()
    const id = (await user()).anonymousId
    expect(await daysLeft('__anon_id')).toBe(400)
    await shorten(['__anon_id', '__fh_session', '__fh_first'])
    expect(await daysLeft('__anon_id')).toBe(7)
    const answer = await view()
    expect(await setNames(answer)).toEqual(['__anon_id', '__fh_session', '__fh_first'])
    expect(await cookie('__anon_id')).toMatchObject({
      value: id,
      domain: '.shop.test',
      path: '/',
      httpOnly: false,
      // The page has no TLS.
      secure: false,
      sameSite: 'Lax',
    })
    for (const name of ['__anon_id', '__fh_session', '__fh_first']) expect(await daysLeft(name), name).toBe(400)
    await open('/page/two')
    expect((await user()).anonymousId).toBe(id)
  })

  it('are not set with every answer', async () => {
    await open()
    expect(await setNames(await view())).toContain('__anon_id')
    expect(await setNames(await track())).toEqual([])
  })

  it('remember who has logged in', async () => {
    await open()
    await view()
    const answer = await answerTo(() => page.evaluate(() => void window.visitor.identify('ann@example.com')))
    expect(await setNames(answer)).toContain('__user_id')
    await shorten(['__user_id'])
    await open('/page/two')
    expect(await user()).toMatchObject({ userId: 'ann@example.com' })
    expect((await context.cookies()).find(({ name }) => name === '__user_id')?.value).toBe('ann@example.com')
  })

  it('do not log in again whom the page has logged out while an answer was under way', async () => {
    await open()
    await view()
    await answerTo(() => page.evaluate(() => void window.visitor.identify('ann')))
    const before = await user()
    let release = () => {}
    hold = new Promise((resolve) => (release = resolve))
    const late = await answerTo(async () => {
      const left = page.waitForRequest((request) => request.method() === 'POST')
      await page.evaluate(() => void window.visitor.track('Logged Out'))
      await left
      await page.evaluate(() => window.visitor.reset())
      release()
    })
    expect(await setNames(late)).toEqual([])
    expect([await cookie('__anon_id'), await cookie('__user_id')]).toEqual([undefined, undefined])
    hold = null
    await open('/page/two')
    const after = await user()
    expect(after.userId).toBeNull()
    expect(after.anonymousId).not.toBe(before.anonymousId)
    expect(await setNames(await view())).toContain('__anon_id')
    expect((await cookie('__anon_id'))?.value).toBe(after.anonymousId)
  })

  it('that come too late are put right as soon as they have come: a page that follows sees nobody', async () => {
    await open()
    let release = () => {}
    hold = new Promise((resolve) => (release = resolve))
    const before = await user()
    const late = await answerTo(async () => {
      const left = page.waitForRequest((request) => request.method() === 'POST')
      await page.evaluate(() => void window.visitor.page())
      await left
      await page.evaluate(() => window.visitor.reset())
      release()
    })
    expect(await setNames(late)).toEqual(['__anon_id', '__fh_session', '__fh_first'])
    await expect.poll(() => cookie('__anon_id')).toBeUndefined()
    expect([await cookie('__fh_first'), (await cookie('__fh_session'))?.value]).toEqual([undefined, '0'])
    hold = null
    await open('/page/two')
    const after = await user()
    expect(after.anonymousId).not.toBe(before.anonymousId)
    await track()
    expect((await cookie('__anon_id'))?.value).toBe(after.anonymousId)
  })

  it('that come too late do not undo the log-in of somebody else', async () => {
    await open()
    await page.evaluate(() => window.visitor.identify('ann'))
    await page.evaluate(() => window.visitor.flush())
    await shorten(['__anon_id', '__user_id'])
    // A new visit, so that the answer sets cookies.
    await context.clearCookies({ name: '__fh_session' })
    await open('/page/two')
    let release = () => {}
    hold = new Promise((resolve) => (release = resolve))
    const late = await answerTo(async () => {
      const left = page.waitForRequest((request) => request.method() === 'POST')
      await page.evaluate(() => void window.visitor.page())
      await left
      await page.evaluate(() => window.visitor.identify('bea'))
      release()
    })
    expect(await setNames(late)).toContain('__user_id')
    hold = null
    await expect.poll(async () => (await cookie('__user_id'))?.value).toBe('bea')
    expect(await user()).toMatchObject({ userId: 'bea' })
  })

  it('come from a collector on another subdomain just as well', async () => {
    await open('/page', origin('collect.shop.test'))
    await shorten(['__anon_id'])
    const id = (await user()).anonymousId
    expect(await setNames(await view())).toContain('__anon_id')
    expect(await cookie('__anon_id')).toMatchObject({ value: id, domain: '.shop.test' })
    expect(await daysLeft('__anon_id')).toBe(400)
  })

  it('do not come from a collector on another site', async () => {
    await open('/page', origin('collect.other.test'))
    const answer = await view()
    expect([answer.status(), await setNames(answer)]).toEqual([200, []])
  })

  it('win over the id of a page that could not see the cookie, and both are one person', async () => {
    // A program of the site has set it, as scripts cannot read it.
    await context.addCookies([
      {
        ...{
          name: '__anon_id',
          value: 'set-by-server',
          domain: '.shop.test',
          path: '/',
          httpOnly: true,
          sameSite: 'Lax',
        },
        expires: Date.now() / 1_000 + daySeconds,
      },
    ])
    await open()
    const own = (await user()).anonymousId as string
    expect(own).not.toBe('set-by-server')
    const answer = await view()
    expect(await answer.json()).toMatchObject({ accepted: 1, anonymousId: 'set-by-server' })
    expect(await cookie('__anon_id')).toMatchObject({ value: 'set-by-server', httpOnly: false })
    expect(await (await track()).json()).not.toHaveProperty('anonymousId')
    expect((await user()).anonymousId).toBe('set-by-server')
    await open('/page/two')
    expect((await user()).anonymousId).toBe('set-by-server')
    await answerTo(() => page.evaluate(() => void window.visitor.identify('bea')))
    const person = await store.person('shop', 'bea')
    expect(person?.anonymousIds.sort()).toEqual([own, 'set-by-server'].sort())
  })
})
