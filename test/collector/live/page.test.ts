import { createAdaptorServer } from '@hono/node-server'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAdminAuth } from '../../../src/collector/admin-auth'
import type { createLiveView as CreateLiveView } from '../../../src/collector/live/create-live-view'
import type { StoredEvent } from '../../../src/collector/store'
import { bundle } from '../../helpers/bundle'
import { skipWithoutChromium } from '../../helpers/chromium'
import { createFakeFeed, createFakeStore, newEvent, storedEvent } from '../../helpers/fake-store'
import { type TestBrowser, useBrowser } from '../../helpers/use-browser'

const adminToken = 'correct-horse-battery'

let browser: TestBrowser
let createLiveView: typeof CreateLiveView
let removeBundle: () => void
const cleanUps: (() => unknown)[] = []

/** A collector with a live view and a page that is signed in by the link. */
async function openPage(options: { before?: StoredEvent[]; viewport?: { width: number; height: number } } = {}) {
  const store = createFakeStore()
  const feed = createFakeFeed()
  const closing = new AbortController()
  const adminAuth = createAdminAuth(adminToken)
  const view = createLiveView({ store, feed, adminAuth, projectKey: 'demo', signal: closing.signal })
  const arrive = async (...events: StoredEvent[]) => {
    await store.append(events.map(newEvent))
    feed.publish(events)
  }
  await arrive(...(options.before ?? []))
  const server = createAdaptorServer({ fetch: view.fetch }) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const context = await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  cleanUps.push(
    () => closing.abort(),
    () => server.close(),
    () => server.closeAllConnections(),
  )
  await page.goto(`${origin}/live?token=${adminToken}`)
  await page.locator('#connection', { hasText: 'Live' }).waitFor()
  return { page, origin, arrive, faults, context, server }
}

const rows = (page: Page) => page.locator('.row')
const labels = (page: Page) => page.locator('.row .label').allTextContents()

