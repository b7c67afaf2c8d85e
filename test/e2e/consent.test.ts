import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Event } from '../../src/core/event'
import { bundleText } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { letTimePass } from '../helpers/let-time-pass'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

/** A site with a client that `window.config` configures, a transport for analytics and one for advertising. */
async function startSite() {
  const script = await bundleText(`import Analytics from './src/browser/index'
  import { consent } from './src/consent'
  import { collector } from './plugins/collector'
  const ads = {
    name: 'ads', purposes: ['advertising'], deduplicates: true,
    encode: (events) => ({ method: 'POST', url: '/ads', headers: {}, body: JSON.stringify(events) }),
    decode: () => ({ status: 'delivered' }),
  }
  window.analytics = Analytics({ plugins: [collector({ endpoint: '/', projectKey: 'pk' }), ads], ...window.config, consent: consent(window.config.consent) })`)
  const site = { isDown: false, events: [] as Event[], ads: [] as Event[] }
  const server = await startLoopbackServer(({ path, body }, response) => {
    if (path === '/script.js') return response.end(script)
    if (path.startsWith('/?') || path === '/')
      return response
        .setHeader('content-type', 'text/html')
        .end('<title>site</title><script src="/script.js"></script>')
    if (site.isDown) return response.writeHead(503).end()
    if (path === '/ads') site.ads.push(...(JSON.parse(body) as Event[]))
    if (path === '/v1/batch') {
      const { batch, context } = JSON.parse(body) as { batch: Event[]; context: object }
      site.events.push(...batch.map((event) => ({ ...event, context: { ...context, ...event.context } })))
    }
    return response.end(JSON.stringify({ success: true, accepted: 1, duplicates: 0, rejected: [] }))
  })
  return { site, server }
}

