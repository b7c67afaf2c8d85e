import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminToken, siteOrigin, testCollector } from './helpers/test-collector'

const limits = { addressRequestsPerSecond: 1_000_000, keyRequestsPerSecond: 1_000_000 }
const { collector, send, logged } = testCollector({ script: 'sdk', limits })
const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)

beforeAll(() => void process.on('unhandledRejection', note))
afterAll(async () => {
  process.off('unhandledRejection', note)
  await collector.close()
})

/** What clients get wrong, and what attackers try. */
const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 5 }),
  fc.constantFrom<unknown>(
    "'; DROP TABLE events; --",
    JSON.parse('{"__proto__":{"polluted":1}}'),
    { constructor: { prototype: { polluted: 1 } } },
    '\u0000',
    '\ud800',
    '<script>alert(1)</script>',
    'a\r\nSet-Cookie: b=c',
    '9999-99-99T99:99:99Z',
    1e308,
    Array.from({ length: 20 }).reduce((inner) => [inner], 1),
  ),
)

/** A body that is right but for one field, or for none. */
const almost = (right: object) =>
  fc
    .tuple(fc.constant(right), fc.option(fc.tuple(fc.constantFrom(...Object.keys(right)), oddValue), { freq: 2 }))
    .map(([body, odd]) => ({ ...body, ...(odd && { [odd[0]]: odd[1] }) }))

const page = { url: `${siteOrigin}/`, title: 'T', referer: { host: 'h', query: 'q' } }
const call = almost({
  ...{ writeKey: 'pk_shop', type: 'track', event: 'E', name: 'N', userId: 'u', anonymousId: 'a', messageId: null },
  ...{ groupId: 'g', previousId: 'p', category: 'c', timestamp: '2026-01-01', originalTimestamp: 1, sentAt: 'x' },
  ...{ properties: { a: 1 }, traits: {}, context: { page, traits: {}, session: { id: 's' } }, integrations: {} },
})
const customEvent = almost({
  ...{ projectKey: 'pk_shop', event_name: 'E', event_data: { value: 1 }, url: `${siteOrigin}/`, page_title: 'T' },
  ...{ page_path: '/', referrer: '', userAgent: '', sessionId: 's', timestamp: '2026-01-01', messageId: null },
})
const tracardiEvent = almost({
  ...{ type: 'a', id: null, time: { create: '2026-01-01' }, properties: {}, context: { page }, tags: [], options: {} },
})
const trackCall = fc
  .tuple(fc.array(fc.oneof({ arbitrary: tracardiEvent, weight: 5 }, oddValue), { maxLength: 4 }), fc.boolean())
  .chain(([events, profileLess]) =>
    almost({
      ...{ source: { id: 'pk_shop' }, session: { id: 's' }, profile: { id: 'p' }, context: { page }, options: {} },
      ...{ properties: {}, request: {}, profile_less: profileLess, events },
    }),
  )

const calls: [path: string, body: fc.Arbitrary<unknown>][] = [
  ['/v1/t', call],
  ['/v1/identify', call],
  ['/v1/p', call],
  ['/v1/b', fc.array(fc.oneof(call, oddValue), { maxLength: 4 }).map((batch) => ({ writeKey: 'pk_shop', batch }))],
  ['/api/s/track', call],
  ['/api/s/event', call],
  [
    '/events',
    fc.oneof(customEvent, fc.array(fc.oneof({ arbitrary: customEvent, weight: 5 }, oddValue), { maxLength: 4 })),
  ],
  ['/track', trackCall],
  ['/collect/a/pk_shop', oddValue],
  ['/collect/a/pk_shop/s', oddValue],
]

/** As it is, cut, packed, packed and cut, or no JSON at all. */
const sent = (body: fc.Arbitrary<unknown>) =>
  fc
    .tuple(body, fc.nat(), fc.integer({ min: 0, max: 11 }), fc.uint8Array({ maxLength: 60 }))
    .map(([value, at, way, bytes]) => {
      const text = JSON.stringify(value) ?? ''
      if (way < 7) return { body: text, headers: {} }
      if (way === 7) return { body: text.slice(0, at % (text.length + 1)), headers: {} }
      if (way === 8) return { body: bytes, headers: {} }
      const packed = new Uint8Array(gzipSync(text))
      const headers = { 'content-encoding': 'gzip' }
      if (way === 9) return { body: packed, headers }
      return { body: way === 10 ? packed.subarray(0, at % packed.byteLength) : bytes, headers }
    })

const expected = [200, 204, 226, 400, 401, 403, 404, 405, 406, 413, 415, 422]

