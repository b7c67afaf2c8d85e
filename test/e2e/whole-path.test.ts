import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventPage, StoredEvent } from '../../src/collector/store'
import { launchBrowser, skipWithoutBrowser } from '../helpers/chromium'
import { type Started, startCommand } from '../helpers/start-command'
import { useBrowser } from '../helpers/use-browser'

const adminToken = 'a-token-for-the-whole-path'

interface Shown {
  payload: { type: string; event?: string; anonymousId: string | null; userId: string | null }
}

describe.skipIf(skipWithoutBrowser())('the whole path in a real browser', () => {
  const browser = useBrowser(launchBrowser)
  let dataDir: string
  let server: Started
  let site: Page
  let live: Page

  const start = () => startCommand({ DATA_DIR: dataDir, ADMIN_TOKEN: adminToken })
  const stored = async (): Promise<StoredEvent[]> => {
    const response = await fetch(`${server.origin}/admin/events?limit=100`, {
      headers: { authorization: `Bearer ${adminToken}` },
    })
    const { events } = (await response.json()) as EventPage
    return events
  }
  const cookie = async (name: string) =>
    (await site.context().cookies()).find((found) => found.name === name)?.value ?? null
  const row = (name: string) => live.locator('li.row').filter({ hasText: name })
  const delaysMs: Record<string, number> = {}
  /** The delay is printed, not asserted: on a busy machine the two browsers alone may need a second. */
  const appears = async (name: string) => {
    const start = performance.now()
    await row(name).first().waitFor({ timeout: 15_000 })
    delaysMs[name] = Math.round(performance.now() - start)
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'firsthand-path-'))
    server = await start()
    live = await (await browser.newContext()).newPage()
    await live.goto(server.liveLink)
    site = await (await browser.newContext()).newPage()
  }, 60_000)

  afterAll(async () => {
    await server?.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  it('takes the admin token out of the address and needs it', async () => {
    expect(live.url()).toBe(`${server.origin}/live`)
    expect((await fetch(`${server.origin}/live`)).status).toBe(401)
    expect((await fetch(`${server.origin}/admin/events`)).status).toBe(401)
  })

  it('shows page, track, identify and log-out in the live view as they happen', async () => {
    await site.goto(server.origin)
    await appears('page')

    await site.getByRole('button', { name: 'two-minute tour' }).click()
    await appears('Video Played')

    await site.getByLabel('Work email').fill('maria@northyard.example')
    await site.getByRole('button', { name: 'Sign up' }).click()
    await site.waitForURL('**/welcome')
    await appears('identify')
    await appears('Signed Up')

    await site.getByRole('button', { name: 'Log out' }).click()
    await appears('Logged Out')
    console.info('in the live view after (ms)', delaysMs)
  })

  it('stores each of them once, with the right ids', async () => {
    const events = (await stored()).reverse()
    expect(events.map((event) => [event.type, event.event ?? null, event.userId])).toEqual([
      ['page', null, null],
      ['track', 'Video Played', null],
      ['identify', null, 'user-maria'],
      ['track', 'Signed Up', 'user-maria'],
      ['page', null, 'user-maria'],
      ['track', 'Logged Out', 'user-maria'],
    ])
    expect(new Set(events.map((event) => event.anonymousId)).size).toBe(1)
    expect(new Set(events.map((event) => event.context.session?.id)).size).toBe(1)
    expect(events[2]?.traits).toEqual({ email: 'maria@northyard.example' })
  })

  it('shows the anonymous and the known events as one person', async () => {
    await expect
      .poll(() => live.locator('li.row .person').allTextContents())
      .toSatisfy((labels: string[]) => labels.every((label) => label.includes('user-maria')))
  })

  it('opens an event and shows its payload', async () => {
    await row('Video Played').getByRole('button', { name: 'Video Played' }).click()
    const details = live.locator('#details')
    await details.waitFor()
    const [played] = (await stored()).filter((event) => event.event === 'Video Played')
    expect(await details.textContent()).toContain(played?.messageId)
  })

  it('gives the walkthrough of the console: promise, payload and the two cookies', async () => {
    const call = (code: string) => site.evaluate<Shown>(code)
    expect(await cookie('__user_id')).toBeNull()

    const page = await call('analytics.page()')
    expect(page.payload).toMatchObject({ type: 'pageEnd', userId: null })
    expect(page.payload.anonymousId).toBe(await cookie('__anon_id'))

    const identify = await call(`analytics.identify('userid-123')`)
    expect(identify.payload).toMatchObject({
      type: 'identifyEnd',
      userId: 'userid-123',
      anonymousId: page.payload.anonymousId,
    })
    expect(await cookie('__user_id')).toBe('userid-123')

    const track = await call(`analytics.track('buttonClicked')`)
    expect(track.payload).toMatchObject({
      type: 'trackEnd',
      event: 'buttonClicked',
      userId: 'userid-123',
      anonymousId: page.payload.anonymousId,
    })
    await appears('buttonClicked')
  })

  it('gave the visitor a new anonymous id after the log-out', async () => {
    const [clicked] = await stored()
    const [first] = (await stored()).reverse()
    expect(clicked?.anonymousId).not.toBe(first?.anonymousId)
  })

  it('keeps what was tracked while the collector is down, and everything across a restart', async () => {
    const before = await stored()
    expect(await server.stop()).toBe(0)
    await site.evaluate(`analytics.track('While Down')`)

    const port = new URL(server.origin).port
    server = await startCommand({ DATA_DIR: dataDir, ADMIN_TOKEN: adminToken, PORT: port })
    await expect.poll(stored, { timeout: 20_000 }).toHaveLength(before.length + 1)

    const [newest, ...rest] = await stored()
    expect(newest?.event).toBe('While Down')
    expect(rest).toEqual(before)
    await row('While Down').waitFor({ timeout: 20_000 })
  }, 60_000)
})