describe.skipIf(skipWithoutChromium())('consent in a real Chromium', { timeout: 30_000 }, () => {
  const browser = useBrowser()
  let context: BrowserContext
  let server: LoopbackServer
  let site: Awaited<ReturnType<typeof startSite>>['site']

  beforeEach(async () => {
    ;({ site, server } = await startSite())
    context = await browser.newContext()
  })
  afterEach(() => server.close())

  /** `script` runs before the scripts of the page. */
  const open = async (config: object, script = ''): Promise<Page> => {
    const page = await context.newPage()
    await page.clock.install()
    await page.addInitScript(`window.config = ${JSON.stringify(config)}
      window.cookieWrites = []
      const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')
      Object.defineProperty(document, 'cookie', { get: () => get.call(document), set(text) { cookieWrites.push(text); set.call(document, text) } })
      ${script}`)
    await page.goto(`${server.url}/?utm_source=mail&gclid=abc`)
    return page
  }
  /** Everything that outlives a page. */
  const stored = async (page: Page) => ({
    cookies: (await context.cookies()).map(({ name }) => name).sort(),
    ...((await page.evaluate(`(async () => ({
      local: Object.keys(localStorage).sort(),
      session: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).map(({ name }) => name),
      caches: await caches.keys(),
    }))()`)) as { local: string[]; session: string[]; databases: string[]; caches: string[] }),
  })
  const nothing = { cookies: [], local: [], session: [], databases: [], caches: [] }
  const requests = () =>
    server.received.filter(({ path }) => !/^\/(\?|script|favicon|settled)/.test(path)).map(({ path }) => path)
  const call = (page: Page, script: string) => page.evaluate(script)
  /** The server is down from now on, and the page knows it. */
  const isRefused = async (page: Page, name: string) => {
    site.isDown = true
    const before = requests().length
    await call(page, `analytics.track('${name}')`)
    await expect.poll(() => requests().length, { timeout: 5000 }).toBeGreaterThan(before)
  }
  const namesOf = (events: Event[]) => events.map(({ event, type }) => event ?? type)
  const required = { consent: { required: true } }

  it('nothing is stored or sent before it; a grant sends what was held; a denial removes all', async () => {
    const page = await open(required)
    await call(page, `analytics.page(); analytics.track('Before'); analytics.identify('alice', { plan: 'team' })`)
    const calledAtMs = (await call(page, 'Date.now()')) as number
    await letTimePass(page)
    // As when the visitor looks at another tab, which sends what waits.
    await call(
      page,
      `dispatchEvent(new PageTransitionEvent('pagehide')); dispatchEvent(new PageTransitionEvent('pageshow'))`,
    )
    await letTimePass(page)
    expect(await stored(page)).toEqual(nothing)
    expect(await call(page, 'cookieWrites')).toEqual([])
    expect(requests()).toEqual([])
    expect(await call(page, `analytics.user('userId')`)).toBe('alice')

    const grantedAtMs = (await call(page, `analytics.consent.grant('analytics'); Date.now()`)) as number
    await expect.poll(() => namesOf(site.events), { timeout: 5000 }).toEqual(['page', 'Before', 'identify'])
    for (const { timestamp } of site.events) expect(Date.parse(timestamp)).toBeLessThanOrEqual(calledAtMs)
    expect(grantedAtMs - calledAtMs).toBeGreaterThan(4000)
    expect(site.ads).toEqual([])
    expect((await stored(page)).cookies).toEqual(
      expect.arrayContaining(['__anon_id', '__fh_consent', '__fh_session', '__user_id']),
    )

    await isRefused(page, 'Queued')
    expect((await stored(page)).local.some((key) => key.startsWith('__fh_q:'))).toBe(true)
    await call(page, 'analytics.consent.deny()')
    expect(await stored(page)).toEqual(nothing)
    site.isDown = false
    const before = requests().length
    await call(page, `analytics.page(); analytics.track('After')`)
    await letTimePass(page)
    await page.reload()
    await call(page, `analytics.track('Next page')`)
    await letTimePass(page)
    expect(requests()).toHaveLength(before)
    expect(await stored(page)).toEqual(nothing)
    expect(await call(page, `analytics.getState('delivery').dropped`)).toEqual({})
  })

  it('is remembered on the next page; withdrawn there, it is withdrawn in the other tab too', async () => {
    const first = await open(required)
    await call(first, `analytics.consent.grant(); analytics.track('One')`)
    await expect.poll(() => [namesOf(site.events), namesOf(site.ads)], { timeout: 5000 }).toEqual([['One'], ['One']])
    await isRefused(first, 'Waits')
    const second = await open(required)
    expect(await call(second, 'analytics.consent.state()')).toEqual({ analytics: 'granted', advertising: 'granted' })
    await call(second, 'analytics.consent.deny()')
    site.isDown = false
    const before = requests().length
    await call(first, `analytics.track('Too late')`)
    await letTimePass(first)
    expect(requests()).toHaveLength(before)
    expect(await stored(first)).toEqual(nothing)
    expect(await call(first, 'analytics.user()')).toMatchObject({ userId: null, traits: {} })
    expect(await call(first, `analytics.getState('delivery').dropped['consent-withdrawn']`)).toBeGreaterThan(0)
  })

  it('heeds Global Privacy Control', async () => {
    const page = await open(
      {},
      `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`,
    )
    await call(page, `analytics.consent.grant(); analytics.track('X')`)
    await expect.poll(() => namesOf(site.events), { timeout: 5000 }).toEqual(['X'])
    await letTimePass(page)
    expect(site.ads).toEqual([])
    expect(site.events[0]?.context.consent).toEqual({
      categoryPreferences: { analytics: true, advertising: false },
      gpc: true,
    })
  })

  it('cookieless: sends all and stores nothing, with another id on each page', async () => {
    const page = await open({ cookieless: true })
    await call(page, `analytics.page(); analytics.identify('alice'); analytics.track('X')`)
    await expect.poll(() => namesOf(site.events), { timeout: 5000 }).toEqual(['page', 'identify', 'X'])
    expect(await stored(page)).toEqual(nothing)
    expect(await call(page, 'cookieWrites')).toEqual([])
    await page.reload()
    await call(page, `analytics.track('Y')`)
    await expect.poll(() => site.events.length, { timeout: 5000 }).toBe(4)
    expect(new Set(site.events.map(({ anonymousId }) => anonymousId)).size).toBe(2)
    expect(site.events[3]?.userId).toBeNull()
    expect(await stored(page)).toEqual(nothing)
    expect(await call(page, `analytics.getState('delivery').quotaRefusals`)).toBe(0)
  })
})
