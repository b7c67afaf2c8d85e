import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { skipWithoutChromium } from '../helpers/chromium'
import { freePort } from '../helpers/free-port'
import { type CliRun, runCli } from '../helpers/run-cli'
import { storedEvents } from '../helpers/stored-events'
import { useBrowser } from '../helpers/use-browser'

const ADMIN_TOKEN = 'admin-token-of-a-test'

describe.skipIf(skipWithoutChromium())('the shop on Express', { timeout: 60_000 }, () => {
  const browser = useBrowser()
  let folder: string
  let ports: { shop: number; collector: number }
  let collector: CliRun
  let shop: CliRun
  let page: Page

  /** As its README says. */
  async function startCollector() {
    const origin = `http://localhost:${ports.shop}`
    const env = { PORT: `${ports.collector}`, DATA_DIR: join(folder, 'data'), ADMIN_TOKEN }
    collector = runCli('dist/cli.js', ['serve', '--origin', origin], env)
    await collector.until(/\/live/)
  }
  async function startShop() {
    const env = { COLLECTOR: urlOf('collector'), QUEUE_DIR: join(folder, 'queue'), PORT: `${ports.shop}` }
    shop = runCli('examples/node-backend/server.mjs', [], env)
    await shop.until(/shop +http/)
  }
  const urlOf = (name: 'shop' | 'collector') => `http://localhost:${ports[name]}`

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firsthand-'))
    ports = { shop: await freePort(), collector: await freePort() }
    await Promise.all([startCollector(), startShop()])
    page = await (await browser.newContext()).newPage()
    await page.goto(urlOf('shop'))
  })
  afterEach(async () => {
    shop?.process.kill('SIGKILL')
    await collector?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const stored = () => storedEvents(urlOf('collector'), ADMIN_TOKEN)
  const haveArrived = (count: number) =>
    expect.poll(async () => (await stored()).length, { timeout: 20_000 }).toBe(count)

  it("stores the browser's pages and the server's orders as one visit of one person, before and after signing in", async () => {
    await page.click('text=Buy for 9')
    await page.waitForSelector('[role=status]')
    await page.click('text=Sign in')
    await page.waitForSelector('text=Signed in as user-maria')
    await page.click('text=Buy for 9')
    await page.waitForSelector('[role=status]')
    await haveArrived(7)
    const events = await stored()
    expect(events.map(({ type, userId }) => [type, userId])).toEqual([
      ['page', null],
      ['track', null],
      ['page', null],
      ['identify', 'user-maria'],
      ['page', 'user-maria'],
      ['track', 'user-maria'],
      ['page', 'user-maria'],
    ])
    const [, order] = events
    expect(order).toMatchObject({ event: 'Order Completed', properties: { total: 9 } })
    expect(new Set(events.map(({ anonymousId }) => anonymousId)).size).toBe(1)
    expect(new Set(events.map(({ context }) => context.session?.id)).size).toBe(1)
    expect(shop.output()).not.toMatch(/error/i)
  })

  it('makes somebody new of whoever comes after a sign-out', async () => {
    await page.click('text=Sign in')
    await page.click('text=Sign out')
    await page.waitForSelector('text=Not signed in')
    await page.click('text=Buy for 9')
    await page.waitForSelector('[role=status]')
    await haveArrived(6)
    const events = await stored()
    const order = events.find(({ event }) => event === 'Order Completed')
    expect(order?.userId).toBeNull()
    expect(order?.anonymousId).not.toBe(events[0]?.anonymousId)
  })

  it('delivers an order once that was made without a collector by a process that was killed', async () => {
    await haveArrived(1)
    await collector.stop()
    await page.click('text=Buy for 9')
    await page.waitForSelector('[role=status]')
    await page.close()
    shop.process.kill('SIGKILL')
    await shop.exit
    await Promise.all([startCollector(), startShop()])
    await haveArrived(2)
    expect((await stored()).map(({ event }) => event ?? 'page')).toEqual(['page', 'Order Completed'])
  })

  it('sends what waits before it ends by a signal', async () => {
    await haveArrived(1)
    await page.click('text=Buy for 9')
    await shop.stop()
    expect((await stored()).map(({ event }) => event)).toContain('Order Completed')
  })
})
