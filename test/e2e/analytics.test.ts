import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSegmentDouble, type SegmentDouble } from '../doubles/segment/segment-double'
import { bundle } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { letTimePass } from '../helpers/let-time-pass'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

const EVENTS = 20

async function bundlePage(alias?: Record<string, string>): Promise<string> {
  const { dir, remove } = await bundle({ page: 'test/e2e/analytics-page.ts' }, 'browser', alias)
  const text = readFileSync(join(dir, 'page.js'), 'utf8')
  remove()
  return text
}

describe.skipIf(skipWithoutChromium())('a transport under the published analytics in Chromium', () => {
  const browser = useBrowser()
  let context: BrowserContext
  let server: LoopbackServer
  let double: SegmentDouble
  let script = ''
  /** Some bundlers take another build of `analytics`, which alone knows of being offline. */
  let clientScript = ''
  let isDown = false

  beforeAll(async () => {
    script = await bundlePage()
    clientScript = await bundlePage({ '@analytics/core': '@analytics/core/client' })
  }, 60_000)

  beforeEach(async () => {
    isDown = false
    double = createSegmentDouble()
    server = await startLoopbackServer(({ method, path, headers, body }, response) => {
      if (path === '/script.js') return response.setHeader('content-type', 'text/javascript').end(script)
      if (path === '/client.js') return response.setHeader('content-type', 'text/javascript').end(clientScript)
      if (path === '/v1/batch') {
        const answer = isDown ? { status: 503 } : double.answer({ method, url: path, headers, body })
        return response.writeHead(answer.status).end('body' in answer ? answer.body : '')
      }
      const name = path.startsWith('/client') ? 'client' : 'script'
      const tag = path.startsWith('/plain') ? '' : `<script src="/${name}.js"></script>`
      response.setHeader('content-type', 'text/html').end(`<title>shop</title>${tag}`)
    })
    context = await browser.newContext()
  })
  afterEach(() => server.close())

  const open = async (path = '/'): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(server.url + path)
    return page
  }
  const names = Array.from({ length: EVENTS }, (_, index) => `e${index}`)
  const calls = `for (let index = 0; index < ${EVENTS}; index++) analytics.track('e' + index);`
  const batches = () => server.received.filter(({ path }) => path === '/v1/batch')
  const arrived = () => double.messages.map(({ event }) => event)
  const allArrive = async (timeoutMs = 3000) => {
    await expect.poll(() => arrived().length, { timeout: timeoutMs, interval: 50 }).toBe(EVENTS)
    expect(arrived()).toEqual(names)
    expect(double.discarded).toEqual([])
  }

  it('has the page, the campaign, the session and its number of each event as it was called', async () => {
    const page = await open('/start?utm_source=mail&utm_campaign=spring')
    await page.evaluate(`analytics.track('Clicked', { total: 3 }); history.pushState(null, '', '/next')`)
    await expect.poll(arrived).toEqual(['Clicked'])
    const [message] = double.messages
    const anonymousId = await page.evaluate(`analytics.user('anonymousId')`)
    const session = await page.evaluate('analytics.plugins.session.current()')
    expect(message).toMatchObject({ type: 'track', anonymousId, properties: { total: 3 } })
    expect(message?.context).toMatchObject({
      page: { path: '/start', url: `${server.url}/start?utm_source=mail&utm_campaign=spring`, title: 'shop' },
      campaign: { source: 'mail', name: 'spring' },
      library: { name: 'firsthand' },
      locale: 'en-US',
      session: session as object,
      sequence: { number: 1 },
    })
    const kept = Object.fromEntries((await context.cookies()).map(({ name, ...cookie }) => [name, cookie]))
    const days = ((kept.__anon_id?.expires ?? 0) - Date.now() / 1000) / 86_400
    expect(kept.__anon_id).toMatchObject({ value: anonymousId, path: '/', sameSite: 'Lax' })
    expect(days).toBeCloseTo(400, 0)
    expect(kept.__fh_session?.value).toContain((session as { id: string }).id)
  })

  it('keeps the visitor and the visit on the next page, and takes along the id that analytics has left', async () => {
    const before = await open('/plain')
    await before.evaluate(`localStorage.setItem('__anon_id', '"left-by-analytics"')`)
    const page = await open()
    await page.evaluate(`analytics.page({}, { messageId: 'mine' })`)
    await expect.poll(() => double.messages.length).toBe(1)
    await page.goto(`${server.url}/?next`)
    await page.evaluate(`analytics.identify('user-1', { plan: 'pro' })`)
    await expect.poll(() => double.messages.length).toBe(2)
    const [first, second] = double.messages
    expect(first).toMatchObject({ type: 'page', messageId: 'mine', anonymousId: 'left-by-analytics' })
    expect(second).toMatchObject({ type: 'identify', userId: 'user-1', anonymousId: 'left-by-analytics' })
    expect(second?.traits).toEqual({ plan: 'pro' })
    expect(second?.context.session).toEqual(first?.context.session)
  })

  it('gives events after a log-out a new visitor and a new visit', async () => {
    const page = await open()
    await page.evaluate(`(async () => {
      analytics.track('before')
      await analytics.reset()
      analytics.track('after')
      await analytics.track('later')
    })()`)
    await expect.poll(arrived).toEqual(['before', 'after', 'later'])
    const [before, after, later] = double.messages
    expect(after?.anonymousId).toMatch(/^[\w-]{21}$/)
    expect(after?.anonymousId).not.toBe(before?.anonymousId)
    expect(later?.anonymousId).toBe(after?.anonymousId)
    expect(later?.context.session).not.toEqual(before?.context.session)
    expect(await page.evaluate(`analytics.user('anonymousId')`)).toBe(after?.anonymousId)
  })

  it.each([
    ['navigates to a page without it', `location.href = '/plain'`],
    ['navigates to a page with it', `location.href = '/?next'`],
    ['reloads', 'location.reload()'],
  ])('20 calls and in the same task the page %s: all arrive, once and in order', async (_, ending) => {
    const page = await open()
    await page.evaluate(`${calls} ${ending}`)
    await allArrive()
  })

  it('20 calls in pagehide: all arrive, once and in order', async () => {
    const page = await open()
    await page.evaluate(`addEventListener('pagehide', () => { ${calls} })`)
    await page.goto(`${server.url}/plain`)
    await allArrive()
  })

  it('20 calls and the tab is closed: all arrive, once and in order', async () => {
    const page = await open()
    await page.evaluate(calls)
    await page.close()
    await allArrive()
  })

  it('503 and the tab is closed: the next visit delivers all, once', async () => {
    isDown = true
    const page = await open()
    await page.evaluate(calls)
    await page.close()
    await expect.poll(() => batches().length).toBeGreaterThan(0)
    expect(arrived()).toEqual([])
    isDown = false
    await open()
    await allArrive(10_000)
  }, 30_000)

  it('offline, where analytics keeps calls in memory: they outlive the page, and are whose they were', async () => {
    const page = await open('/client')
    await page.evaluate(`analytics.identify('alice')`)
    await expect.poll(() => double.messages.length).toBe(1)
    await context.setOffline(true)
    await expect.poll(() => page.evaluate(`analytics.getState('context.offline')`)).toBe(true)
    await page.evaluate(calls)
    await expect.poll(() => page.evaluate('analytics.plugins.segment.state().waiting')).toBe(EVENTS)
    await page.close()
    await context.setOffline(false)
    await open('/client')
    await expect.poll(() => double.messages.length, { timeout: 10_000 }).toBe(EVENTS + 1)
    expect(new Set(double.messages.map(({ userId }) => userId))).toEqual(new Set(['alice']))
    expect(new Set(arrived())).toEqual(new Set([undefined, ...names]))
  }, 30_000)

  it('offline and back on one page: calls leave once, as the user who made them', async () => {
    await context.clock.install()
    const page = await open('/client')
    await page.evaluate(`analytics.identify('alice')`)
    await expect.poll(() => double.messages.length).toBe(1)
    await context.setOffline(true)
    await expect.poll(() => page.evaluate(`analytics.getState('context.offline')`)).toBe(true)
    await page.evaluate(`${calls} analytics.identify('bob')`)
    await context.setOffline(false)
    await expect.poll(() => double.messages.length, { timeout: 10_000 }).toBe(EVENTS + 2)
    const users = (type: string) => double.messages.flatMap((message) => (message.type === type ? message.userId : []))
    expect(new Set(users('track'))).toEqual(new Set(['alice']))
    expect(users('identify')).toEqual(['alice', 'bob'])
    await letTimePass(page)
    expect(double.messages.length).toBe(EVENTS + 2)
    expect(await page.evaluate('analytics.plugins.segment.state().waiting')).toBe(0)
  }, 30_000)
})
