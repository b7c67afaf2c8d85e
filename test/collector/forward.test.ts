import { afterEach, describe, expect, it } from 'vitest'
import { http } from '../../plugins/http'
import { stitch } from '../../plugins/stitch'
import { type CollectorOptions, createCollector } from '../../src/collector'
import type { Transport } from '../../src/core/transport'
import { serveDouble } from '../doubles/double'
import { createStitchDouble } from '../doubles/stitch/stitch-double'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { projects, shopBatch, siteOrigin, track } from './helpers/test-collector'

const servers: LoopbackServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const serveStitch = async (failures: { status: number }[] = []) => {
  const double = createStitchDouble()
  const server = await serveDouble(double, failures)
  servers.push(server)
  const rows = () => (double.tables.get('events') ?? []).map(({ message_id: id }) => id)
  return { double, server, rows, transport: stitch({ token: 'token', host: server.url }) }
}

/** A receiver that knows no ids: each request counts. */
const serveHook = async (answers: number[] = []) => {
  const taken: string[] = []
  const server = await startLoopbackServer(({ body }, response) => {
    const status = answers.shift() ?? 200
    if (status === 200) taken.push((JSON.parse(body) as { messageId: string }).messageId)
    response.writeHead(status).end('{}')
  })
  servers.push(server)
  const transport = http({ url: server.url, batch: false, body: ([event]: readonly object[]) => event })
  return { taken, transport }
}

const relayTo = (...forward: Transport[]) => {
  const logged: object[] = []
  const collector = createCollector({ projects, forward, log: (entry) => logged.push(entry) })
  const post = async (body: unknown, timeoutMs?: number) => {
    const request = new Request('http://collector.test/v1/batch', {
      method: 'POST',
      headers: { origin: siteOrigin, 'content-type': 'text/plain' },
      body: JSON.stringify(body),
    })
    const response = await collector.fetch(request, { timeoutMs })
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() }
  }
  return { collector, logged, post }
}

const events = (...ids: string[]) => shopBatch(...ids.map((messageId) => ({ ...track, messageId })))

