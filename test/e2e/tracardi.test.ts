import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveDouble } from '../doubles/double'
import { createTracardiDouble } from '../doubles/tracardi/tracardi-double'
import { bundle } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

describe.skipIf(skipWithoutChromium())('a page in Chromium that sends to Tracardi on another origin', () => {
  const browser = useBrowser()
  const double = createTracardiDouble({ site: { type: 'rest' } })
  let tracker: LoopbackServer
  let site: LoopbackServer
  let page: Page

  beforeAll(async () => {
    const { dir, remove } = await bundle({ page: 'test/e2e/tracardi-page.ts' }, 'browser')
    const script = readFileSync(join(dir, 'page.js'), 'utf8')
    remove()
    tracker = await serveDouble(double)
    site = await startLoopbackServer(({ path }, response) =>
      path.startsWith('/page.js')
        ? response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
        : response
            .writeHead(200, { 'content-type': 'text/html' })
            .end('<!doctype html><title>Prices</title><script src="/page.js"></script>'),
    )
    page = await (await browser.newContext({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156' })).newPage()
  }, 60_000)

  afterAll(() => Promise.all([tracker?.close(), site?.close()]))

  const visit = () => page.goto(`${site.url}/prices?host=${encodeURIComponent(tracker.url)}`)
  const call = (script: string) => page.evaluate(`void analytics.${script}`)
  const waitFor = (type: string) => expect.poll(() => double.events.map((event) => event.type)).toContain(type)

  it('gets a profile with the first answer and names it from then on, also after a reload', async () => {
    await visit()
    await call('page()')
    await waitFor('page-view')
    await call(`identify('userid-123', { plan: 'pro' })`)
    await waitFor('identification')
    await visit()
    await call(`track('after reload')`)
    await waitFor('after reload')
    expect(double.profiles.size).toBe(1)
    expect(double.sessions.size).toBe(1)
    const posts = tracker.received.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body))
    expect(posts.map(({ profile }) => profile?.id ?? null)).toEqual([
      null,
      ...Array(posts.length - 1).fill([...double.profiles][0]),
    ])
    const view = double.events.find(({ type }) => type === 'page-view')
    expect(view?.context).toMatchObject({ page: { title: 'Prices', path: '/prices' } })
  })

  it('loses nothing when the page is left: what needs a preflight waits for the next visit', async () => {
    await call(`track('at the end')`)
    await page.goto('about:blank')
    await visit()
    await waitFor('at the end')
    expect(double.events.filter(({ type }) => type === 'at the end')).toHaveLength(1)
  })

  it.each([
    ['localStorage', (id: string) => `localStorage.setItem('tracardi-profile-id', '${id}')`],
    ['a cookie', (id: string) => `document.cookie = '__tr_pid=${id}; path=/'`],
  ])('takes over the profile that the official tracker left in %s', async (place, leave) => {
    double.profiles.add('old-profile')
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156'
    page = await (await browser.newContext({ userAgent })).newPage()
    // Before the client is there.
    await page.addInitScript(`${leave('old-profile')}`)
    const before = double.profiles.size
    await visit()
    await call(`track('${place}')`)
    await waitFor(place)
    expect(double.events.find(({ type }) => type === place)?.profileId).toBe('old-profile')
    expect(double.profiles.size).toBe(before)
  })
})
