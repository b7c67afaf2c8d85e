import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { ADMIN_COOKIE, createAdminAuth } from '../../src/collector/admin-auth'

const token = 'correct-horse-battery'

function guarded(adminToken = token, now?: () => number) {
  const app = new Hono()
  app.use('*', createAdminAuth(adminToken, now))
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
