import { afterAll, describe, expect, it } from 'vitest'
import { siteOrigin, testCollector, track } from './helpers/test-collector'

const blogOrigin = 'https://blog.example'
const projects = [
  { id: 'shop', key: 'pk_shop', secretKey: 'sk_shop_0123456789', origins: [siteOrigin, 'https://*.shop.example'] },
  { id: 'blog', key: 'pk_blog', origins: [blogOrigin] },
  { id: 'app', key: 'pk_app', origins: [], allowNoOrigin: true },
]
const { collector, send, store } = testCollector({ projects, script: 'sdk' })
afterAll(() => collector.close())

/** One request of each format, with the key of a project. */
const requests = (key: string): [method: string, path: string, body?: unknown][] => [
  ['POST', '/v1/batch', { writeKey: key, batch: [track] }],
  ['POST', '/v1/b', { writeKey: key, batch: [track] }],
  ['POST', '/beacon/v1/batch', { writeKey: key, batch: [track] }],
  ['POST', '/v1/track', { writeKey: key, ...track }],
  ['POST', '/v1/t', { writeKey: key, ...track }],
  ['GET', `/v1/projects/${key}/settings`],
  ['POST', `/api/s/track?writeKey=${key}`, track],
  ['POST', `/api/s/s2s/track?writeKey=${key}`, track],
  ['POST', '/track', { source: { id: key }, events: [{ type: 'a' }] }],
  ['POST', `/collect/a/${key}`, {}],
  ['GET', `/collect/a/${key}`],
  ['POST', '/events', { projectKey: key, event_name: 'A' }],
  ['GET', `/pixel.gif?projectKey=${key}`],
]

/** What a browser would need to let a page read the answer. */
const grants = ({ headers }: Response) => [
  headers.get('access-control-allow-origin'),
  headers.get('access-control-allow-credentials'),
]
const count = async () => (await store.stats()).events

const forged = [
  'null',
  '',
  'https://evil.example',
  'https://evil.com#.shop.example',
  'https://evil.com/.shop.example',
  'https://shop.example#.evil.com',
  'https://shop.example.evil.net',
  'https://sub.sub.shop.example',
  'https://SHOP.example',
  'https://shop.example:443',
  'https://shop.example:8443',
  'https://shop.example.',
  'https://shop.example/',
  'https://user@shop.example',
  'https://shop.example@evil.net',
  'http://shop.example',
  'file://',
  `${siteOrigin}, https://evil.example`,
  `${siteOrigin},${siteOrigin}`,
  `https://evil.example ${siteOrigin}`,
]

describe('an origin that is not on the list', () => {
  it.each(forged)('%j is refused by every route with 403, and never reflected', async (origin) => {
    const before = await count()
    for (const [method, path, body] of requests('pk_shop')) {
      const response = await send(method, path, body, { origin })
      expect([response.status, ...grants(response)], path).toEqual([403, null, null])
      expect(response.headers.get('vary'), path).toContain('Origin')
      for (const [name, value] of response.headers) expect(value, name).not.toContain('evil')
      expect(await response.text()).not.toContain('evil')
    }
    expect(await count()).toBe(before)
  })

  it.each(forged)('%j gets no preflight', async (origin) => {
    for (const [, path] of requests('pk_shop').filter(([, name]) => !name.startsWith('/pixel'))) {
      const response = await send('OPTIONS', path, undefined, { origin, 'access-control-request-method': 'POST' })
      expect([response.status, ...grants(response)], path).toEqual([403, null, null])
      expect(response.headers.get('access-control-allow-methods')).toBeNull()
      expect(response.headers.get('vary')).toBe('Origin')
    }
  })

  it('is refused also where two Origin headers come, one of them listed', async () => {
    const headers = new Headers({ 'content-type': 'text/plain' })
    headers.append('origin', siteOrigin)
    headers.append('origin', 'https://evil.example')
    const body = JSON.stringify({ writeKey: 'pk_shop', batch: [track] })
    const response = await collector.fetch(
      new Request('http://collector.test/v1/batch', { method: 'POST', headers, body }),
    )
    expect([response.status, ...grants(response)]).toEqual([403, null, null])
  })

  it('cannot hide behind a Referer that is', async () => {
    const headers = { origin: 'https://evil.example', referer: `${siteOrigin}/a` }
    for (const [method, path, body] of requests('pk_shop')) {
      expect((await send(method, path, body, headers)).status, path).toBe(403)
    }
    for (const referer of ['https://evil.example/', 'null', '', 'about:blank', `https://evil.example/${siteOrigin}`]) {
      const headers = { origin: null, referer }
      expect((await send('GET', '/pixel.gif?projectKey=pk_shop', undefined, headers)).status, referer).toBe(403)
    }
  })
})

