import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../src/collector'
import { shopBatch, siteOrigin, testCollector, track } from '../helpers/test-collector'

const { collector, post, send, stored, admin, store, logged } = testCollector()

afterAll(async () => {
  await collector.close()
  expect(logged).toEqual([])
})

const json = async (response: Promise<Response>) => (await response).json()
const newest = async (limit = 1): Promise<StoredEvent[]> => (await json(admin(`/admin/events?limit=${limit}`))).events

describe('POST /v1/batch stores', () => {
  it('the good events of a batch and reports the bad ones with index, id and reason', async () => {
    const batch = [
      { ...track, messageId: 'good-1' },
      { type: 'track', anonymousId: 'a', messageId: 'bad-1' },
      { type: 'page', messageId: 'bad-2' },
      'no event',
      { ...track, messageId: 'good-2' },
    ]
    const response = await post(shopBatch(...batch))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      success: true,
      accepted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, messageId: 'bad-1', code: 'invalid-event', message: 'event is missing' },
        { index: 2, messageId: 'bad-2', code: 'missing-id', message: 'one of anonymousId and userId is needed' },
        { index: 3, messageId: null, code: 'invalid-event', message: 'event must be a JSON object' },
      ],
    })
    expect((await newest(2)).map(({ messageId }) => messageId)).toEqual(['good-2', 'good-1'])
  })

  it('nothing and says 400 with the reasons where every event is bad', async () => {
    const response = await post(shopBatch({ type: 'x' }, { type: 'page' }))
    expect(response.status).toBe(400)
    const answer = await response.json()
    expect(answer).toMatchObject({ success: false, accepted: 0, duplicates: 0 })
    expect(answer.rejected.map(({ index }: { index: number }) => index)).toEqual([0, 1])
  })

  it('repeats once, within a batch and across batches, and counts them', async () => {
    const event = { ...track, messageId: 'again' }
    expect(await json(post(shopBatch(event, event)))).toMatchObject({ success: true, accepted: 1, duplicates: 1 })
    const response = await post(shopBatch(event))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ success: true, accepted: 0, duplicates: 1, rejected: [] })
  })

  it('events without a messageId under ids of their own', async () => {
    await post(shopBatch(track, { ...track, messageId: null }, { ...track, messageId: '' }))
    const ids = (await newest(3)).map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}$/)
  })

  it('context and integrations of the batch under those of each item', async () => {
    const context = { locale: 'en', page: { title: 'Shared', path: '/' } }
    const batch = [{ ...track, context: { page: { title: 'Own' } } }, track]
    await post({ projectKey: 'pk_shop', context, integrations: { All: false, A: true }, batch })
    const [second, first] = await newest(2)
    expect(first?.context).toEqual({ locale: 'en', page: { title: 'Own' } })
    expect(second?.context).toEqual(context)
    expect(second?.integrations).toEqual({ All: false, A: true })
  })

  it('times corrected for the clock of the client, with what the client said beside them', async () => {
    const weekMs = 7 * 86_400_000
    const sentAt = new Date(Date.now() + weekMs)
    const timestamp = new Date(sentAt.getTime() - 60_000).toISOString()
    await post({ projectKey: 'pk_shop', sentAt: sentAt.toISOString(), batch: [{ ...track, timestamp }] })
    const [event] = await newest()
    expect(event).toMatchObject({ originalTimestamp: timestamp, sentAt: sentAt.toISOString() })
    expect(Date.parse(event!.receivedAt) - Date.parse(event!.timestamp)).toBe(60_000)
  })

  it('old events of a secret key at their time, and of a public key not further back than 30 days', async () => {
    const old = { ...track, timestamp: '2019-05-06T07:08:09.000Z' }
    await post({ writeKey: 'sk_shop_0123456789', batch: [old] }, { origin: null })
    expect((await newest())[0]?.timestamp).toBe('2019-05-06T07:08:09.000Z')
    await post(shopBatch(old))
    const [event] = await newest()
    expect(event?.originalTimestamp).toBe('2019-05-06T07:08:09.000Z')
    expect(Date.parse(event!.receivedAt) - Date.parse(event!.timestamp)).toBe(30 * 86_400_000)
  })

  it('texts that look like code as texts', async () => {
    const sql = "Robert'); DROP TABLE events; --"
    await post(shopBatch({ ...track, event: sql, userId: sql, properties: { [sql]: sql } }))
    expect((await newest())[0]).toMatchObject({ event: sql, userId: sql, properties: { [sql]: sql } })
    expect(await json(admin(`/admin/events?event=${encodeURIComponent(sql)}`))).toMatchObject({ next: null })
  })

  it('events without their prototype keys, and changes no prototype', async () => {
    const properties = '{"__proto__":{"polluted":true},"a":{"constructor":{"prototype":{"polluted":true}}}}'
    await post(
      `{"projectKey":"pk_shop","__proto__":{"x":1},"batch":[{"type":"track","event":"e","anonymousId":"a","properties":${properties}}]}`,
    )
    expect((await newest())[0]?.properties).toEqual({ a: { constructor: { prototype: { polluted: true } } } })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('the format, origin, user agent and kind of key beside each event', async () => {
    const appended: unknown[] = []
    const spied = testCollector({
      store: {
        ...store,
        append: async (events) => (appended.push(...events), { status: 'committed', outcomes: ['stored'] }),
        close: async () => {},
      },
    })
    await spied.post(shopBatch(track, {}), { 'user-agent': 'x'.repeat(600) })
    expect(appended).toMatchObject([
      {
        arrival: {
          request: { format: 'segment-batch', origin: siteOrigin, userAgent: 'x'.repeat(512), keyKind: 'public' },
          response: { status: 200, events: 2, rejected: 1 },
        },
      },
    ])
  })
})