describe('any input', () => {
  it.each(calls)(
    'of %s is answered in its words, never as a fault of the collector',
    async (path, body) => {
      const seen = new Map<number, number>()
      await fc.assert(
        fc.asyncProperty(sent(body), async (request) => {
          const headers = { 'x-write-key': path.startsWith('/api') ? 'pk_shop' : null, ...request.headers }
          const response = await send('POST', path, request.body, headers)
          expect(expected).toContain(response.status)
          expect(response.headers.get('content-type')).toContain('application/json')
          expect(response.headers.get('set-cookie')).toBeNull()
          seen.set(response.status, (seen.get(response.status) ?? 0) + 1)
        }),
        { numRuns: 1_000 },
      )
      expect(logged).toEqual([])
      expect(unhandled).toEqual([])
      expect(({} as { polluted?: number }).polluted).toBeUndefined()
      // Enough of it got as far as the store.
      expect((seen.get(200) ?? 0) + (seen.get(226) ?? 0)).toBeGreaterThan(100)
    },
    120_000,
  )

  it('of the pixel and of collecting by GET is answered likewise', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('page', 'track', `${siteOrigin}/`),
    )
    const name = fc.oneof(
      fc.constantFrom('type', 'event', 'url', 'userId', 'messageId', 'timestamp', 'sessionId', '__proto__', 'x'),
      fc.string(),
    )
    const query = fc.array(fc.tuple(name, text), { maxLength: 6 }).map((pairs) => {
      const parameters = new URLSearchParams({ projectKey: 'pk_shop' })
      for (const [key, value] of pairs) parameters.append(key, value)
      return parameters.toString()
    })
    await fc.assert(
      fc.asyncProperty(query, async (parameters) => {
        for (const path of ['/pixel.gif', '/collect/a/pk_shop', '/collect/a/pk_shop/s']) {
          const response = await send('GET', `${path}?${parameters}`)
          expect(expected).toContain(response.status)
        }
      }),
      { numRuns: 500 },
    )
    expect([logged, unhandled]).toEqual([[], []])
  }, 60_000)

  it('in the path and in the head is answered likewise', async () => {
    const segment = fc.oneof(
      fc.constantFrom('v1', 't', 'batch', 'api', 's', 's2s', 'track', 'collect', 'projects', 'settings', 'pk_shop'),
      fc.constantFrom('%', '%00', '%ff', '..', '%2e%2e', '%0d%0aa:b', 'firsthand.js', 'pixel.gif', '__proto__', ''),
      fc.webSegment(),
    )
    const header = fc.stringMatching(/^[\t\x20-\x7e]{0,60}$/)
    const names = [
      'origin',
      'authorization',
      'content-type',
      'content-encoding',
      'x-write-key',
      'referer',
      'user-agent',
    ]
    const more = ['if-none-match', 'accept-encoding', 'x-forwarded-proto', 'x-context', 'content-length']
    const head = fc.dictionary(fc.constantFrom(...names, ...more), header, { maxKeys: 3 })
    const method = fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE')
    await fc.assert(
      fc.asyncProperty(method, fc.array(segment, { maxLength: 5 }), head, async (verb, parts, headers) => {
        const body = verb === 'POST' || verb === 'PUT' ? '{"writeKey":"pk_shop"}' : undefined
        const { status } = await send(verb, `/${parts.join('/')}`, body, headers)
        expect([...expected, 304]).toContain(status)
      }),
      { numRuns: 2_000 },
    )
    expect([logged, unhandled]).toEqual([[], []])
  }, 60_000)

  it('of the owner is answered likewise, whatever is in body, path and query', async () => {
    const authorization = `Bearer ${adminToken}`
    const project = almost({ id: 'p', origins: [siteOrigin], allowNoOrigin: true, monthlyQuota: 1 })
    const change = almost({ origins: [siteOrigin], allowNoOrigin: false, monthlyQuota: null })
    const posts: [method: string, path: string, body: fc.Arbitrary<unknown>][] = [
      ['POST', '/admin/projects', project],
      ['PATCH', '/admin/projects/p', change],
      ['POST', '/admin/projects/p/rotate', almost({ kind: 'public', graceMs: 0 })],
      ['POST', '/admin/projects/p/revoke', almost({ kind: 'secret' })],
      ['POST', '/admin/sql', almost({ sql: 'SELECT 1', maxRows: 1 })],
      ['POST', '/diagnose/probe', oddValue],
    ]
    const post = fc.constantFrom(...posts).chain(([method, path, body]) =>
      fc.record({
        method: fc.constant(method),
        path: fc.oneof(
          fc.constant(path),
          fc.webSegment().map((id) => path.replace('/p', `/${id}`)),
        ),
        request: sent(body),
      }),
    )
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('1', 'day', '2026-01-01', 'shop'))
    const names = ['limit', 'cursor', 'after', 'since', 'until', 'by', 'month', 'project', 'page', 'host', '__proto__']
    const query = fc
      .array(fc.tuple(fc.constantFrom(...names, 'type', 'mark', 'now', 'scheme'), text), { maxLength: 4 })
      .map((pairs) => new URLSearchParams(pairs).toString())
    const paths = ['events', 'stats', 'people/a', 'people/%ff', 'usage', 'projects'].map((path) => `/admin/${path}`)
    const read = fc.tuple(
      fc.constantFrom(...paths, '/live/person', '/live/config', '/live/x', '/diagnose', '/diagnose/report', '/metrics'),
      query,
    )
    const answered = [...expected, 201, 409]
    await fc.assert(
      fc.asyncProperty(post, async ({ method, path, request }) => {
        const response = await send(method, path, request.body, { authorization, ...request.headers })
        expect(answered).toContain(response.status)
      }),
      { numRuns: 1_500 },
    )
    await fc.assert(
      fc.asyncProperty(read, async ([path, parameters]) => {
        const response = await send('GET', `${path}?${parameters}`, undefined, { authorization })
        expect(answered).toContain(response.status)
        expect(response.headers.get('content-type')).not.toContain('text/html')
      }),
      { numRuns: 1_000 },
    )
    expect([logged, unhandled]).toEqual([[], []])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  }, 120_000)
})
