import { describe, expect, it } from 'vitest'
import type { CollectorOptions, RequestInfo } from '../../../src/collector'
import type { Diagnosis, Finding } from '../../../src/collector/diagnose/findings'
import { adminToken, testCollector } from '../helpers/test-collector'

type Report = Diagnosis & { page: string | null; pages: string[] }

interface Given {
  options?: Partial<CollectorOptions>
  path?: string
  base?: string
  headers?: Record<string, string>
  info?: RequestInfo
  method?: string
}

function ask({
  options,
  path = '/diagnose',
  base = 'https://collect.shop.example',
  headers,
  info,
  method,
}: Given = {}) {
  const { collector } = testCollector({ cookies: true, ...options })
  const authorization = `Bearer ${adminToken}`
  return collector.fetch(new Request(base + path, { method, headers: { authorization, ...headers } }), info)
}

async function report(given: Given = {}): Promise<Report & { statusOf(id: string): Finding['status'] | undefined }> {
  const body = (await (await ask(given)).json()) as Report
  return { ...body, statusOf: (id) => body.findings.find((finding) => finding.id === id)?.status }
}

const hosts = (records: Record<string, { aliases?: string[]; addresses?: string[] }>): RequestInfo => ({
  resolveHost: async (host) => ({ aliases: [], addresses: [], ...records[host] }),
})

describe('GET /diagnose', () => {
  it('is for the owner alone, with all that belongs to it', async () => {
    for (const [method, path] of [
      ['GET', '/diagnose'],
      ['GET', '/diagnose/report'],
      ['POST', '/diagnose/probe'],
    ]) {
      const answer = await ask({ method, path, headers: { authorization: 'Bearer wrong' } })
      expect([answer.status, answer.headers.getSetCookie()], path).toEqual([401, []])
    }
  })

  it('is not there without an admin token', async () => {
    expect((await ask({ options: { adminToken: undefined } })).status).toBe(404)
  })

  it('is a page for browsers and JSON for others, neither of them kept', async () => {
    const page = await ask({ headers: { accept: 'text/html,*/*' } })
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const json = await ask()
    expect(json.headers.get('content-type')).toMatch(/^application\/json/)
    expect([page, json].map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store'])
    expect(page.headers.get('vary')).toContain('Accept')
  })

  it('takes the first listed page where none is named, and refuses what is no page', async () => {
    expect(await report()).toMatchObject({
      page: 'https://shop.example',
      pages: ['https://shop.example', 'http://localhost:3000'],
    })
    for (const page of ['javascript:alert(1)', 'shop', `https://a/${'a'.repeat(600)}`, 'data:text/html,<b>']) {
      const answer = await ask({ path: `/diagnose?page=${encodeURIComponent(page)}` })
      expect(answer.status).toBe(400)
      expect(await answer.text()).not.toContain('alert')
    }
  })

  it('says 400 days on the page’s own host', async () => {
    const { verdict, statusOf } = await report({ base: 'https://shop.example' })
    expect(verdict).toMatchObject({ status: 'good', days: 400 })
    expect([statusOf('origin'), statusOf('domain'), statusOf('https'), statusOf('proxy')]).toEqual([
      ...['good', 'good', 'good', 'good'],
    ])
  })

  it('says of a subdomain what DNS says', async () => {
    const own = { 'shop.example': { addresses: ['203.0.113.1'] } }
    const near = hosts({ ...own, 'collect.shop.example': { addresses: ['203.0.5.1'] } })
    const far = hosts({ ...own, 'collect.shop.example': { addresses: ['198.51.100.1'] } })
    const cloaked = hosts({
      ...own,
      'collect.shop.example': { aliases: ['x.vendor.example'], addresses: ['203.0.5.1'] },
    })
    expect((await report({ info: near })).verdict).toMatchObject({ status: 'good', days: 400 })
    expect((await report({ info: far })).verdict).toMatchObject({ status: 'bad', days: 7 })
    const { verdict } = await report({ info: cloaked })
    expect(verdict).toMatchObject({ status: 'bad', days: 7 })
    expect(verdict.detail).toContain('x.vendor.example')
    expect((await report()).verdict).toMatchObject({ status: 'unknown', days: null })
  })

  it('says that the collector is on another site, that cookies are off, that a page is on no list', async () => {
    const elsewhere = await report({ base: 'https://collect.example.net' })
    expect([elsewhere.verdict.days, elsewhere.statusOf('domain')]).toEqual([7, 'bad'])
    const off = await report({ options: { cookies: false }, base: 'https://shop.example' })
    expect([off.verdict.days, off.statusOf('cookies')]).toEqual([7, 'bad'])
    const unlisted = await report({ path: '/diagnose?page=https://evil.example' })
    expect(unlisted.statusOf('origin')).toBe('bad')
  })

  it('sees proxies that are there but not trusted, and trusted ones that are not there', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.77, 10.0.0.2', 'cf-ray': 'x' }
    const info = { remoteAddress: '10.0.0.3' }
    const untrusted = await report({ headers, info })
    expect(untrusted.findings.find(({ id }) => id === 'proxy')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/2 entries.*Cloudflare/),
    })
    const trusted = (trustedHops: number) => report({ headers, info, options: { ip: { trustedHops } } })
    expect((await trusted(2)).statusOf('proxy')).toBe('good')
    expect((await trusted(3)).statusOf('proxy')).toBe('bad')
    const named = (header: string) => report({ headers, info, options: { ip: { header } } })
    expect((await named('x-real-ip')).statusOf('proxy')).toBe('bad')
  })

  it('never shows an address', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.77', 'x-real-ip': '198.51.100.77' }
    const text = await (await ask({ headers, info: { remoteAddress: '203.0.113.195' } })).text()
    expect(text).not.toMatch(/198\.51|203\.0\.113/)
  })

  it('sees that a proxy hides the name, that places are missing, that a clock is wrong', async () => {
    const options = { geo: { countryHeader: 'cf-ipcountry' } }
    const path = `/diagnose/report?host=www.shop.example&scheme=https:&now=${Date.now() - 3_600_000}`
    const { statusOf } = await report({ base: 'http://127.0.0.1:8080', options, path })
    expect([statusOf('host'), statusOf('place'), statusOf('clock'), statusOf('https')]).toEqual([
      ...['warn', 'warn', 'warn', 'good'],
    ])
    const known = await report({ options, headers: { 'cf-ipcountry': 'DE' } })
    expect([known.statusOf('place'), known.statusOf('clock'), known.statusOf('host')]).toEqual([
      'good',
      undefined,
      undefined,
    ])
  })
})

