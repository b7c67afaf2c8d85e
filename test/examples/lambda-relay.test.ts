import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStitchDouble, type StitchDouble } from '../doubles/stitch/stitch-double'
import { startApiGateway } from '../helpers/api-gateway'
import { skipWithoutChromium } from '../helpers/chromium'
import { type Lambda, startLambda } from '../helpers/lambda'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

const root = fileURLToPath(new URL('../..', import.meta.url))
const example = join(root, 'examples/lambda-relay')
const files = {
  '/': { type: 'text/html', body: readFileSync(join(example, 'index.html'), 'utf8') },
  '/favicon.ico': { type: 'image/x-icon', body: '' },
  '/plain': { type: 'text/html', body: '<title>plain</title>' },
  '/firsthand.min.js': {
    type: 'text/javascript',
    body: readFileSync(join(root, 'dist/firsthand.min.js'), 'utf8'),
  },
}

describe.skipIf(skipWithoutChromium()).each(['1.0', '2.0'] as const)(
  'the relay to Stitch behind API Gateway %s',
  { timeout: 60_000 },
  (version) => {
    const browser = useBrowser()
    let context: BrowserContext
    let double: StitchDouble
    let stitch: LoopbackServer
    let gateway: Awaited<ReturnType<typeof startApiGateway>>
    let lambda: Lambda
    /** What Stitch does in place of its work: a status, or nothing at all. */
    let trouble: number | 'hangs' | undefined
    /** How long an answer of Stitch takes. */
    let delayMs: number

    beforeEach(async () => {
      trouble = undefined
      delayMs = 0
      double = createStitchDouble('secret-token')
      stitch = await startLoopbackServer(async ({ method, path, headers, body }, response) => {
        if (trouble === 'hangs') return
        const answer = trouble ? { status: trouble } : double.answer({ method, url: path, headers, body })
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        response.writeHead(answer.status).end('body' in answer ? answer.body : '')
      })
      gateway = await startApiGateway({ version, files, invoke: (event) => lambda.invoke(event) })
      start({ STITCH_TOKEN: 'secret-token', STITCH_HOST: stitch.url, STITCH_WEBHOOK_URL: '' })
      context = await browser.newContext()
    })
    afterEach(async () => {
      lambda.close()
      await gateway.close()
      await stitch.close()
    })

    const start = (env: Record<string, string>) => {
      lambda = startLambda(join(example, 'handler.mjs'), { SITE_ORIGIN: gateway.url, ...env })
    }
    const open = async (path = '/') => {
      const page = await context.newPage()
      await page.goto(gateway.url + path)
      return page
    }
    /** Entries in the journal. */
    const waiting = async () => {
      const page = context.pages().at(-1)
      return page?.evaluate(() => Object.keys(localStorage).filter((key) => /^__fh_q:(?!.*:lease$)/.test(key)))
    }
    const rows = () => double.tables.get('events') ?? []
    const haveArrived = (count: number, timeoutMs = 15_000) =>
      expect.poll(() => rows().length, { timeout: timeoutMs, interval: 50 }).toBe(count)
    /** Each page view is one row, and the page's own journal is empty. */
    const isSettled = async (count: number) => {
      await haveArrived(count)
      await expect.poll(waiting, { timeout: 15_000 }).toEqual([])
      expect(rows()).toHaveLength(count)
      expect(new Set(rows().map(({ message_id: id }) => id)).size).toBe(count)
    }

    it('stores one row for each load of the page, and tells the page no secret', async () => {
      const page = await open()
      await haveArrived(1)
      await page.reload()
      await page.goto(`${gateway.url}/?again`)
      await isSettled(3)
      for (const row of rows()) expect(row).toMatchObject({ type: 'page', user_id: null })
      expect(new Set(rows().map(({ anonymous_id: id }) => id)).size).toBe(1)
      expect(gateway.statuses.every((status) => status === 200)).toBe(true)
      expect(JSON.stringify(gateway.received)).not.toContain('secret-token')
    })

    it('has delivered when it answers, so that being frozen then loses nothing', async () => {
      delayMs = 500
      await open()
      // The process is stopped in the moment of its answer; what it had not sent by then would never leave.
      await expect.poll(() => gateway.statuses.length, { timeout: 15_000, interval: 5 }).toBe(1)
      expect(gateway.statuses).toEqual([200])
      expect(rows()).toHaveLength(1)
    })

    it('Stitch answers 503 and the tab is closed: the next load delivers both, once', async () => {
      trouble = 503
      const page = await open()
      await expect.poll(() => gateway.statuses.length, { timeout: 15_000 }).toBeGreaterThan(0)
      expect(new Set(gateway.statuses)).toEqual(new Set([503]))
      await page.close()
      trouble = undefined
      expect(rows()).toEqual([])
      await open()
      await isSettled(2)
    })

    it('Stitch hangs: the function answers 503 before its time is over, and the page delivers later', async () => {
      lambda.timeoutMs = { told: 1500, real: 1500 }
      trouble = 'hangs'
      await open()
      await expect.poll(() => gateway.statuses.length, { timeout: 15_000 }).toBeGreaterThan(0)
      expect(gateway.statuses[0]).toBe(503)
      trouble = undefined
      await isSettled(1)
    })

    it('Lambda ends the call while Stitch works: no 2xx, and the try after it makes no second row', async () => {
      lambda.timeoutMs = { told: 10_000, real: 1000 }
      delayMs = 2000
      await open()
      await expect.poll(() => gateway.statuses.length, { timeout: 15_000 }).toBeGreaterThan(0)
      expect(gateway.statuses[0]).toBe(502)
      expect(rows()).toHaveLength(1)
      delayMs = 0
      lambda.timeoutMs.real = 10_000
      await expect.poll(() => gateway.statuses.at(-1), { timeout: 20_000 }).toBe(200)
      await isSettled(1)
    })

    it('reaches an Incoming Webhook, whose secret address the page never sees, also after it answered 503', async () => {
      start({ STITCH_WEBHOOK_URL: `${stitch.url}/hook/secret`, STITCH_TOKEN: '' })
      const hooked = () => double.tables.get('webhook') ?? []
      trouble = 503
      await open()
      await expect.poll(() => gateway.statuses[0], { timeout: 15_000 }).toBe(503)
      expect(hooked()).toEqual([])
      trouble = undefined
      await expect.poll(() => hooked().length, { timeout: 15_000 }).toBe(1)
      expect(hooked()[0]).toMatchObject({ type: 'page', user_id: null })
      await expect.poll(() => gateway.statuses.at(-1)).toBe(200)
      expect(JSON.stringify(gateway.received)).not.toContain('/hook/')
    })

    it('refuses a wrong key before Stitch hears of it', async () => {
      const body = JSON.stringify({ projectKey: 'wrong', batch: [{ type: 'page', anonymousId: 'a' }] })
      const headers = { origin: gateway.url }
      const response = await fetch(`${gateway.url}/v1/batch`, { method: 'POST', headers, body })
      expect(response.status).toBe(401)
      expect(stitch.received).toEqual([])
    })
  },
)
