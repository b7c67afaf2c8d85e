import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CollectorOptions, createCollector as CreateCollector } from '../../../src/collector'
import type { serve as Serve } from '../../../src/collector/node/serve'
import { bundle } from '../../helpers/bundle'
import { launchChromium, skipWithoutChromium } from '../../helpers/chromium'
import { createFakeStore } from '../../helpers/fake-store'
import { useBrowser } from '../../helpers/use-browser'
import { adminToken } from '../helpers/test-collector'

/** For a look at the page: SCREENSHOTS=/some/folder. */
const folder = process.env.SCREENSHOTS

describe.skipIf(skipWithoutChromium())('the page of the diagnosis in Chromium', { timeout: 30_000 }, () => {
  const browser = useBrowser(() => launchChromium(['--host-resolver-rules=MAP *.test 127.0.0.1']))
  let createCollector: typeof CreateCollector
  let serve: typeof Serve
  let remove: () => void
  const closers: (() => unknown)[] = []

  beforeAll(async () => {
    const made = await bundle({ collector: 'src/collector/index.ts', serve: 'src/collector/node/serve.ts' })
    remove = made.remove
    createCollector = (await import(/* @vite-ignore */ `${made.dir}/collector.mjs`)).createCollector
    serve = (await import(/* @vite-ignore */ `${made.dir}/serve.mjs`)).serve
  }, 60_000)
  afterAll(() => remove?.())
  afterEach(async () => {
    for (const close of closers.splice(0)) await close()
  })

  interface Given {
    options?: Partial<CollectorOptions>
    host?: string
    /** What a proxy does to an answer. */
    proxy?: (answer: Response) => Response
    width?: number
    origins?: string[]
  }

  async function open({ options, host = 'www.shop.test', proxy = (answer) => answer, width = 1100, origins }: Given) {
    const collector = createCollector({
      projects: [{ id: 'shop', key: 'pk', origins: origins ?? ['http://www.shop.test', 'https://*.shop.test'] }],
      store: createFakeStore(),
      adminToken,
      cookies: true,
      log: () => {},
      ...options,
    })
    const server = await serve(
      { ...collector, fetch: async (...asked) => proxy(await collector.fetch(...asked)) },
      { port: 0 },
    )
    closers.push(server.close)
    const context = await browser.newContext({ viewport: { width, height: 900 } })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    const base = `http://${host}:${new URL(server.url).port}${options?.basePath ?? ''}`
    await page.goto(`${base}/diagnose?token=${adminToken}`)
    await page.locator('body[data-done]').waitFor()
    return { page, faults, base, context }
  }

  const verdict = async (page: Page) => ({
    status: await page.locator('#verdict').getAttribute('data-status'),
    title: await page.locator('#verdict h2').textContent(),
  })
  const titles = (page: Page) => page.locator('.finding h3').allTextContents()
  const shoot = async (page: Page, name: string) => {
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
  }

  it('says that all is well, and fits a narrow screen', async () => {
    const { page, faults, base } = await open({})
    expect(page.url()).toBe(`${base}/diagnose`)
    expect(await verdict(page)).toEqual({ status: 'good', title: 'Cookies live for 400 days, also in Safari' })
    expect(await titles(page)).toContain('Set-Cookie survives')
    await shoot(page, 'diagnose-wide')
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await shoot(page, 'diagnose-narrow')
    await page.emulateMedia({ colorScheme: 'dark' })
    await shoot(page, 'diagnose-dark')
    expect(faults).toEqual([])
    // What was tried out is gone.
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('__fh_probe')
  })

  it('works below a base path', async () => {
    const { page, faults } = await open({ options: { basePath: '/e' } })
    expect(await verdict(page)).toMatchObject({ status: 'good' })
    expect(faults).toEqual([])
  })

  it('sees a proxy that takes Set-Cookie away', async () => {
    const proxy = (answer: Response) => {
      const headers = new Headers(answer.headers)
      const isAdmin = headers.get('set-cookie')?.startsWith('__fh_admin') ?? false
      if (!isAdmin) headers.delete('set-cookie')
      return new Response(answer.body, { status: answer.status, headers })
    }
    const { page } = await open({ proxy })
    expect(await verdict(page)).toMatchObject({ status: 'bad', title: 'In Safari, cookies live for 7 days' })
    expect(await titles(page)).toContain('Set-Cookie gets lost')
    await shoot(page, 'diagnose-lost')
  })

  it('sees a proxy that makes cookies HttpOnly', async () => {
    const proxy = (answer: Response) => {
      const headers = new Headers(answer.headers)
      const cookies = headers.getSetCookie().map((text) => `${text}; HttpOnly`)
      headers.delete('set-cookie')
      for (const text of cookies) headers.append('set-cookie', text)
      return new Response(answer.body, { status: answer.status, headers })
    }
    const { page } = await open({ proxy })
    expect(await titles(page)).toContain('Something makes cookies HttpOnly')
  })

  it('tells of another site, of another page when asked, and shows nothing as markup', async () => {
    const { page } = await open({ host: 'collect.other.test' })
    expect(await verdict(page)).toMatchObject({ status: 'bad' })
    expect(await titles(page)).toContain('The cookies would not reach the page')
    await page.getByLabel('Page').fill('http://collect.other.test/<img src=x onerror=alert(1)>')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.locator('#verdict', { hasText: '400 days' }).waitFor()
    expect(await page.locator('main img').count()).toBe(0)
  })
})
