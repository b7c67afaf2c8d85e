import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { ADMIN_COOKIE, createAdminAuth } from '../../src/collector/admin-auth'
import { createGuessLimit } from '../../src/collector/limits/guess-limit'
import type { LogEntry } from '../../src/collector/log'

const token = 'correct-horse-battery'

function guarded(adminToken = token, now?: () => number) {
  const app = new Hono()
  app.use('*', createAdminAuth(adminToken, { now }))
  app.get('*', (c) => c.text('inside'))
  return (path: string, headers: Record<string, string> = {}) =>
    app.request(`http://collector.test${path}`, { headers })
}

async function sessionCookie(get = guarded()): Promise<string> {
  const response = await get(`/live?token=${token}`)
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

describe('createAdminAuth', () => {
  it('throws at creation when the token is missing or empty', () => {
    expect(() => createAdminAuth('')).toThrow(/^\[firsthand\] adminToken: /)
    expect(() => createAdminAuth(undefined as unknown as string)).toThrow(/^\[firsthand\] adminToken: /)
  })

  it('lets a bearer token through', async () => {
    const response = await guarded()('/admin/stats', { authorization: `Bearer ${token}` })
    expect(await response.text()).toBe('inside')
  })

  it.each([
    ['nothing', {}],
    ['a wrong token', { authorization: 'Bearer correct-horse-batterx' }],
    ['a longer token', { authorization: `Bearer ${token}x` }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['the token as Basic', { authorization: `Basic ${token}` }],
    ['the token as cookie', { cookie: `${ADMIN_COOKIE}=${token}` }],
  ])('answers 401 as JSON to %s', async (_, headers) => {
    const response = await guarded()('/admin/stats', headers as Record<string, string>)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect(await response.json()).toMatchObject({ success: false, error: { code: 'unauthorized' } })
  })

  it('does not fall back to the cookie when a wrong bearer token is sent', async () => {
    const get = guarded()
    const cookie = await sessionCookie(get)
    expect((await get('/live', { cookie, authorization: 'Bearer wrong' })).status).toBe(401)
  })

  it('answers a browser with a page that says what to do and runs nothing', async () => {
    const response = await guarded()('/live', { accept: 'text/html,*/*' })
    const page = await response.text()
    expect(response.status).toBe(401)
    expect(page).toContain('?token=')
    expect(page).not.toContain('http-equiv')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('asks for one reload when another site led here, because a strict cookie was then kept back', async () => {
    const headers = { accept: 'text/html', 'sec-fetch-site': 'cross-site' }
    expect(await (await guarded()('/live', headers)).text()).toContain('http-equiv="refresh"')
  })

  it('exchanges the token of the link for a session cookie and takes it out of the address', async () => {
    const response = await guarded()(`/live?token=${token}&type=page`)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/live?type=page')
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Strict')
    expect(cookie).toContain('Path=/')
    expect(cookie).not.toContain('Secure')
    expect(cookie).not.toContain(token)
  })

  it('marks the cookie Secure on https, also behind a proxy', async () => {
    const app = new Hono().use('*', createAdminAuth(token))
    const direct = await app.request(`https://collector.test/live?token=${token}`)
    const proxied = await guarded()(`/live?token=${token}`, { 'x-forwarded-proto': 'https' })
    expect(direct.headers.get('set-cookie')).toContain('Secure')
    expect(proxied.headers.get('set-cookie')).toContain('Secure')
  })

  it('never redirects to another host', async () => {
    const response = await guarded()(`//evil.test/live?token=${token}`)
    expect(response.headers.get('location')).toBe('/evil.test/live')
  })

  it('answers 401 to a link with a wrong token, also when the session would be valid', async () => {
    const get = guarded()
    const cookie = await sessionCookie(get)
    const response = await get('/live?token=wrong', { cookie })
    expect(response.status).toBe(401)
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('lets the session cookie through until it is altered or the token changes', async () => {
    const cookie = await sessionCookie()
    expect((await guarded()('/live', { cookie })).status).toBe(200)
    expect((await guarded('another-admin-token')('/live', { cookie })).status).toBe(401)
    const later = cookie.replace(/=(\d+)\./, (_, expires) => `=${Number(expires) + 1}.`)
    expect((await guarded()('/live', { cookie: later })).status).toBe(401)
    expect((await guarded()('/live', { cookie: `${ADMIN_COOKIE}=1.${cookie.split('.')[1]}` })).status).toBe(401)
  })

  it('keeps the cookie to the path that it is told', async () => {
    const app = new Hono().use('*', createAdminAuth(token, { path: '/e' }))
    expect((await app.request(`http://collector.test/e/live?token=${token}`)).headers.get('set-cookie')).toContain(
      'Path=/e;',
    )
  })

  it('ends a session after 30 days', async () => {
    let now = 0
    const get = guarded(token, () => now)
    const cookie = await sessionCookie(get)
    now += 30 * 24 * 60 * 60 * 1000 - 1
    expect((await get('/live', { cookie })).status).toBe(200)
    now += 1
    expect((await get('/live', { cookie })).status).toBe(401)
  })
})

describe('a request that changes or runs something', () => {
  const app = new Hono()
  app.use('*', createAdminAuth(token))
  app.all('*', (c) => c.text('inside'))

  async function post(headers: Record<string, string>, method = 'POST') {
    const opened = await app.request(`http://collector.test/live?token=${token}`)
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
    return app.request('http://collector.test/admin/sql', { method, headers: { cookie, ...headers } })
  }

  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ origin: 'http://collector.test' }],
    [{ origin: 'https://collector.test', host: 'collector.test' }],
  ])('may come from a page of the collector: %j', async (headers) => {
    expect((await post(headers as Record<string, string>)).status).toBe(200)
  })

  it.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://blog.collector.test' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://collector.test' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'http://collector.test.evil.test' }],
    [{ origin: 'http://collector.test:81' }],
    [{ origin: 'null' }],
  ])('may not come by the cookie from anywhere else: %j', async (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await post(headers as Record<string, string>, method)
      expect([response.status, (await response.json()).error.code]).toEqual([403, 'other-site'])
    }
  })

  it('may come from anywhere with the token itself', async () => {
    const headers = { authorization: `Bearer ${token}`, 'sec-fetch-site': 'cross-site' }
    expect((await app.request('http://collector.test/admin/sql', { method: 'POST', headers })).status).toBe(200)
  })

  it('is not let in by a token in the address', async () => {
    const response = await app.request(`http://collector.test/admin/sql?token=${token}`, { method: 'POST' })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
  })
})