describe('POST /v1/batch finds the project', () => {
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` })

  it.each<[string, unknown, Record<string, string>, string]>([
    ['projectKey of the body', { projectKey: 'pk_shop', batch: [track] }, {}, ''],
    ['writeKey of the body', { writeKey: 'pk_shop', batch: [track] }, {}, ''],
    ['the Basic user name', { batch: [track] }, basic('pk_shop:'), ''],
    ['the Basic user name without a colon', { batch: [track] }, basic('pk_shop'), ''],
    ['the query', { batch: [track] }, {}, '?writeKey=pk_shop'],
    ['Basic before body', { projectKey: 'wrong', batch: [track] }, basic('pk_shop:'), ''],
  ])('by %s', async (_, body, headers, query) => {
    expect((await post(body, headers, query)).status).toBe(200)
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['missing-key', { batch: [track] }, {}],
    ['missing-key', { projectKey: '', writeKey: 5, batch: [track] }, {}],
    ['missing-key', [], {}],
    ['unknown-key', { projectKey: 'nobody', batch: [track] }, {}],
    ['unknown-key', { projectKey: 'PK_SHOP', batch: [track] }, {}],
    ['unknown-key', { projectKey: 'sk_shop_012345678', batch: [track] }, {}],
    ['unknown-key', { projectKey: 'somebody', batch: [track] }, basic('nobody:')],
    ['unknown-key', { projectKey: '__proto__', batch: [track] }, {}],
  ])('or answers 401 %s to %j', async (code, body, headers) => {
    const response = await post(body, headers)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ success: false, error: { code } })
  })
})

describe('POST /v1/batch with a public key', () => {
  it('takes requests from listed origins only, and lets those read the answer', async () => {
    for (const origin of [siteOrigin, 'https://eu.shop.example', 'http://localhost:3000']) {
      const response = await post(shopBatch(track), { origin })
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBe(origin)
      expect(response.headers.get('access-control-allow-credentials')).toBe('true')
    }
    for (const origin of ['https://evil.example', 'null', 'http://shop.example', 'https://a.b.shop.example']) {
      const response = await post(shopBatch(track), { origin })
      expect(response.status, origin).toBe(403)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  it('refuses the origin of another project', async () => {
    const response = await post({ projectKey: 'pk_app', batch: [track] })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('takes requests without Origin only where the project says so', async () => {
    expect((await post(shopBatch(track), { origin: null })).status).toBe(403)
    expect((await post({ projectKey: 'pk_app', batch: [track] }, { origin: null })).status).toBe(200)
  })

  it('rejects events of pages that are not on the list', async () => {
    const at = (url: unknown, more = {}) => ({ ...track, context: { page: { url } }, ...more })
    const response = await post(
      shopBatch(
        at('https://shop.example/a'),
        at('https://evil.example/a'),
        at('https://shop.example.evil.net/'),
        at('/relative'),
        at(undefined),
        at(undefined, { type: 'page', properties: { url: 'https://evil.example/' } }),
        at(undefined, { properties: { url: 'https://linked.example/' } }),
      ),
    )
    const { accepted, rejected } = await response.json()
    // A relative address is on the page that the Origin names; `properties.url` may be canonical or the caller's own.
    expect(accepted).toBe(5)
    expect(rejected.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual(
      [1, 2].map((index) => [index, 'url-not-allowed']),
    )
  })

  it("finds the key in the body behind a site's own Basic auth", async () => {
    const authorization = `Basic ${btoa('staging:password')}`
    expect((await post(shopBatch(track), { authorization })).status).toBe(200)
    expect((await post({ projectKey: 'unknown', batch: [track] }, { authorization })).status).toBe(401)
  })

  it('refuses shared context that is nested too deeply, without a fault of its own', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const body = `{"projectKey":"pk_shop","context":{"a":${deep}},"batch":[${JSON.stringify(track)}]}`
    expect((await post(body)).status).toBe(400)
  })
})

describe('POST /v1/batch with a secret key', () => {
  const secret = (...batch: unknown[]) => ({ projectKey: 'sk_shop_0123456789', batch })

  it('needs no origin and takes events of any page', async () => {
    const event = { ...track, context: { page: { url: 'https://anywhere.example/' } } }
    expect(await json(post(secret(event), { origin: null }))).toMatchObject({ accepted: 1 })
  })

  it('lets no unlisted page read the answer', async () => {
    const response = await post(secret(track), { origin: 'https://evil.example' })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('POST /v1/batch refuses', () => {
  it.each<[string, string, object]>([
    ['{"projectKey":"pk_shop",}', 'line 1, column 25', { line: 1, column: 25, position: 24 }],
    ['{\n  "projectKey": "pk_shop",\n  "batch": [1 2]\n}', 'line 3, column 15', { line: 3, column: 15, position: 43 }],
    ['', 'line 1, column 1', { line: 1, column: 1, position: 0 }],
    ['{"batch":[', 'line 1, column 11', { position: 10 }],
    [`${'['.repeat(200_000)}x`, 'column 200001', { position: 200_000 }],
  ])('JSON that is wrong, and says where: %.20j', async (body, place, details) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    const { error } = await response.json()
    expect(error).toMatchObject({ code: 'invalid-json', ...details })
    expect(error.message).toContain(place)
  })

  it('bodies that are not UTF-8', async () => {
    const response = await post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid-utf8' } })
  })

  it('bodies that are no batch, and empty batches', async () => {
    for (const [body, code] of [
      [{ projectKey: 'pk_shop' }, 'invalid-batch'],
      [{ projectKey: 'pk_shop', batch: {} }, 'invalid-batch'],
      [shopBatch(), 'empty-batch'],
    ] as const) {
      const response = await post(body)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { code } })
    }
  })

  it('bodies of another charset or encoding, and takes JSON whatever its type says', async () => {
    const wrong: Record<string, string>[] = [
      { 'content-type': 'application/json; charset=utf-16' },
      { 'content-type': 'application/json', 'content-encoding': 'br' },
      { 'content-type': 'application/json', 'content-encoding': 'gzip, gzip' },
    ]
    for (const headers of wrong) expect((await post(shopBatch(track), headers)).status).toBe(415)
    for (const type of ['application/json', 'TEXT/PLAIN', 'application/json; charset="UTF-8"', '', 'text/html']) {
      expect((await post(shopBatch(track), { 'content-type': type })).status, type).toBe(200)
    }
  })

  it('bodies that are too large, declared or streamed, without reading them to the end', async () => {
    expect((await post('x', { 'content-length': '1048577' })).status).toBe(413)
    expect((await post('x'.repeat(1_048_577))).status).toBe(413)
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    expect((await post(endless)).status).toBe(413)
    expect(pulled).toBeLessThan(25)
  })

  it('bodies that break off', async () => {
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"batch":'))
        controller.error(new Error('connection reset'))
      },
    })
    const response = await post(broken)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'body-incomplete' } })
  })

  it('shared context that would blow a small request up into a large one', async () => {
    const context = { text: 'x'.repeat(20_000) }
    const many = await post({ projectKey: 'pk_shop', context, batch: Array(1000).fill(track) })
    expect(many.status).toBe(413)
    const few = await post({ projectKey: 'pk_shop', context, batch: Array(3).fill(track) })
    expect(await few.json()).toMatchObject({ accepted: 3 })
    expect((await post({ projectKey: 'pk_shop', context: { text: 'x'.repeat(40_000) }, batch: [track] })).status).toBe(
      413,
    )
  })
})

describe('preflights', () => {
  const preflight = (origin: string | null) =>
    collector.fetch(
      new Request('http://collector.test/v1/batch', {
        method: 'OPTIONS',
        headers: { ...(origin === null ? {} : { origin }), 'access-control-request-method': 'POST' },
      }),
    )

  it('of listed origins are answered for a day', async () => {
    const response = await preflight(siteOrigin)
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': siteOrigin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': expect.stringMatching(/authorization.*content-type.*x-retry-count/i),
      'access-control-max-age': '86400',
      vary: 'Origin',
    })
  })

  it('of other origins are refused and not reflected', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const response = await preflight(origin)
      expect(response.status).toBe(403)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('vary')).toBe('Origin')
      expect(await response.text()).not.toContain('evil')
    }
  })
})

describe('errors', () => {
  it('can be read by pages of listed origins, and by no other', async () => {
    for (const body of ['{', JSON.stringify({ projectKey: 'nobody', batch: [] })]) {
      const listed = await post(body)
      expect(listed.status).toBeGreaterThanOrEqual(400)
      expect(listed.headers.get('access-control-allow-origin')).toBe(siteOrigin)
      const unlisted = await post(body, { origin: 'https://evil.example' })
      expect(unlisted.headers.get('access-control-allow-origin')).toBeNull()
      expect(unlisted.headers.get('vary')).toBe('Origin')
      expect(unlisted.headers.get('content-type')).toContain('application/json')
      expect(unlisted.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})

describe('single calls', () => {
  const calls = {
    track: { event: 'E' },
    identify: { traits: { plan: 'team' } },
    page: { name: 'Home' },
    screen: { name: 'Home' },
    group: { groupId: 'g' },
    alias: { userId: 'u', previousId: 'anon-1' },
  }

  it.each(Object.entries(calls))('of type %s are stored under the long and the short name', async (type, fields) => {
    for (const path of [`/v1/${type}`, `/v1/${type[0]}`]) {
      const response = await send('POST', path, { writeKey: 'pk_shop', anonymousId: 'anon-1', ...fields })
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ success: true, accepted: 1, duplicates: 0, rejected: [] })
      expect(await stored()).toMatchObject([{ type, anonymousId: 'anon-1', ...fields }])
    }
  })

  it('are refused with the reason where they are no events', async () => {
    const response = await send('POST', '/v1/t', { writeKey: 'pk_shop', anonymousId: 'a' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      success: false,
      rejected: [{ index: 0, code: 'invalid-event', message: 'event is missing' }],
    })
    expect((await send('POST', '/v1/t?writeKey=pk_shop', [1])).status).toBe(400)
  })

  it('count once beside a batch with the same event', async () => {
    const event = { ...track, messageId: 'twice' }
    await send('POST', '/v1/t', { ...event, writeKey: 'pk_shop' })
    expect(await json(send('POST', '/v1/b', shopBatch(event)))).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  it('of another type or method have no route', async () => {
    expect((await send('POST', '/v1/merge', {})).status).toBe(404)
    const response = await send('GET', '/v1/t')
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })
})

describe("RudderStack's clients", () => {
  it('are understood when they pack a batch and call it a form', async () => {
    const packed = gzipSync(
      JSON.stringify({ batch: [{ ...track, channel: 'server', originalTimestamp: '2026-01-02' }] }),
    )
    const response = await send('POST', '/v1/batch', packed, {
      authorization: `Basic ${btoa('pk_shop:')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-encoding': 'gzip',
    })
    expect(await response.json()).toMatchObject({ success: true, accepted: 1 })
    expect((await stored())[0]?.originalTimestamp).toBe('2026-01-02T00:00:00.000Z')
  })

  it('may send the last batch of a page as a beacon, with the key in the query', async () => {
    const response = await send('POST', '/beacon/v1/batch?writeKey=pk_shop', JSON.stringify({ batch: [track] }), {
      'content-type': 'text/plain',
    })
    expect(await response.json()).toMatchObject({ accepted: 1 })
  })
})

