import { afterAll, describe, expect, it } from 'vitest'
import type { AppendResult, NewEvent, Store } from '../../src/collector'
import { siteOrigin, testCollector } from './helpers/test-collector'

type Sending = [method: string, path: string, body?: unknown]

/** One good event in each format, with everything in it that a test may want to spoil. */
const formats: [name: string, sending: (key: string, fields?: { url?: string; text?: unknown }) => Sending][] = [
  ['Segment batch', (writeKey, fields) => ['POST', '/v1/batch', { writeKey, batch: [call(fields)] }]],
  ['Segment call', (writeKey, fields) => ['POST', '/v1/t', { writeKey, ...call(fields) }]],
  ['Jitsu', (key, fields) => ['POST', `/api/s/track?writeKey=${key}`, call(fields)]],
  [
    'Tracardi track',
    (id, { url, text } = {}) => [
      'POST',
      '/track',
      {
        source: { id },
        session: { id: 's' },
        events: [{ type: 'E', properties: { text }, context: { page: { url } } }],
      },
    ],
  ],
  ['Tracardi collect', (key, { text } = {}) => ['POST', `/collect/E/${key}`, { text }]],
  [
    'custom events',
    (projectKey, { url, text } = {}) => ['POST', '/events', { projectKey, event_name: 'E', url, event_data: { text } }],
  ],
  [
    'pixel',
    (key, { url = '', text = '' } = {}) => [
      'GET',
      `/pixel.gif?projectKey=${key}&event=E&url=${encodeURIComponent(url)}&text=${text}`,
    ],
  ],
]

function call({ url, text }: { url?: string; text?: unknown } = {}) {
  return { type: 'track', event: 'E', anonymousId: 'a', properties: { text }, context: { page: { url } } }
}

const posting = formats.filter(([, sending]) => sending('')[0] === 'POST')
const deep = Array.from({ length: 30 }).reduce((inner) => [inner], 1)

describe.each(formats)('an event in the format %s', (_, sending) => {
  const { collector, send, stored, logged } = testCollector()
  const from = (headers: Record<string, string>) => {
    const [method, path, body] = sending('pk_shop')
    return send(method, path, body, headers)
  }
  const status = async (...[method, path, body]: Sending) => (await send(method, path, body)).status
  afterAll(async () => {
    await collector.close()
    expect(logged).toEqual([])
  })

  it('is stored as what it is, and its way beside it', async () => {
    expect(await status(...sending('pk_shop'))).toBe(200)
    expect(await stored()).toMatchObject([{ type: 'track', event: 'E', project: 'shop' }])
  })

  it('is answered after the commit, not before', async () => {
    let commit = (_result: AppendResult) => {}
    const committed = new Promise<AppendResult>((resolve) => (commit = resolve))
    const appended: NewEvent[] = []
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    const store = {
      append: (events: NewEvent[]) => (appended.push(...events), arrived(), committed),
      events: async () => ({ events: [], next: null }),
      close: async () => {},
    } as unknown as Store
    let answered = false
    const answer = testCollector({ store })
      .send(...sending('pk_shop'))
      .finally(() => (answered = true))
    await arrival
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    commit({ status: 'committed', outcomes: ['stored'] })
    expect((await answer).status).toBe(200)
    expect(appended).toHaveLength(1)
    expect(appended[0]?.arrival).toMatchObject({
      request: { origin: siteOrigin, keyKind: 'public' },
      response: { status: 200, events: 1, rejected: 0 },
    })
  })

  it('is answered 503 with Retry-After while nothing can be stored', async () => {
    const store = {
      append: async () => ({ status: 'unavailable', reason: 'disk full' }),
      events: async () => ({ events: [], next: null }),
      close: async () => {},
    } as unknown as Store
    const response = await testCollector({ store }).send(...sending('pk_shop'))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  })

  it('needs a key that somebody has, and the origin of its project', async () => {
    expect(await status(...sending('nobody'))).toBe(401)
    expect(await status(...sending('pk_app'))).toBe(403)
    for (const origin of ['https://evil.example', 'null', 'http://shop.example']) {
      const response = await from({ origin })
      expect(response.status, origin).toBe(403)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('vary')).toContain('Origin')
    }
    const [method, path, body] = sending('sk_shop_0123456789')
    expect((await send(method, path, body, { origin: null })).status).toBe(200)
  })

  it('is refused where its page is not on the list', async () => {
    const [, path] = sending('')
    if (path.startsWith('/collect')) return
    expect(await status(...sending('pk_shop', { url: `${siteOrigin}/a` }))).toBe(200)
    expect([400, 406]).toContain(await status(...sending('pk_shop', { url: 'https://evil.example/a' })))
  })

  it('is refused where it is too large, and nothing of it is kept', async () => {
    expect([400, 406]).toContain(await status(...sending('pk_shop', { text: 'x'.repeat(40_000) })))
    expect(JSON.stringify(await stored())).not.toContain('xxxx')
  })
})

describe.each(posting)('a body in the format %s', (_, sending) => {
  const { collector, send, logged } = testCollector()
  afterAll(async () => {
    await collector.close()
    expect(logged).toEqual([])
  })

  it('is refused where it is nested too deeply', async () => {
    const [method, path, body] = sending('pk_shop', { text: deep })
    expect([400, 406]).toContain((await send(method, path, body)).status)
  })

  it('is refused where it has too many keys', async () => {
    const [method, path, body] = sending('pk_shop', { text: Array.from({ length: 2_500 }, () => 1) })
    expect([400, 406]).toContain((await send(method, path, body)).status)
  })

  it('is refused where it is longer than the limit', async () => {
    const [method, path] = sending('pk_shop')
    expect((await send(method, path, 'x'.repeat(1_048_577))).status).toBe(413)
  })

  it('can be asked about beforehand by listed pages alone', async () => {
    const [, path] = sending('pk_shop')
    const listed = await send('OPTIONS', path)
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([204, siteOrigin])
    const unlisted = await send('OPTIONS', path, undefined, { origin: 'https://evil.example' })
    expect([unlisted.status, unlisted.headers.get('access-control-allow-origin')]).toEqual([403, null])
  })

  it('can be answered to listed pages, errors too', async () => {
    const [method, path] = sending('nobody')
    const response = await send(method, path, '{}')
    expect(response.headers.get('access-control-allow-origin')).toBe(siteOrigin)
  })
})

it('an event that comes in several formats counts once', async () => {
  const { collector, send, store } = testCollector()
  const messageId = 'the-same'
  const sendings: Sending[] = [
    ['POST', '/v1/t', { writeKey: 'pk_shop', ...call(), messageId }],
    ['POST', '/v1/batch', { writeKey: 'pk_shop', batch: [{ ...call(), messageId }] }],
    ['POST', '/api/s/track?writeKey=pk_shop', { ...call(), messageId }],
    ['POST', '/events', { projectKey: 'pk_shop', event_name: 'E', messageId }],
    ['POST', '/track', { source: { id: 'pk_shop' }, events: [{ type: 'E', id: messageId }] }],
    ['GET', `/pixel.gif?projectKey=pk_shop&messageId=${messageId}`],
  ]
  const statuses = await Promise.all(sendings.map(async (sending) => (await send(...sending)).status))
  expect(statuses).toEqual(sendings.map(() => 200))
  expect(await store.stats()).toMatchObject({ events: 1, duplicates: sendings.length - 1 })
  await collector.close()
})
