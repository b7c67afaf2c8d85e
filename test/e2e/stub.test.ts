import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Event } from '../../src/core/event'
import { bundle } from '../helpers/bundle'
import { launchBrowser, skipWithoutBrowser } from '../helpers/chromium'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'
import { read } from '../rules/source'

const readme = read('README.md')

/** The stub with the script behind it, and the page's own script, both word for word. */
const stub = /<!-- stub -->\n```html\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
const own = (/<script>\n {2}const analytics[\s\S]*?<\/script>/.exec(readme)?.[0] ?? '').replace(
  '<script>',
  '<script id="own">',
)

interface Site {
  server: LoopbackServer
  /** In the order in which they arrived. */
  events: Event[]
  /** Answers the script, which waits for it. */
  release(): void
}

const readFileOf = async () => {
  const { dir, remove } = await bundle({ 'firsthand.min': 'src/browser/script.ts' }, 'browser')
  const text = readFileSync(`${dir}/firsthand.min.js`, 'utf8')
  remove()
  return text
}

async function startSite(script: string | null): Promise<Site> {
  const events: Event[] = []
  const waiting: ServerResponse[] = []
  const server = await startLoopbackServer(({ path, body }, response) => {
    if (path === '/firsthand.min.js') return script ? waiting.push(response) : response.writeHead(404).end()
    if (path !== '/v1/batch')
      return response.setHeader('content-type', 'text/html').end(`<title>Site</title>${stub}${own}`)
    const { batch, context } = JSON.parse(body) as { batch: Event[]; context: object }
    events.push(...batch.map((event) => ({ ...event, context: { ...context, ...event.context } })))
    response.end(JSON.stringify({ success: true, accepted: batch.length, duplicates: 0, rejected: [] }))
  })
  const release = () => {
    for (const response of waiting) response.setHeader('content-type', 'text/javascript').end(script)
  }
  return { server, events, release }
}

const hasLoaded = (page: Page) => page.waitForFunction('window.firsthand.EVENTS')

describe.skipIf(skipWithoutBrowser())('the stub in a real browser', () => {
  const browser = useBrowser(launchBrowser)
  let page: Page
  let script: string
  let site: Site

  const open = async (withScript = true) => {
    site = await startSite(withScript ? script : null)
    await page.goto(site.server.url, { waitUntil: 'commit' })
    await page.waitForSelector('#own', { state: 'attached' })
  }

  beforeAll(async () => {
    script = await readFileOf()
  }, 60_000)
  beforeEach(async () => {
    page = await (await browser.newContext()).newPage()
  })
  afterEach(() => site.server.close())

  const pageTime = () => page.evaluate(() => Date.now())

  it('loses no call, repeats none, and keeps order and times', async () => {
    await page.clock.install()
    await open()
    await page.evaluate(`
      window.results = []
      window.log = (name) => ({ payload }) => results.push([name, payload.event ?? payload.type])
      window.track = analytics.track
      analytics.on('track', ({ payload }) => payload.event === 'second' && analytics.track('inside'))
      analytics.identify('userid-123', { plan: 'team' }).then(log('identify'))
      track('first', { a: 1 }, log('callback'))
      analytics.user('userId').then((id) => results.push(['user', id]))
      analytics.track('').catch(({ message }) => results.push(['error', message]))
      void 0 // Not the promise: the script would be waited for.
    `)
    const between = await pageTime()
    await page.clock.fastForward(700)
    await page.evaluate(`void analytics.track('second').then(log('second'))`)
    await page.clock.fastForward(300)
    const released = await pageTime()
    site.release()
    await hasLoaded(page)
    const after = (await page.evaluate(`(() => {
      analytics.track('third')
      track('fourth')
      return [analytics.user('userId'), Object.keys(analytics).includes('track'), results]
    })()`)) as unknown[]
    expect(after.slice(0, 2)).toEqual(['userid-123', true])
    await page.evaluate('analytics.flush()')

    const names = site.events.map(({ type, event }) => event ?? type)
    expect(names.filter((name) => name !== 'inside')).toEqual([
      'page',
      'identify',
      'first',
      'second',
      'third',
      'fourth',
    ])
    expect(names.filter((name) => name === 'inside').length).toBe(1)
    const at = (name: string) => Date.parse(site.events[names.indexOf(name)]?.timestamp ?? '')
    expect(at('page')).toBeLessThanOrEqual(between)
    expect(at('first')).toBeLessThanOrEqual(between)
    expect(at('second') - between).toBeGreaterThan(500)
    expect(at('second')).toBeLessThan(released)
    expect(at('third')).toBeGreaterThanOrEqual(released)
    expect(await page.evaluate('results')).toEqual(
      expect.arrayContaining([
        ['callback', 'first'],
        ['identify', 'identifyEnd'],
        ['second', 'second'],
        ['user', 'userid-123'],
        ['error', 'EventMissing'],
      ]),
    )
    expect(site.events[1]).toMatchObject({ userId: 'userid-123', traits: { plan: 'team' } })
    expect(new Set(site.events.map(({ anonymousId }) => anonymousId)).size).toBe(1)
  })

  it('leaves a page on its own address, where a single-page app has moved on', async () => {
    await open()
    await page.evaluate(
      `history.pushState({}, '', '/next?b=2'); void analytics.page(); history.pushState({}, '', '/last')`,
    )
    site.release()
    await hasLoaded(page)
    await page.evaluate('analytics.page().then(() => analytics.flush())')
    expect(site.events.map(({ context }) => context.page?.path)).toEqual(['/', '/next', '/last'])
    expect(site.events.map(({ properties }) => properties?.path)).toEqual(['/', '/next', '/last'])
    expect(site.events[1]?.context.page?.search).toBe('?b=2')
  })

  it('breaks nothing where the script is blocked: every promise settles', async () => {
    await page.clock.install()
    const errors: unknown[] = []
    page.on('pageerror', (error) => errors.push(error))
    await open(false)
    await page.evaluate(`window.result = 'none'; void analytics.track('x').then((value) => { result = value })`)
    await page.clock.fastForward(9000)
    expect(await page.evaluate('result')).toBe('none')
    await page.clock.fastForward(1000)
    expect(await page.evaluate('result')).toEqual({})
    expect(errors).toEqual([])
  })
})