describe('the cookie that is tried out', () => {
  const origin = 'https://collect.shop.example'

  it('is set as those of visitors are, for a minute, and removed by the report', async () => {
    const answer = await ask({ method: 'POST', path: '/diagnose/probe', headers: { origin } })
    const { name, mark } = (await answer.json()) as { name: string; mark: string }
    expect(answer.headers.getSetCookie()).toEqual([
      `${name}=${mark}; Max-Age=60; Path=/; Domain=shop.example; Secure; SameSite=Lax`,
    ])
    const path = `/diagnose/report?mark=${mark}&readable=1&scheme=https:`
    const back = await ask({ path, headers: { cookie: `${name}=${mark}` } })
    expect(back.headers.getSetCookie()).toEqual([
      `${name}=; Max-Age=0; Path=/; Domain=shop.example; Secure; SameSite=Lax`,
    ])
    expect(((await back.json()) as Report).findings).toContainEqual(
      expect.objectContaining({ id: 'set-cookie', status: 'good' }),
    )
  })

  it('is lost where it does not come back, and hidden where scripts do not see it', async () => {
    const title = async (path: string, cookie: string) =>
      (await report({ path, headers: { cookie } })).findings.find(({ id }) => id === 'set-cookie')?.title
    expect(await title('/diagnose/report?mark=m&readable=1', '__fh_probe=other')).toBe('Set-Cookie gets lost')
    expect(await title('/diagnose/report?mark=&readable=1', '__fh_probe=')).toBe('Set-Cookie gets lost')
    expect(await title('/diagnose/report?mark=m&readable=0', '__fh_probe=m')).toBe('Something makes cookies HttpOnly')
    expect(await title('/diagnose', '')).toBe('Set-Cookie was not tried')
  })
})
