import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { unescape } from 'node:querystring'
import express, { type Express } from 'express'
import { describe, expect, it } from 'vitest'
import { readVisitorCookies } from '../../src/collector/visitor/visitor-cookies'
import { read } from '../rules/source'

interface Samples {
  GET(request: Request): Response
}

/** Runs the samples of the page in their order, with what they import. */
function runSamples(app: Express): Samples {
  const samples = [...read('docs/cookies.md').matchAll(/^```mjs\n([\s\S]*?)^```/gm)].map(([, code]) => code as string)
  expect(samples).toHaveLength(3)
  const code = samples
    .join('\n')
    .replace(/^import .*$/gm, '')
    .replace(/^export /gm, '')
  return Function('randomUUID', 'unescape', 'app', `${code}\nreturn { GET }`)(randomUUID, unescape, app)
}

const toHeader = (setCookies: string[]) => setCookies.map((text) => text.split(';')[0]).join('; ')

describe('cookies that a server writes first, as the document says', () => {
  it('by Express are of the form that SDK and collector read, and stay as they are', async () => {
    const app = express()
    runSamples(app)
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prices?gclid=a%20b;c`
    try {
      const setCookies = (await fetch(url, { headers: { referer: 'https://www.google.com/' } })).headers.getSetCookie()
      expect(setCookies).toHaveLength(2)
      for (const text of setCookies) expect(text).toMatch(/^[^\s;]+; Max-Age=34560000; Path=\/; SameSite=Lax$/)
      const cookies = readVisitorCookies(toHeader(setCookies))
      expect(cookies.anonymousId?.value).toMatch(/^[\da-f-]{36}$/)
      expect(JSON.parse(cookies.firstVisit?.value ?? '')).toMatchObject({
        v: 1,
        url,
        referrer: 'https://www.google.com/',
      })
      const again = await fetch(url, { headers: { cookie: `x=1; ${toHeader(setCookies)}` } })
      expect(again.headers.getSetCookie()).toEqual([])
    } finally {
      server.close()
    }
  })

  it('by whatever has a web-standard Request and Response', () => {
    const { GET } = runSamples(express())
    const url = 'https://www.example.com/prices'
    const setCookies = GET(new Request(url)).headers.getSetCookie()
    expect(setCookies[0]).toMatch(
      /^__anon_id=[^;]+; Max-Age=34560000; Path=\/; Domain=example\.com; Secure; SameSite=Lax$/,
    )
    expect(readVisitorCookies(toHeader(setCookies)).firstVisit).not.toBeNull()
    expect(GET(new Request(url, { headers: { cookie: toHeader(setCookies) } })).headers.getSetCookie()).toEqual([])
    // What somebody has tampered with is nobody.
    expect(GET(new Request(url, { headers: { cookie: '__anon_id=%3Cb%3E' } })).headers.getSetCookie()).toHaveLength(2)
  })
})
