import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createCollector, type Store } from '../../src/collector'
import { adminToken, projects, shopBatch, siteOrigin, testCollector, track } from './helpers/test-collector'

const closers: (() => Promise<void>)[] = []

function create(options?: Parameters<typeof testCollector>[0]) {
  const created = testCollector(options)
  closers.push(created.collector.close)
  return created
}

afterAll(async () => {
  await Promise.all(closers.map((close) => close()))
})

describe('createCollector', () => {
  it('answers that it is alive', async () => {
    const response = await create().collector.fetch(new Request('http://collector.test/healthz'))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })

  it('says 404 and 405 as JSON, and varies every answer by origin', async () => {
    const { collector } = create()
    for (const [method, path, status] of [
      ['GET', '/nowhere', 404],
      ['POST', '/v1/other', 404],
      ['GET', '/v1/batch', 405],
      ['GET', '/healthz', 200],
      ['GET', '/admin/stats', 401],
      ['GET', '/live', 401],
      ['OPTIONS', '/v1/batch', 204],
    ] as const) {
      const response = await collector.fetch(new Request(`http://collector.test${path}`, { method }))
      expect(response.status, path).toBe(status)
      expect(response.headers.get('vary'), path).toContain('Origin')
      if (status === 404 || status === 405) expect(await response.json()).toMatchObject({ success: false })
      if (status === 405) expect(response.headers.get('allow')).toBe('POST, OPTIONS')
    }
  })

  it('reads a key that stands twice in the JSON as its last value everywhere: for whose request it is, and what is stored', async () => {
    const { post, stored } = create()
    const event =
      '{"type":"page","type":"track","event":"first","event":"second","anonymousId":"anon-1","anonymousId":"anon-2"}'
    const body = (keys: string) => `{${keys},"batch":[],"batch":[${event}]}`
    expect((await post(body('"projectKey":"pk_shop","projectKey":"nobody"'))).status).toBe(401)
    expect((await post(body('"projectKey":"nobody","projectKey":"pk_shop"'))).status).toBe(200)
    expect(await stored(9)).toMatchObject([{ project: 'shop', type: 'track', event: 'second', anonymousId: 'anon-2' }])
  })

  it('has neither admin routes nor a live view without an admin token', async () => {
    const { collector } = create({ adminToken: undefined })
    const headers = { authorization: `Bearer ${adminToken}` }
    for (const path of ['/admin/events', '/admin/stats', '/live']) {
      const response = await collector.fetch(new Request(`http://collector.test${path}`, { headers }))
      expect(response.status).toBe(404)
    }
  })

  it('has all of its routes below the base path, and none elsewhere', async () => {
    const { collector, send } = create({ basePath: '/e/x', script: 'sdk', scriptName: 'a.js' })
    const batch = shopBatch(track)
    for (const [method, path, status, body] of [
      ['POST', '/v1/batch', 200, batch],
      ['POST', '/v1/t', 200, { writeKey: 'pk_shop', ...track }],
      ['OPTIONS', '/v1/t', 204, undefined],
      ['POST', '/api/s/track?writeKey=pk_shop', 200, track],
      ['POST', '/track', 200, { source: { id: 'pk_shop' } }],
      ['POST', '/collect/a/pk_shop', 200, {}],
      ['POST', '/events', 200, { projectKey: 'pk_shop', event_name: 'A' }],
      ['GET', '/pixel.gif?projectKey=pk_shop', 200, undefined],
      ['GET', '/a.js', 200, undefined],
      ['GET', '/healthz', 200, undefined],
      ['GET', '/admin/stats', 401, undefined],
      ['GET', '/live', 401, undefined],
    ] as const) {
      expect((await send(method, `/e/x${path}`, body)).status, path).toBe(status)
      expect((await send(method, path, body)).status, path).toBe(404)
    }
    const settings = await (await send('GET', '/e/x/v1/projects/pk_shop/settings')).json()
    expect(settings.integrations['Segment.io'].apiHost).toBe('collector.test/e/x/v1')
    const link = new Request(`http://collector.test/e/x/live?token=${adminToken}`)
    expect((await collector.fetch(link)).headers.get('location')).toBe('/e/x/live')
  })

  it('answers 503 with Retry-After and acknowledges nothing while the store is unavailable', async () => {
    const store = { append: async () => ({ status: 'unavailable', reason: 'disk full' }), close: async () => {} }
    const { post, logged } = create({ store: store as unknown as Store })
    const response = await post(shopBatch(track))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(response.headers.get('access-control-allow-origin')).toBe(siteOrigin)
    expect(await response.json()).toMatchObject({ success: false, error: { code: 'store-unavailable' } })
    expect(logged).toMatchObject([{ level: 'warn', reason: 'disk full' }])
  })

  it('answers 503, not 500, to its own faults, and logs them', async () => {
    const store = { append: () => Promise.reject(new Error('broken')), close: async () => {} } as unknown as Store
    const { post, logged } = create({ store })
    const response = await post(shopBatch(track))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).not.toBeNull()
    expect(JSON.stringify(await response.json())).not.toContain('broken')
    expect(logged).toMatchObject([{ level: 'error', error: expect.stringContaining('broken') }])
  })

  it('logs at once that the store cannot be opened', async () => {
    const open = () => Promise.reject(new Error('no driver'))
    const store = { open, append: async () => {}, close: async () => {} } as unknown as Store
    const { logged } = create({ store })
    await Promise.resolve()
    await Promise.resolve()
    expect(logged).toMatchObject([{ level: 'error', error: 'Error: no driver' }])
  })

  it('waits for requests under way when it closes, refuses later ones, and closes its store once', async () => {
    const order: string[] = []
    let commit = () => {}
    const store = {
      append: () =>
        new Promise((resolve) => {
          commit = () => resolve({ status: 'committed', outcomes: ['stored'] })
        }),
      close: async () => void order.push('store closed'),
    } as unknown as Store
    const { collector, post } = testCollector({ store })
    const answer = post(shopBatch(track)).then((response) => order.push(`answered ${response.status}`))
    await new Promise((resolve) => setImmediate(resolve))
    const closed = [collector.close(), collector.close()]
    expect((await post(shopBatch(track))).status).toBe(503)
    commit()
    await Promise.all([...closed, answer])
    expect(order).toEqual(['answered 200', 'store closed'])
  })

  it('tells a listener of the feed what is new after the commit', async () => {
    const { collector, post, admin } = create()
    const stream = await admin('/live/events')
    const reader = stream.body!.getReader()
    const seen = (async () => {
      let text = ''
      while (!text.includes('m-live')) text += new TextDecoder().decode((await reader.read()).value)
      return text
    })()
    await post(shopBatch({ ...track, messageId: 'm-live' }))
    expect(await seen).toContain('"messageId":"m-live"')
    await reader.cancel()
    await collector.close()
  })

  it('needs no Node: runs from the web-standard entry with any store', async () => {
    const store = { append: async () => ({ status: 'committed', outcomes: ['stored'] }), close: async () => {} }
    const { fetch } = createCollector({ projects, store: store as unknown as Store })
    const body = JSON.stringify(shopBatch(track))
    const headers = { origin: siteOrigin, 'content-type': 'application/json' }
    const response = await fetch(new Request('http://collector.test/v1/batch', { method: 'POST', body, headers }))
    expect(await response.json()).toEqual({ success: true, accepted: 1, duplicates: 0, rejected: [] })
  })
})

