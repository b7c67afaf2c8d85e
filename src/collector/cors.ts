import type { Context, MiddlewareHandler } from 'hono'
import type { ProjectDirectory } from './project-directory'
import { RequestProblem } from './request-problem'

/** Chromium keeps a preflight's answer for 7,200 s at most, Firefox for 86,400 s. */
const preflightMaxAgeS = 86_400

/** What the clients of the intake formats send beside their bodies. */
const requestHeaders = [
  'Authorization',
  'Content-Type',
  'Content-Encoding',
  'X-Retry-Count',
  // Jitsu
  'X-Write-Key',
  'X-Enable-Debug',
  'X-IP-Policy',
  // RudderStack
  'AnonymousId',
  // Tracardi
  'X-Context',
  'X-Timestamp',
].join(', ')

const readableHeaders = 'Retry-After, RateLimit, RateLimit-Policy'

/**
 * Answers preflights, and lets pages of listed origins read answers. The exact origin is echoed, with credentials;
 * one that no project lists is refused and never echoed.
 */
export function cors(directory: ProjectDirectory): MiddlewareHandler {
  async function isListed(origin: string, isPreflight: boolean): Promise<boolean> {
    try {
      return await directory.acceptsOrigin(origin)
    } catch (error) {
      if (isPreflight) throw error
      // Whoever needs the projects fails by itself; the script is there without them.
      return false
    }
  }

  return async (c, next) => {
    const origin = c.req.header('origin')
    const isPreflight = c.req.method === 'OPTIONS'
    const listed = origin !== undefined && (await isListed(origin, isPreflight))
    if (listed) {
      c.header('Access-Control-Allow-Origin', origin)
      c.header('Access-Control-Allow-Credentials', 'true')
      // Without it pages of another origin see a 429 and not how long to wait.
      c.header('Access-Control-Expose-Headers', readableHeaders)
    }
    if (!isPreflight) return next()
    if (origin !== undefined && !listed) throw originRefused(c)
    c.header('Access-Control-Allow-Methods', 'POST, OPTIONS')
    c.header('Access-Control-Allow-Headers', requestHeaders)
    c.header('Access-Control-Max-Age', String(preflightMaxAgeS))
    return c.body(null, 204)
  }
}

/** 403 that its sender cannot read. */
export function originRefused(c: Context): RequestProblem {
  c.header('Access-Control-Allow-Origin', undefined)
  c.header('Access-Control-Allow-Credentials', undefined)
  c.header('Access-Control-Expose-Headers', undefined)
  return new RequestProblem(403, 'origin-not-allowed', 'this origin is not on the list of the project')
}