describe('an origin that is none', () => {
  it.each(['null', 'file://', ''])('%j is not the same as none, where that is allowed', async (origin) => {
    for (const [method, path, body] of requests('pk_app')) {
      const response = await send(method, path, body, { origin })
      expect([response.status, ...grants(response)], path).toEqual([403, null, null])
    }
  })
})

describe('an origin that another project lists', () => {
  it.each([
    ['pk_blog', siteOrigin],
    ['pk_shop', blogOrigin],
    ['pk_app', siteOrigin],
  ])('cannot send with %s from %s, nor read why', async (key, origin) => {
    const before = await count()
    for (const [method, path, body] of requests(key)) {
      const response = await send(method, path, body, { origin })
      expect([response.status, ...grants(response)], path).toEqual([403, null, null])
    }
    expect(await count()).toBe(before)
  })

  it('cannot send events of its pages from elsewhere', async () => {
    const event = { ...track, context: { page: { url: `${blogOrigin}/` } } }
    const response = await send('POST', '/v1/batch', { writeKey: 'pk_shop', batch: [event] })
    expect(response.status).toBe(400)
  })
})

describe('a listed origin', () => {
  it('is echoed by every route, with credentials and the headers that clients wait by', async () => {
    for (const [method, path, body] of requests('pk_shop').filter(([, name]) => !name.startsWith('/pixel'))) {
      const response = await send(method, path, body, { origin: 'https://eu.shop.example' })
      expect([response.status, ...grants(response)], path).toEqual([200, 'https://eu.shop.example', 'true'])
      expect(response.headers.get('access-control-expose-headers')).toContain('Retry-After')
      expect(response.headers.get('vary')).toContain('Origin')
    }
  })

  it('reads errors too', async () => {
    for (const [method, path, body, status] of [
      ['POST', '/v1/batch', '{', 400],
      ['POST', '/v1/batch', { writeKey: 'nobody', batch: [] }, 401],
      ['GET', '/v1/batch', undefined, 405],
      ['POST', '/v1/nothing', {}, 404],
      ['POST', '/v1/batch', 'x'.repeat(1_048_577), 413],
    ] as const) {
      const response = await send(method, path, body)
      expect([response.status, ...grants(response), response.headers.get('vary')]).toEqual([
        ...[status, siteOrigin, 'true', 'Origin'],
      ])
    }
  })

  it('is not echoed where no page has business', async () => {
    for (const path of ['/healthz', '/nowhere', '/admin/stats', '/admin/events', '/live', '/pixel.gif']) {
      expect(grants(await send('GET', path)), path).toEqual([null, null])
      expect(grants(await send('OPTIONS', path)), path).toEqual([null, null])
    }
  })
})

describe('Vary: Origin', () => {
  it('is on every answer, also of a collector that is shutting down', async () => {
    const { collector: closing, send: ask } = testCollector({ script: 'sdk' })
    const paths = ['/healthz', '/nowhere', '/live', '/admin/stats', '/firsthand.js', ...requests('x').map(([, p]) => p)]
    const answers = async () => {
      for (const path of paths) {
        for (const method of ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS']) {
          const response = await ask(method, path, method === 'POST' ? '{' : undefined)
          expect(response.headers.get('vary'), `${method} ${path} ${response.status}`).toContain('Origin')
        }
      }
    }
    await answers()
    await closing.close()
    await answers()
    expect((await ask('GET', '/healthz')).status).toBe(503)
  })
})