describe("what else Segment's browser client asks for", () => {
  it('is answered: its own metrics are accepted and dropped', async () => {
    const before = await store.stats()
    const response = await send('POST', '/v1/m', '{"series":[]}', { 'content-type': 'text/plain' })
    expect([response.status, await response.json()]).toEqual([200, { success: true }])
    expect(response.headers.get('access-control-allow-origin')).toBe(siteOrigin)
    expect(await store.stats()).toEqual(before)
  })

  it('is answered: settings that send its events here', async () => {
    const settings = async (headers = {}) =>
      (await send('GET', '/v1/projects/pk_shop/settings', undefined, headers)).json()
    expect(await settings()).toEqual({
      integrations: { 'Segment.io': { apiKey: 'pk_shop', apiHost: 'collector.test/v1', protocol: 'https' } },
      metrics: { host: 'collector.test/v1', sampleRate: 0 },
    })
    const local = await settings({ origin: 'http://localhost:3000' })
    expect(local.integrations['Segment.io'].protocol).toBe('http')
    const behindProxy = await settings({ origin: 'http://localhost:3000', 'x-forwarded-proto': 'https' })
    expect(behindProxy.integrations['Segment.io'].protocol).toBe('https')
  })

  it('is refused for unknown keys and for pages of other sites', async () => {
    expect((await send('GET', '/v1/projects/nobody/settings')).status).toBe(401)
    const response = await send('GET', '/v1/projects/pk_shop/settings', undefined, { origin: 'https://evil.example' })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('may come from the page of a listed site that sends no Origin, by its Referer', async () => {
    const from = (referer: string) =>
      send('GET', '/v1/projects/pk_shop/settings', undefined, { origin: null, referer: `${referer}/a?b` })
    expect((await from(siteOrigin)).status).toBe(200)
    expect((await from('https://evil.example')).status).toBe(403)
  })
})

describe("Jitsu's API", () => {
  const event = { type: 'track', event: 'E', anonymousId: 'a', context: { page: {} }, writeKey: 'pk_shop:***' }
  const jitsu = (path: string, body: unknown, headers: Record<string, string | null> = {}) =>
    send('POST', path, body, { 'x-write-key': 'pk_shop:secret', ...headers })

  it('takes events from browsers and servers, and says ok', async () => {
    for (const path of ['/api/s/track', '/api/s/s2s/track', '/api/s/event']) {
      const response = await jitsu(path, event)
      expect([response.status, await response.json()]).toEqual([200, { ok: true }])
      expect(await stored()).toMatchObject([{ type: 'track', event: 'E', anonymousId: 'a' }])
    }
    await jitsu('/api/s/page', { ...event, properties: { name: 'n' } })
    expect(await stored()).toMatchObject([{ type: 'page', name: 'n', properties: { name: 'n' } }])
  })

  it('finds the key with and without a second part', async () => {
    const from = async (key: string) =>
      (await jitsu('/api/s/s2s/track', event, { 'x-write-key': key, origin: null })).status
    expect(await from('sk_shop_0123456789')).toBe(200)
    expect(await from('sk_shop_0123456789:x')).toBe(200)
    expect(await from('nobody:x')).toBe(401)
  })

  it('says in its own words what is wrong', async () => {
    const refused: [string, unknown, Record<string, string>, number, string][] = [
      ['/api/s/track', { anonymousId: 'a' }, {}, 400, 'event is missing'],
      ['/api/s/other', event, {}, 400, 'the type must be one of'],
      ['/api/s/event', { type: 'other' }, {}, 400, 'the type must be one of'],
      ['/api/s/track', '{', {}, 400, 'not valid JSON'],
      ['/api/s/track', [], {}, 400, 'must be a JSON object'],
      ['/api/s/track', event, { 'x-write-key': 'nobody' }, 401, 'no project'],
      ['/api/s/track', event, { origin: 'https://evil.example' }, 403, 'origin'],
      ['/api/s/track', 'x'.repeat(1_048_577), {}, 413, 'bytes'],
    ]
    for (const [path, body, headers, status, error] of refused) {
      const response = await jitsu(path, body, headers)
      expect(response.status, error).toBe(status)
      expect(await response.json()).toEqual({ ok: false, error: expect.stringContaining(error) })
    }
  })

  it('is open to preflights that ask for its headers', async () => {
    const response = await send('OPTIONS', '/api/s/track', undefined, {
      'access-control-request-headers': 'x-write-key',
    })
    expect(response.headers.get('access-control-allow-headers')).toContain('X-Write-Key')
  })
})

describe('the key of the events of a batch', () => {
  it('counts where the envelope has none', async () => {
    expect((await send('POST', '/v1/b', { batch: [{ ...track, writeKey: 'pk_shop' }] })).status).toBe(200)
  })
})
