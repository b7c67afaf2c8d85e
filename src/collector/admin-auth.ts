import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

/** Cookie that stands for the admin token in a browser. */
export const ADMIN_COOKIE = '__fh_admin'

const sessionSeconds = 30 * 24 * 60 * 60

const encoder = new TextEncoder()

/**
 * Guards routes by the admin token: `Authorization: Bearer <token>`, or the session cookie that a browser gets
 * when it opens a guarded page with `?token=<token>`. The token then leaves the address bar by a redirect, and the
 * cookie holds an expiring HMAC of it, so that neither history nor cookie jar contain the token itself.
 * Everybody else is answered 401: as JSON, or as a page where HTML was asked for. `now` gives epoch milliseconds.
 */
export function createAdminAuth(adminToken: string, now: () => number = Date.now): MiddlewareHandler {
  if (typeof adminToken !== 'string' || adminToken === '') {
    throw new Error(
      '[firsthand] adminToken: a text that is not empty is needed, as it protects everything that was stored',
    )
  }
  const expected = digest(adminToken)
  const key = crypto.subtle.importKey('raw', encoder.encode(adminToken), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const isToken = async (candidate: string) => sameBytes(await digest(candidate), await expected)
  const seal = async (expires: string) => {
    const text = encoder.encode(`firsthand admin session ${expires}`)
    return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', await key, text)))
  }

  async function isSession(cookie: string): Promise<boolean> {
    const [expires = '', mac = ''] = cookie.split('.')
    if (!(Number(expires) * 1000 > now())) return false
    return sameBytes(await digest(mac), await digest(await seal(expires)))
  }

  async function startSession(c: Context): Promise<Response> {
    const expires = String(Math.floor(now() / 1000) + sessionSeconds)
    setCookie(c, ADMIN_COOKIE, `${expires}.${await seal(expires)}`, {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      secure: isHttps(c),
      maxAge: sessionSeconds,
    })
    c.header('Cache-Control', 'no-store')
    c.header('Referrer-Policy', 'no-referrer')
    return c.redirect(addressWithoutToken(c), 303)
  }

  return async (c, next) => {
    const linkToken = c.req.method === 'GET' ? c.req.query('token') : undefined
    if (linkToken !== undefined) return (await isToken(linkToken)) ? startSession(c) : refuse(c)
    const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const cookie = getCookie(c, ADMIN_COOKIE)
    if (bearer !== undefined ? await isToken(bearer) : cookie !== undefined && (await isSession(cookie))) return next()
    return refuse(c)
  }
}

/** Leading slashes are folded: `//host` in a Location header would lead to another site. */
function addressWithoutToken(c: Context): string {
  const { pathname, searchParams } = new URL(c.req.url)
  searchParams.delete('token')
  const query = searchParams.toString()
  return pathname.replace(/^[/\\]+/, '/') + (query && `?${query}`)
}

/** Behind a proxy that ends TLS the address says http; a forged header can only make the cookie stricter. */
function isHttps(c: Context): boolean {
  return c.req.url.startsWith('https:') || c.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https'
}

function refuse(c: Context): Response {
  c.header('Cache-Control', 'no-store')
  c.header('WWW-Authenticate', 'Bearer realm="firsthand"')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Referrer-Policy', 'no-referrer')
  if (!c.req.header('accept')?.includes('text/html')) {
    return c.json(
      { success: false, error: { code: 'unauthorized', message: 'the admin token is missing or wrong' } },
      401,
    )
  }
  const nonce = crypto.randomUUID()
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`
  c.header('Content-Security-Policy', policy)
  return c.html(refusalPage(nonce, c.req.header('sec-fetch-site') === 'cross-site'), 401)
}

/**
 * `SameSite=Strict` keeps the cookie back when a link on another site led here, also after a redirect. A reload that the page
 * itself asks for is same-site, so somebody who is signed in gets through; `Sec-Fetch-Site` then no longer says
 * cross-site, which ends it after one try.
 */
function refusalPage(nonce: string, retry: boolean): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${retry ? '<meta http-equiv="refresh" content="0">' : ''}
<title>Sign in - firsthand</title>
<style nonce="${nonce}">
:root { color-scheme: light dark }
body { max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; font: 1rem/1.6 system-ui, sans-serif }
h1 { font-size: 1.4rem; letter-spacing: -.01em }
code { padding: .1em .35em; border-radius: .3em; background: color-mix(in srgb, currentColor 9%, transparent) }
</style>
<h1>This page needs the admin token</h1>
<p>Open the link that the collector printed when it started: it ends in <code>?token=…</code> and signs this browser in for 30 days.</p>
<p>The start command keeps a token that it made itself in the file <code>admin-token</code> of its data directory. Programs send it as
<code>Authorization: Bearer …</code>.</p>
</html>`
}

/** Comparing digests takes the same time wherever the first difference is, and hides the length. */
async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)))
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