describe('wrong tokens', () => {
  function guarded() {
    let now = 0
    const logged: LogEntry[] = []
    const app = new Hono()
    app.use('*', createAdminAuth(token, { guesses: createGuessLimit(() => now), log: (entry) => logged.push(entry) }))
    app.get('*', (c) => c.text('inside'))
    const ask = (headers: Record<string, string>, remoteAddress = '203.0.113.7', path = '/admin/stats') =>
      app.request(`http://collector.test${path}`, { headers }, { remoteAddress })
    return { ask, logged, pass: (ms: number) => (now += ms) }
  }
  const wrong = { authorization: 'Bearer wrong-wrong-wrong' }
  const right = { authorization: `Bearer ${token}` }

  it('are answered 429 after some, and so is the right one, until some time has passed', async () => {
    const { ask, pass } = guarded()
    for (let index = 0; index < 21; index++) expect((await ask(wrong)).status).toBe(401)
    const refused = await ask(right)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '6'])
    expect((await ask({}, '203.0.113.7', `/live?token=${token}`)).status).toBe(429)
    pass(6_000)
    expect((await ask(right)).status).toBe(200)
  })

  it('bound only their own address, and nobody who has signed in', async () => {
    const { ask } = guarded()
    const opened = await ask({}, '203.0.113.7', `/live?token=${token}`)
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
    for (let index = 0; index < 30; index++) await ask(wrong)
    expect((await ask({ cookie })).status).toBe(200)
    expect((await ask(right, '203.0.113.8')).status).toBe(200)
  })

  it('of one IPv6 network are counted together, and so are those without an address', async () => {
    const { ask } = guarded()
    for (let index = 0; index < 21; index++) await ask(wrong, `2001:db8::${index}`)
    expect((await ask(right, '2001:db8::ffff')).status).toBe(429)
    expect((await ask(right, '2001:db8:0:1::1')).status).toBe(200)
    for (let index = 0; index < 21; index++) await ask(wrong, '')
    expect((await ask(right, '')).status).toBe(429)
  })

  it('are logged, without what was tried', async () => {
    const { ask, logged } = guarded()
    await ask(wrong)
    expect(logged).toEqual([{ level: 'warn', message: 'a wrong admin token was sent', address: '203.0.113.7' }])
  })
})
