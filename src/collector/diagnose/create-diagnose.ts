import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { diagnosePageHtml } from '../live/assets'
import { secureHeaders } from '../live/secure-headers'
import type { ProjectOptions } from '../options'
import type { RequestInfo } from '../request-info'
import { RequestProblem } from '../request-problem'
import { registrableDomain } from '../visitor/cookie-domain'
import { toSetCookie } from '../visitor/to-set-cookie'
import { diagnose } from './findings'
import { type FactOptions, readFacts, type Trial } from './read-facts'

export interface DiagnoseOptions extends FactOptions {
  projects: readonly ProjectOptions[]
  adminAuth: MiddlewareHandler
}

/** Set by one request, looked for by the next. */
const trialCookie = '__fh_probe'
const trialSeconds = 60

/**
 * `GET /diagnose`: tells the owner whether this deployment gets cookies that live long, and why not. A page for browsers, which
 * also tries a cookie out; JSON for all others.
 */
export function createDiagnose(options: DiagnoseOptions): Hono {
  const app = new Hono()
  const pages = options.projects.flatMap(({ origins }) => origins.filter((origin) => !origin.includes('*')))
  app.use('/diagnose', options.adminAuth, secureHeaders)
  app.use('/diagnose/*', options.adminAuth, secureHeaders)

  app.get('/diagnose', (c) => {
    c.header('Vary', 'Origin, Accept')
    return c.req.header('accept')?.includes('text/html') ? c.html(diagnosePageHtml) : report(c)
  })
  app.post('/diagnose/probe', (c) => {
    const mark = crypto.randomUUID()
    const isHttps = c.req.header('origin')?.startsWith('https:') ?? false
    c.header('Set-Cookie', trialHeader(c, mark, isHttps, trialSeconds))
    return c.json({ name: trialCookie, mark })
  })
  app.get('/diagnose/report', (c) => report(c))

  async function report(c: Context): Promise<Response> {
    const { page = pages[0] } = c.req.query()
    const trial = readTrial(c)
    const facts = await readFacts(c.req.raw, (c.env ?? {}) as RequestInfo, readPage(page), trial, options)
    if (trial.cookie !== null) c.header('Set-Cookie', trialHeader(c, '', trial.isHttps ?? false, 0))
    return c.json({ page: facts.page?.origin ?? null, pages, ...diagnose(facts), facts })
  }

  /** Where the visitors' cookies would be. */
  function trialHeader(c: Context, mark: string, secure: boolean, ageS: number): string {
    const { cookies } = options
    const given = typeof cookies === 'object' ? cookies.domain : undefined
    const domain = given === undefined ? registrableDomain(new URL(c.req.url).hostname) : given || null
    return toSetCookie({ name: trialCookie, raw: mark }, { domain, secure }, ageS)
  }

  return app
}

function readPage(text: string | undefined): URL | null {
  if (text === undefined || text === '') return null
  if (text.length <= 500 && URL.canParse(text)) {
    const url = new URL(text)
    if (/^https?:$/.test(url.protocol)) return url
  }
  throw new RequestProblem(
    400,
    'invalid-parameter',
    'page: pass the address of a page, such as https://www.example.com',
  )
}

/** What the page in the browser tells; nothing without it. */
function readTrial(c: Context): Trial {
  const { mark, readable, host, scheme, now } = c.req.query()
  const isBack = mark !== undefined && mark !== '' && getCookie(c, trialCookie) === mark
  const time = Number(now)
  return {
    host: host ?? null,
    isHttps: scheme === undefined ? null : scheme === 'https:',
    cookie: mark === undefined ? null : !isBack ? 'lost' : readable === '1' ? 'kept' : 'hidden',
    now: now !== undefined && Number.isFinite(time) ? time : null,
  }
}