describe('a collector with forward', () => {
  it('answers 200 when the receiver has acknowledged each event', async () => {
    const { rows, transport } = await serveStitch()
    const { post } = relayTo(transport)
    expect(await post(events('a', 'b'))).toMatchObject({ status: 200, body: { accepted: 2, duplicates: 0 } })
    expect(rows()).toEqual(['a', 'b'])
  })

  it.each([503, 500, 429, 401])(
    'answers 503 where the receiver says %s, and takes the events of the next try',
    async (status) => {
      const { rows, transport } = await serveStitch([{ status }])
      const { post, logged } = relayTo(transport)
      expect(await post(events('a'))).toMatchObject({ status: 503, retryAfter: '2', body: { success: false } })
      expect(logged).toMatchObject([{ level: 'warn', project: 'shop', events: 1, reason: `http-${status}` }])
      expect(await post(events('a'))).toMatchObject({ status: 200, body: { accepted: 1 } })
      expect(rows()).toEqual(['a'])
    },
  )

  it('sends nothing any more when it has answered', async () => {
    const { server, transport } = await serveStitch([{ status: 503 }])
    const { post } = relayTo(transport)
    await post(events('a'))
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(server.received).toHaveLength(1)
  })

  it('answers 503 when the receiver hangs, within the time that the edge has', async () => {
    const server = await startLoopbackServer(() => {})
    servers.push(server)
    const { post } = relayTo(stitch({ token: 'token', host: server.url }))
    const start = Date.now()
    expect(await post(events('a'), 200)).toMatchObject({ status: 503 })
    expect(Date.now() - start).toBeLessThan(1500)
    expect(await post(events('a'), 0)).toMatchObject({ status: 503 })
  })

  it('gives back what a receiver will never take, and keeps the rest', async () => {
    const { rows, double, server } = await serveStitch()
    const schema = { properties: { message_id: { type: 'string' }, total: { type: 'number' } } }
    const record = ({ messageId, properties }: { messageId: string; properties?: object }) => ({
      message_id: messageId,
      ...properties,
    })
    const { post } = relayTo(stitch({ token: 'token', host: server.url, record, schema }))
    const batch = [1, 'two', 3].map((total, index) => ({ ...track, messageId: `m-${index}`, properties: { total } }))
    const { status, body } = await post(shopBatch({ type: 'nonsense' }, ...batch))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      accepted: 2,
      rejected: [{ index: 0 }, { index: 2, messageId: 'm-1', code: 'refused-by-receiver' }],
    })
    expect(rows()).toEqual(['m-0', 'm-2'])
    expect(double.tables.get('events')).toHaveLength(2)
  })

  it('answers 503 until every receiver has it, and repeats to none what it has', async () => {
    const { rows, transport } = await serveStitch()
    const hook = await serveHook([200, 503])
    const { post } = relayTo(transport, hook.transport)
    expect((await post(events('a', 'b'))).status).toBe(503)
    expect(await post(events('a', 'b'))).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 1 } })
    expect(await post(events('a', 'b'))).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 2 } })
    expect(hook.taken).toEqual(['a', 'b'])
    expect(rows()).toEqual(['a', 'b'])
  })

  it('sends an event that is twice in a request once', async () => {
    const hook = await serveHook()
    const { post } = relayTo(hook.transport)
    expect(await post(events('a', 'a'))).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 1 } })
    expect(hook.taken).toEqual(['a'])
  })

  it('takes what the filter of a transport leaves out', async () => {
    const hook = await serveHook()
    const { post } = relayTo({ ...hook.transport, accepts: ({ messageId }) => messageId !== 'a' })
    expect(await post(events('a', 'b'))).toMatchObject({ status: 200, body: { accepted: 2 } })
    expect(hook.taken).toEqual(['b'])
  })

  describe('gives a transport for advertising no event of a visitor who sends Global Privacy Control', () => {
    const send = async (body: object, headers: Record<string, string>, purposes: string[] = ['advertising']) => {
      const [plain, ads] = [await serveHook(), await serveHook()]
      const transports = [plain.transport, { ...ads.transport, name: 'ads', purposes }]
      const { collector } = relayTo(...transports)
      const request = new Request('http://collector.test/v1/batch', {
        ...{ method: 'POST', headers: { origin: siteOrigin, ...headers }, body: JSON.stringify(body) },
      })
      return { answer: await (await collector.fetch(request)).json(), plain: plain.taken, ads: ads.taken }
    }
    const consenting = (messageId: string, gpc: boolean) => ({ ...track, messageId, context: { consent: { gpc } } })

    it('where the browser says so', async () => {
      const signal = { 'sec-gpc': '1' }
      expect(await send(events('a', 'b'), signal)).toMatchObject({
        answer: { accepted: 2 },
        plain: ['a', 'b'],
        ads: [],
      })
      expect((await send(events('a'), signal, ['analytics', 'Sale'])).ads).toEqual([])
      expect((await send(events('a'), signal, ['analytics'])).ads).toEqual(['a'])
      expect((await send(events('a'), { 'sec-gpc': '0' })).ads).toEqual(['a'])
    })

    it('where the event says so', async () => {
      const batch = shopBatch(consenting('no', true), consenting('yes', false))
      expect(await send(batch, {})).toMatchObject({ answer: { accepted: 2 }, plain: ['no', 'yes'], ads: ['yes'] })
    })

    it('where a server says so of its visitor, whatever the server itself sends', async () => {
      const batch = [consenting('no', true), consenting('yes', false)]
      const { ads } = await send({ projectKey: 'sk_shop_0123456789', batch }, { 'sec-gpc': '1' })
      expect(ads).toEqual(['yes'])
    })

    it('and takes the event, once for all, where there is no other transport', async () => {
      const ads = await serveHook()
      const { collector } = relayTo({ ...ads.transport, purposes: ['advertising'] })
      const request = () =>
        new Request('http://collector.test/v1/batch', {
          ...{ method: 'POST', headers: { origin: siteOrigin, 'sec-gpc': '1' }, body: JSON.stringify(events('a')) },
        })
      for (let round = 0; round < 2; round++) {
        expect(await (await collector.fetch(request())).json()).toMatchObject({ accepted: 1, rejected: [] })
      }
      expect(ads.taken).toEqual([])
    })
  })

  it('checks key and origin before anything leaves', async () => {
    const hook = await serveHook()
    const { collector } = relayTo(hook.transport)
    for (const [key, origin, status] of [
      ['wrong', siteOrigin, 401],
      ['pk_shop', 'https://other.example', 403],
    ] as const) {
      const body = JSON.stringify({ ...events('a'), projectKey: key })
      const request = new Request('http://collector.test/v1/batch', { method: 'POST', headers: { origin }, body })
      expect((await collector.fetch(request)).status).toBe(status)
    }
    expect(hook.taken).toEqual([])
  })

  it('keeps the profile that a Tracardi sender names', async () => {
    const hook = await serveHook()
    const { collector } = relayTo(hook.transport)
    const body = {
      source: { id: 'pk_shop' },
      session: { id: 's' },
      profile: { id: 'p-1' },
      events: [{ type: 'page-view' }],
    }
    const headers = { origin: siteOrigin, 'content-type': 'application/json' }
    const request = new Request('http://collector.test/track', { method: 'POST', headers, body: JSON.stringify(body) })
    const response = await collector.fetch(request)
    expect(await response.json()).toMatchObject({ profile: { id: 'p-1' } })
  })

  it('has nothing to read', async () => {
    const { collector } = relayTo((await serveHook()).transport)
    expect((await collector.fetch(new Request('http://collector.test/admin/events'))).status).toBe(404)
    await collector.close()
    expect((await collector.fetch(new Request('http://collector.test/healthz'))).status).toBe(503)
  })

  it.each<[string, object]>([
    ['forward', { forward: [] }],
    ['forward', { forward: 'stitch' }],
    ['forward', { forward: [stitch({ token: 't' })], store: {} }],
    ['forward[0]', { forward: [{ name: 'x' }] }],
    ['forward[1]', { forward: [stitch({ token: 't' }), stitch({ token: 'u' })] }],
    ['adminToken', { forward: [stitch({ token: 't' })], adminToken: 'long-enough-for-a-token' }],
  ])('names %s when it is wrong', (name, options) => {
    expect(() => createCollector({ projects, ...options } as CollectorOptions)).toThrow(`[firsthand] ${name}: `)
  })
})