describe('any input', () => {
  const { post, logged } = create()

  /** What clients get wrong, and what attackers try. */
  const oddValue = fc.oneof(
    fc.jsonValue({ maxDepth: 6 }),
    fc.constantFrom<unknown>(
      "'; DROP TABLE events; --",
      { __proto__: null, constructor: { prototype: { polluted: 1 } } },
      JSON.parse('{"__proto__":{"polluted":1}}'),
      '\u0000',
      '\ud800',
      '<script>alert(1)</script>',
      1e308,
      -0,
      '9999-99-99T99:99:99Z',
    ),
  )
  const names = [
    'type event name messageId userId anonymousId groupId previousId timestamp originalTimestamp sentAt',
    'context properties traits integrations category version writeKey',
  ].flatMap((line) => line.split(' '))
  const type = fc.constantFrom('track', 'page', 'identify', 'group', 'alias', 'screen')
  const context = fc.record(
    { page: fc.oneof(oddValue, fc.record({ url: oddValue })), session: oddValue, sequence: oddValue },
    { requiredKeys: [] },
  )
  /** An event that is right but for one field, or for none. */
  const item = fc
    .tuple(type, fc.string(), context, fc.option(fc.tuple(fc.constantFrom(...names), oddValue)))
    .map(([kind, id, around, odd]) => ({
      type: kind,
      event: 'e',
      anonymousId: id,
      userId: 'u',
      groupId: 'g',
      previousId: 'p',
      context: around,
      ...(odd && { [odd[0]]: odd[1] }),
    }))
  const envelope = fc.record(
    {
      projectKey: fc.constant('pk_shop'),
      batch: fc.oneof(
        { arbitrary: fc.array(fc.oneof(item, oddValue), { maxLength: 5 }), weight: 9 },
        { arbitrary: oddValue, weight: 1 },
      ),
      context: fc.oneof(context, context, oddValue),
      integrations: fc.oneof(fc.constant({ All: true }), oddValue),
      sentAt: oddValue,
    },
    { requiredKeys: ['projectKey', 'batch'] },
  )
  const mutilated = fc.tuple(envelope, fc.nat(), fc.string({ unit: 'binary' })).map(([body, at, insert]) => {
    const text = JSON.stringify(body)
    return text.slice(0, at % text.length) + insert
  })
  const body = fc.oneof(
    { arbitrary: envelope.map((value) => JSON.stringify(value)), weight: 6 },
    { arbitrary: mutilated, weight: 2 },
    { arbitrary: fc.json(), weight: 1 },
    { arbitrary: fc.uint8Array({ maxLength: 200 }), weight: 1 },
  )

  it('is answered with what is wrong about it, never with a fault of the collector', async () => {
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const { status } = await post(sent)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        expect([200, 400, 401, 413]).toContain(status)
      }),
      { numRuns: 1_000 },
    )
    expect(logged).toEqual([])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(statuses.get(200)).toBeGreaterThan(100)
    expect(statuses.get(400)).toBeGreaterThan(100)
  }, 60_000)
})