describe.skipIf(skipWithoutChromium())('the live view in Chromium', { timeout: 30_000 }, () => {
  browser = useBrowser()

  beforeAll(async () => {
    const { dir, remove } = await bundle({ view: 'src/collector/live/create-live-view.ts' })
    removeBundle = remove
    createLiveView = (await import(/* @vite-ignore */ `${dir}/view.mjs`)).createLiveView
  })
  afterAll(() => removeBundle?.())
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp()
  })

  it('draws and opens events whose context is not what it should be, and the ones around them', async () => {
    const odd = { toString: 1, valueOf: 1 }
    const contexts = [
      { page: { path: odd, search: 1, title: odd, url: odd, referrer: odd } },
      { session: { id: odd, number: odd, start: odd }, sequence: { instance: odd, number: odd } },
      { page: { path: '/x', search: 1 } },
    ]
    const hostile = contexts.map((context) =>
      storedEvent({ type: 'page', context: context as unknown as StoredEvent['context'] }),
    )
    const { page, faults } = await openPage({ before: [storedEvent({}), ...hostile, storedEvent({})] })
    await expect.poll(() => rows(page).count()).toBe(5)
    for (const index of [1, 2, 3]) {
      await rows(page).nth(index).locator('.open').click()
      await page.locator('#details .facts').waitFor()
    }
    expect(faults).toEqual([])
  })

  it('is opened by the link, whose token does not stay in the address', async () => {
    const { page, origin, context } = await openPage()
    expect(page.url()).toBe(`${origin}/live`)
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
    await page.reload()
    await page.locator('#connection', { hasText: 'Live' }).waitFor()
  })

  it('is opened by a link on another site as well, although the cookie is strict', async () => {
    const { page, origin } = await openPage()
    const elsewhere = origin.replace('127.0.0.1', 'localhost')
    for (const target of ['/live', `/live?token=${adminToken}`]) {
      await page.goto(`${elsewhere}/live`)
      await page.evaluate((address) => {
        const link = document.createElement('a')
        link.href = address
        document.body.append(link)
        link.click()
      }, origin + target)
      await page.locator('#connection', { hasText: 'Live' }).waitFor()
      expect(page.url()).toBe(`${origin}/live`)
    }
  })

  it('says what to do while there is no event, with the real address and key', async () => {
    const { page, origin, arrive, faults } = await openPage()
    const empty = page.locator('.empty')
    await empty.waitFor()
    expect(await empty.textContent()).toContain(`endpoint: '${origin}', projectKey: 'demo'`)
    expect(await empty.textContent()).toContain(`${origin}/v1/batch`)
    await arrive(storedEvent({ event: 'Hello' }))
    await rows(page).first().waitFor()
    expect(await empty.count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('shows events as they are stored, newest first, within a second', async () => {
    const { page, arrive } = await openPage({ before: [storedEvent({ event: 'old' })] })
    await rows(page).first().waitFor()
    const start = Date.now()
    await arrive(storedEvent({ event: 'new', context: { page: { path: '/pricing', search: '?a=1' } } }))
    await page.locator('.row', { hasText: 'new' }).waitFor()
    expect(Date.now() - start).toBeLessThan(1_000)
    expect(await page.locator('.row .open').allTextContents()).toEqual(['new', 'old'])
    expect(await rows(page).first().locator('.path').textContent()).toBe('/pricing?a=1')
    await page.locator('[data-counter=events]', { hasText: '2' }).waitFor()
  })

  it('shows what an event contains as text, whatever it is', async () => {
    const evil = '<img src=x onerror="document.title = 1">'
    const { page, faults } = await openPage({
      before: [storedEvent({ event: evil, anonymousId: evil, userId: evil, properties: { evil, path: evil } })],
    })
    await rows(page).first().waitFor()
    await page.locator('.open').first().click()
    expect(await page.locator('.details h2').textContent()).toBe(evil)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('Live - firsthand')
    expect(faults).toEqual([])
  })

  it('moves the anonymous events of a visitor to the user when the visitor identifies', async () => {
    const { page, arrive } = await openPage({
      before: [
        storedEvent({ anonymousId: 'anonymous-abcd' }),
        storedEvent({ anonymousId: 'anonymous-wxyz' }),
        storedEvent({ anonymousId: 'anonymous-abcd' }),
      ],
    })
    await rows(page).nth(2).waitFor()
    expect(await labels(page)).toEqual(['visitor abcd', 'visitor wxyz', 'visitor abcd'])
    const user = { anonymousId: 'anonymous-abcd', userId: 'userid-123' }
    await arrive(storedEvent({ type: 'identify', ...user, traits: { email: 'ada@example.com' } }))
    await rows(page).nth(3).waitFor()
    expect(await labels(page)).toEqual(['userid-123', 'userid-123', 'visitor wxyz', 'userid-123'])
    const hues = await page
      .locator('.row .face')
      .evaluateAll((faces) => faces.map((face) => face.getAttribute('style')))
    expect(new Set([hues[0], hues[1], hues[3]]).size).toBe(1)
    expect(hues[2]).not.toBe(hues[0])
  })

  it('knows from the store who an anonymous visitor is when the page is opened later', async () => {
    const user = { anonymousId: 'anonymous-abcd', userId: 'userid-123' }
    const many = Array.from({ length: 220 }, () => storedEvent({ anonymousId: 'anonymous-wxyz' }))
    const { page } = await openPage({
      before: [storedEvent({ type: 'identify', ...user }), ...many, storedEvent({ anonymousId: 'anonymous-abcd' })],
    })
    await rows(page).nth(10).waitFor()
    expect((await labels(page))[0]).toBe('userid-123')
  })

  it('shows the whole history of a person, also what was stored before the page was opened', async () => {
    const user = { anonymousId: 'anonymous-abcd', userId: 'userid-123' }
    const many = Array.from({ length: 220 }, () => storedEvent({ anonymousId: 'anonymous-wxyz' }))
    const { page } = await openPage({
      before: [
        storedEvent({ event: 'first of all', anonymousId: 'anonymous-abcd' }),
        storedEvent({ type: 'identify', ...user }),
        ...many,
        storedEvent({ event: 'last of all', ...user }),
      ],
    })
    await rows(page).nth(10).waitFor()
    await page.locator('.row .person').first().click()
    await page.locator('.chosen', { hasText: 'whole history' }).waitFor()
    await expect
      .poll(() => page.locator('.row .open').allTextContents())
      .toEqual(['last of all', 'is userid-123', 'first of all'])
    await page.locator('.clear').click()
    await expect.poll(() => rows(page).count()).toBe(200)
  })

  it('opens an event with key facts and payload, and is worked by keyboard', async () => {
    const event = storedEvent({
      messageId: 'message-1',
      properties: { price: 29 },
      context: { page: { url: 'https://site.test/pricing' }, session: { id: 'session-1', number: 3, start: 0 } },
    })
    const { page } = await openPage({ before: [storedEvent({ event: 'below' }), event] })
    await rows(page).first().waitFor()
    await page.locator('.search').focus()
    await page.keyboard.press('Escape')
    await page.locator('.open[tabindex="0"]').focus()
    await page.keyboard.press('Enter')
    const details = page.locator('.details')
    await details.waitFor()
    const text = await details.textContent()
    for (const fact of ['message-1', 'session-1', 'number 3', 'https://site.test/pricing']) expect(text).toContain(fact)
    expect(JSON.parse((await page.locator('.json').textContent()) ?? '')).toEqual(event)
    await page.keyboard.press('ArrowDown')
    await page.locator('.details h2', { hasText: 'below' }).waitFor()
    await page.keyboard.press('Escape')
    await details.waitFor({ state: 'hidden' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('below')
  })

  it('filters by type and by free text', async () => {
    const { page, arrive } = await openPage({
      before: [
        storedEvent({ type: 'page', name: 'Home' }),
        storedEvent({ event: 'Order Completed', properties: { coupon: 'SPRING' } }),
        storedEvent({ event: 'Search' }),
      ],
    })
    await rows(page).nth(2).waitFor()
    await page.locator('.types button', { hasText: 'page' }).click()
    await expect.poll(() => page.locator('.row .open').allTextContents()).toEqual(['Home'])
    await page.locator('.types button', { hasText: 'all' }).click()
    await page.keyboard.press('/')
    await page.keyboard.type('spring order')
    await expect.poll(() => page.locator('.row .open').allTextContents()).toEqual(['Order Completed'])
    await page.keyboard.type(' nothing has this')
    await page.locator('.empty', { hasText: 'Nothing matches' }).waitFor()
    await arrive(storedEvent({ event: 'spring order: nothing has this' }))
    await expect.poll(() => rows(page).count()).toBe(1)
  })

  it('keeps the list still while it is paused, and counts what is new', async () => {
    const { page, arrive } = await openPage({ before: [storedEvent({ event: 'before' })] })
    await rows(page).first().waitFor()
    await page.locator('.pause').click()
    await arrive(storedEvent(), storedEvent())
    await page.locator('.pause', { hasText: 'Resume · 2 new' }).waitFor()
    expect(await rows(page).count()).toBe(1)
    await page.locator('.pause').click()
    await expect.poll(() => rows(page).count()).toBe(3)
  })

  it('takes 5,000 events without freezing, and keeps at most 500 rows', async () => {
    const { page, arrive } = await openPage({ before: [storedEvent()] })
    await rows(page).first().waitFor()
    await page.evaluate(() => {
      let last = performance.now()
      const state = { longest: 0 }
      Object.assign(window, { state })
      setInterval(() => {
        const now = performance.now()
        state.longest = Math.max(state.longest, now - last)
        last = now
      }, 10)
    })
    for (let batch = 0; batch < 100; batch++) await arrive(...Array.from({ length: 50 }, () => storedEvent()))
    await page.locator('[data-counter=events]', { hasText: /5.?001/ }).waitFor()
    expect(await rows(page).count()).toBe(500)
    const longest = await page.evaluate(() => (window as unknown as { state: { longest: number } }).state.longest)
    expect(longest).toBeLessThan(1_500)
  })

  it('says when the connection is lost, and misses nothing when it is back', async () => {
    const { page, arrive, server } = await openPage({ before: [storedEvent({ event: 'before' })] })
    await rows(page).first().waitFor()
    const { port } = server.address() as AddressInfo
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await page.locator('#connection', { hasText: 'Reconnecting' }).waitFor()
    await arrive(storedEvent({ event: 'meanwhile' }))
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    await expect
      .poll(() => page.locator('.row .open').allTextContents(), { timeout: 8_000 })
      .toEqual(['meanwhile', 'before'])
    await page.locator('#connection', { hasText: 'Live' }).waitFor()
  })

  it.each([360, 1600])('fits a window of %i pixels', async (width) => {
    const long = 'A very long name '.repeat(20)
    const { page } = await openPage({
      viewport: { width, height: 740 },
      before: [storedEvent({ event: long, userId: long, context: { page: { path: `/${long}` } } }), storedEvent()],
    })
    await rows(page).nth(1).waitFor()
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await page.locator('.open').first().click()
    await page.locator('.details').waitFor()
    expect(await overflow()).toBeLessThanOrEqual(0)
    await page.keyboard.press('Escape')
    await page.locator('.details').waitFor({ state: 'hidden' })
  })
})
