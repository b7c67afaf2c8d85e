import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { ClientAddress } from './enrich/client-address'
import { readAddress } from './enrich/ip-address'
import { addressGroup } from './limits/address-group'
import { createGuessLimit, type GuessLimit } from './limits/guess-limit'
import type { Log } from './log'
import { refusalPage } from './refusal-page'
import type { RequestInfo } from './request-info'

/** Cookie that stands for the admin token in a browser. */
export const ADMIN_COOKIE = '__fh_admin'

const sessionSeconds = 30 * 24 * 60 * 60

const encoder = new TextEncoder()

export interface AdminAuthOptions {
  /** Epoch milliseconds. @default Date.now */
  now?: () => number
  /** Path of the session cookie. @default '/' */
  path?: string
  log?: Log
  /** Who sends a request; by the connection, where it is left out. */
  findAddress?: ClientAddress
  guesses?: GuessLimit
}

/**
 * Guards routes by the admin token: `Authorization: Bearer <token>`, or the session cookie that a browser gets
 * when it opens a guarded page with `?token=<token>`. The token then leaves the address bar by a redirect, and the
 * cookie holds an expiring HMAC of it, so that neither history nor cookie jar contain the token itself.
 * Everybody else is answered 401: as JSON, or as a page where HTML was asked for. `now` gives epoch milliseconds.
 */
export function createAdminAuth(adminToken: string, options: AdminAuthOptions = {}): MiddlewareHandler {
  const { now = Date.now, path = '/' } = options
  if (typeof adminToken !== 'string' || adminToken === '') {
    throw new Error(
      '[firsthand] adminToken: a text that is not empty is needed, as it protects everything that was stored',
    )
  }
  const key = crypto.subtle.importKey('raw', encoder.encode(adminToken), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
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
      path,
      httpOnly: true,
      sameSite: 'Strict',
      secure: isHttps(c),
      maxAge: sessionSeconds,
    })
    c.header('Cache-Control', 'no-store')
    c.header('Referrer-Policy', 'no-referrer')
    return c.redirect(addressWithoutToken(c), 303)
  }

  const judge = createJudge(adminToken, options)

  return async (c, next) => {
    const linkToken = c.req.method === 'GET' ? c.req.query('token') : undefined
    const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const token = linkToken ?? bearer
    if (token !== undefined) {
      const judged = await judge(c, token)
      if (judged === 'right') return linkToken === undefined ? next() : startSession(c)
      return judged === 'wrong' ? refuse(c) : refuseForNow(c, judged.waitS)
    }
    const cookie = getCookie(c, ADMIN_COOKIE)
    if (cookie === undefined || !(await isSession(cookie))) return refuse(c)
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !isOwnPage(c)) return refuseOtherSite(c)
    return next()
  }
}

type Judgement = 'right' | 'wrong' | { waitS: number }

/** Wrong tokens are counted by address; one that has tried too many is not listened to for a while. */
function createJudge(adminToken: string, options: AdminAuthOptions) {
  const { log = () => {}, findAddress = () => null, guesses = createGuessLimit() } = options
  const expected = digest(adminToken)
  return async (c: Context, token: string): Promise<Judgement> => {
    const { remoteAddress } = (c.env ?? {}) as RequestInfo
    const address = findAddress(c.req.raw.headers, remoteAddress) ?? readAddress(remoteAddress)
    const group = addressGroup(address) ?? (remoteAddress || 'unknown')
    const waitS = guesses.waitS(group)
    if (waitS > 0) return { waitS }
    if (sameBytes(await digest(token), await expected)) return 'right'
    guesses.wrong(group)
    log({ level: 'warn', message: 'a wrong admin token was sent', address: group })
    return 'wrong'
  }
}

/**
 * `SameSite=Strict` lets other subdomains of the same site send the cookie along: what changes or runs something must
 * come from a page of this very origin.
 */
function isOwnPage(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = c.req.header('origin') ?? ''
  return URL.canParse(origin) && new URL(origin).host === (c.req.header('host') ?? new URL(c.req.url).host)
}

function refuseOtherSite(c: Context): Response {
  secure(c)
  return c.json(problem('other-site', 'this needs the admin token, or a page of the collector itself'), 403)
}

function refuseForNow(c: Context, waitS: number): Response {
  secure(c)
  c.header('Retry-After', String(waitS))
  return c.json(problem('too-many-tries', 'there were too many wrong tokens from this address'), 429)
}

function problem(code: string, message: string) {
  return { success: false, error: { code, message } }
}

function secure(c: Context): void {
  c.header('Cache-Control', 'no-store')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Referrer-Policy', 'no-referrer')
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
  secure(c)
  c.header('WWW-Authenticate', 'Bearer realm="firsthand"')
  if (!c.req.header('accept')?.includes('text/html'))
    return c.json(problem('unauthorized', 'the admin token is missing or wrong'), 401)
  const nonce = crypto.randomUUID()
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`
  c.header('Content-Security-Policy', policy)
  return c.html(refusalPage(nonce, c.req.header('sec-fetch-site') === 'cross-site'), 401)
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
