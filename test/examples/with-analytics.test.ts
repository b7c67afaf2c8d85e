import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../src/collector'
import { skipWithoutChromium } from '../helpers/chromium'
import { useBrowser } from '../helpers/use-browser'

const root = new URL('../..', import.meta.url).pathname
let shop: ChildProcess | undefined

afterEach(() => void shop?.kill('SIGKILL'))

/** The page's origin is part of the project, so the port has to be known before. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

async function start() {
  const port = await freePort()
  const env = { ...process.env, PORT: `${port}`, ADMIN_TOKEN: 'admin-token-of-a-test' }
  shop = spawn(process.execPath, ['examples/with-analytics/server.mjs'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  shop.stdout?.setEncoding('utf8').on('data', (text) => (output += text))
  await expect.poll(() => output, { timeout: 15_000 }).toContain('live view')
  return `http://127.0.0.1:${port}`
}

const storedAt = async (url: string) => {
  const headers = { authorization: 'Bearer admin-token-of-a-test' }
  const response = await fetch(`${url}/admin/events?limit=50`, { headers })
  return ((await response.json()) as { events: StoredEvent[] }).events.reverse()
}

describe.skipIf(skipWithoutChromium())('the page with analytics', { timeout: 60_000 }, () => {
  const browser = useBrowser()

  it('stores each call once, also that of a link that ends the page', async () => {
    const url = await start()
    const page = await (await browser.newContext()).newPage()
    await page.goto(url)
    await page.click('[data-track="Tea Tasted"]')
    await page.click('[data-identify]')
    await page.click('[data-track="Tea Ordered"]')
    await expect.poll(async () => (await storedAt(url)).length, { timeout: 10_000 }).toBe(5)
    const events = (await storedAt(url)).sort((a, b) => a.timestamp.localeCompare(b.timestamp))
    expect(events.map(({ type, event }) => event ?? type)).toEqual([
      'page',
      'Tea Tasted',
      'identify',
      'Tea Ordered',
      'page',
    ])
    expect(events.map(({ userId }) => userId)).toEqual([null, null, 'user-maria', 'user-maria', 'user-maria'])
    expect(new Set(events.map(({ anonymousId }) => anonymousId)).size).toBe(1)
    expect(new Set(events.map(({ context }) => context.session?.id)).size).toBe(1)
  })
})
