import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../src/collector/store'
import { bundle } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { type CliRun, runCli } from '../helpers/run-cli'
import { useBrowser } from '../helpers/use-browser'

const siteDir = 'examples/marketing-site'

/** The real SDK, the real collector with its embedded store, the site as the start command serves it. */
describe.skipIf(skipWithoutChromium())('the marketing site', { timeout: 30_000 }, () => {
  const browser = useBrowser()
  let cli: CliRun
  let origin: string
  let live: string
  let page: Page
  let faults: string[]
  const removals: (() => void)[] = []

  beforeAll(async () => {
    const [command, script] = await Promise.all([
      bundle({ cli: 'src/cli/index.ts' }),
      bundle({ script: 'src/browser/script.ts' }, 'browser'),
    ])
    removals.push(command.remove, script.remove)
    copyFileSync(join(script.dir, 'script.js'), join(command.dir, 'firsthand.min.js'))
    const env = { PORT: '0', DATA_DIR: join(command.dir, 'data') }
    cli = runCli(join(command.dir, 'cli.mjs'), ['serve', '--site', siteDir], env)
    live = (await cli.until(/live view +(\S+)/))[1] ?? ''
    origin = new URL(live).origin
  })
  afterAll(async () => {
    await cli?.stop()
    for (const remove of removals) remove()
  })
  beforeEach(async () => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    page = await context.newPage()
    faults = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('response', (response) => response.status() >= 400 && faults.push(`${response.status()} ${response.url()}`))
  })

  const cookie = async (name: string) =>
    decodeURIComponent((await page.context().cookies()).find((found) => found.name === name)?.value ?? '')

  async function storedOf(anonymousId: string): Promise<StoredEvent[]> {
    const token = new URL(live).searchParams.get('token') ?? ''
    const address = `${origin}/admin/events?anonymousId=${encodeURIComponent(anonymousId)}`
    const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } })
    return ((await response.json()) as { events: StoredEvent[] }).events.reverse()
  }

  it('sends visit, click, sign-up and log-out with the right ids, and the live view shows them as one person', async () => {
    const watcher = await page.context().newPage()
    await watcher.goto(live)
    await watcher.locator('#connection', { hasText: 'Live' }).waitFor()

    await page.goto(origin)
    await page.locator('.panel-last', { hasText: 'page' }).waitFor()
    const anonymousId = await cookie('__anon_id')
    expect(anonymousId).not.toBe('')
    await page.getByRole('button', { name: 'two-minute tour' }).click()
    await page.fill('#email', 'maria@northyard.example')
    await page.locator('form button').click()
    await page.waitForURL('**/welcome')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('link', { name: 'Sign up' }).waitFor()
    expect(await cookie('__user_id')).toBe('')

    const what = ({ type, event, name, userId }: StoredEvent) => [type, event ?? name ?? null, userId]
    await expect.poll(async () => (await storedOf(anonymousId)).length, { timeout: 5_000 }).toBe(6)
    const events = await storedOf(anonymousId)
    expect(
      events.map(what).map(([type, name, userId]) => (type === 'page' ? [type, userId] : [type, name, userId])),
    ).toEqual([
      ['page', null],
      ['track', 'Video Played', null],
      ['identify', null, 'user-maria'],
      ['track', 'Signed Up', 'user-maria'],
      ['page', 'user-maria'],
      ['track', 'Logged Out', 'user-maria'],
    ])
    expect(events[2]?.traits).toMatchObject({ email: 'maria@northyard.example' })
    await watcher.locator('.row', { hasText: 'Logged Out' }).waitFor({ timeout: 1_000 })
    const labels = await watcher.locator('.row .label').allTextContents()
    expect(new Set(labels)).toEqual(new Set(['user-maria']))

    await page.goto(`${origin}/pricing`)
    await page.locator('.panel-last', { hasText: 'page' }).waitFor()
    expect(await cookie('__anon_id')).not.toBe(anonymousId)
    expect(faults).toEqual([])
  })

  it('has an event in the live view within a second of the click', async () => {
    const watcher = await (await browser.newContext()).newPage()
    await watcher.goto(live)
    await page.goto(`${origin}/welcome`)
    // Its own page visit is through, so that nothing but the click is measured.
    await watcher.locator('.row', { hasText: 'Welcome' }).first().waitFor()
    const rows = watcher.locator('.row', { hasText: 'buttonClicked' })
    const before = await rows.count()
    await page.getByRole('button', { name: 'Add a class' }).click()
    await expect.poll(() => rows.count(), { timeout: 1_000, interval: 20 }).toBe(before + 1)
  })

  it('answers the calls of the console with the payload, and shows payload and cookies', async () => {
    await page.goto(origin)
    await page.locator('.panel-last', { hasText: 'page' }).waitFor()
    const call = (expression: string) =>
      page.evaluate(expression) as Promise<{ payload: Record<string, unknown> & { meta: Record<string, unknown> } }>
    const visit = await call('analytics.page()')
    expect(visit.payload).toMatchObject({ userId: null, anonymousId: await cookie('__anon_id') })
    const identified = await call("analytics.identify('userid-123')")
    expect(identified.payload).toMatchObject({ userId: 'userid-123', anonymousId: visit.payload.anonymousId })
    const clicked = await call("analytics.track('buttonClicked')")
    expect(clicked.payload).toMatchObject({ event: 'buttonClicked', userId: 'userid-123' })
    expect(await cookie('__user_id')).toBe('userid-123')
    expect(await page.locator('[data-cookie=__user_id]').textContent()).toBe('userid-123')
    expect(JSON.parse((await page.locator('.panel pre').textContent()) ?? '')).toMatchObject({ event: 'buttonClicked' })
    expect(faults).toEqual([])
  })

  it.each([360, 1600])('fits a window of %i pixels, and nothing covers its sign-up', async (width) => {
    await page.setViewportSize({ width, height: 740 })
    for (const path of ['/', '/pricing', '/welcome']) {
      await page.goto(origin + path)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, path).toBeLessThanOrEqual(0)
    }
    await page.goto(origin)
    await page.locator('form button').click({ trial: true, timeout: 3_000 })
  })
})
