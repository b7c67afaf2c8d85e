import { afterEach, describe, expect, it } from 'vitest'
import { type AppendResult, type Collector, createCollector, type LogEntry } from '../../../src/collector'
import { LIBRARY } from '../../../src/core/version'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { http } from '../../../plugins/http'
import { parsePrometheus } from '../../helpers/parse-prometheus'
import { projects, shopBatch, siteOrigin, testCollector, track } from '../helpers/test-collector'

const opened: Collector[] = []
afterEach(async () => {
  for (const collector of opened.splice(0)) await collector.close()
})

function open(options: Parameters<typeof testCollector>[0] = {}) {
  const tested = testCollector(options)
  opened.push(tested.collector)
  return tested
}

/** A store that is in order, until it is told to fail. */
function failingStore() {
  const store = sqliteStore({ path: ':memory:' })
  let failure: AppendResult | null = null
  let appends = 0
  return {
    store: {
      ...store,
      append: (...args: Parameters<typeof store.append>) => {
        appends++
        return failure ? Promise.resolve(failure) : store.append(...args)
      },
    },
    appends: () => appends,
    fail: (reason: string | null) => (failure = reason === null ? null : { status: 'unavailable', reason }),
  }
}

describe('GET /healthz', () => {
  it('says that the process is alive, whatever the store does', async () => {
    const { store, fail } = failingStore()
    fail('disk full')
    const response = await open({ store }).send('GET', '/healthz')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('GET /readyz', () => {
  it('says that events would be stored, which it has tried', async () => {
    const { store, appends } = failingStore()
    const { send, admin } = open({ store })
    const response = await send('GET', '/readyz')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ready' }])
    expect(appends()).toBe(1)
    expect(await (await admin('/admin/stats')).json()).toMatchObject({ events: 0, rejected: 0 })
  })

  it('asks the store once where many ask at the same time', async () => {
    const { store, appends } = failingStore()
    const { send } = open({ store })
    await Promise.all(Array.from({ length: 50 }, () => send('GET', '/readyz')))
    expect(appends()).toBe(1)
  })

  it('says 503, and the reason to the log alone: databases name hosts, users and files', async () => {
    const { store, fail } = failingStore()
    const reason = 'no pg_hba.conf entry for host "10.0.0.7", user "events", database "events"'
    fail(reason)
    const { send, logged } = open({ store })
    const response = await send('GET', '/readyz')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    expect((await response.json()).error).toEqual({
      code: 'not-ready',
      message: 'the store takes no events; the log says why',
    })
    expect(logged).toEqual([{ level: 'warn', message: 'the store takes no events', reason }])
  })

  it('needs no token and is there in a relay too', async () => {
    const relay = createCollector({ projects, forward: [http({ url: 'http://127.0.0.1:1' })] })
    opened.push(relay)
    expect((await relay.fetch(new Request('http://relay.test/readyz'))).status).toBe(200)
  })
})

describe('GET /metrics', () => {
  async function scrape({ admin }: Pick<ReturnType<typeof open>, 'admin'>) {
    const response = await admin('/metrics')
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const families = parsePrometheus(await response.text())
    return (name: string, labels: Record<string, string> = {}) =>
      families
        .get(name.replace(/_(count|sum|bucket)$/, ''))
        ?.samples.find(
          (sample) =>
            sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
        )?.value
  }

  it('counts requests by route and status, and events by project and outcome', async () => {
    const tested = open()
    const sequence = (number: number) => ({ context: { sequence: { instance: 'i', number } } })
    await tested.post(
      shopBatch(
        { ...track, messageId: '1', ...sequence(1) },
        { ...track, messageId: '2', ...sequence(5) },
        { type: 'x' },
      ),
    )
    await tested.post(shopBatch({ ...track, messageId: '1' }))
    await tested.post(shopBatch(track), { origin: 'https://evil.test' })
    await tested.send('GET', '/v1/projects/pk_shop/settings')
    await tested.send('GET', '/nothing/a1')
    await tested.send('GET', '/nothing/a2')
    await tested.send('BREW', '/events')
    const value = await scrape(tested)
    expect(value('firsthand_build_info', { version: LIBRARY.version })).toBe(1)
    expect(value('firsthand_http_requests_total', { route: '/v1/batch', method: 'POST', status: '200' })).toBe(2)
    expect(value('firsthand_http_requests_total', { route: '/v1/batch', status: '403' })).toBe(1)
    expect(value('firsthand_http_requests_total', { route: '/v1/projects/:key/settings' })).toBe(1)
    expect(value('firsthand_http_requests_total', { route: 'none', status: '404' })).toBe(2)
    expect(value('firsthand_http_requests_total', { method: 'other', status: '405' })).toBe(1)
    expect(value('firsthand_http_request_duration_seconds_count', { route: '/v1/batch' })).toBe(3)
    for (const [outcome, count] of [
      ['stored', 2],
      ['duplicate', 1],
      ['rejected', 1],
    ] as const) {
      expect(value('firsthand_events_total', { project: 'shop', outcome }), outcome).toBe(count)
      expect(value('firsthand_day_events', { project: 'shop', outcome }), outcome).toBe(count)
    }
    expect(value('firsthand_day_events', { project: 'shop', outcome: 'missing' })).toBe(3)
    expect(value('firsthand_accept_duration_seconds_count')).toBe(2)
    expect(value('firsthand_request_events_sum')).toBe(4)
    expect(value('firsthand_store_up')).toBe(1)
  })

  it('counts what could not be stored, and says that the store is down', async () => {
    const { store, fail } = failingStore()
    const tested = open({ store: { ...store, usage: () => Promise.reject(new Error('down')) } })
    fail('disk full')
    expect((await tested.post(shopBatch(track, track))).status).toBe(503)
    expect((await tested.post(shopBatch(...Array.from({ length: 2501 }, () => 1)))).status).toBe(413)
    const value = await scrape(tested)
    expect(value('firsthand_events_total', { project: 'shop', outcome: 'unavailable' })).toBe(2)
    expect(value('firsthand_events_total', { project: 'shop', outcome: 'rejected' })).toBe(2501)
    expect(value('firsthand_store_up')).toBe(0)
  })

  it('keeps keys, ids and paths out', async () => {
    const tested = open()
    await tested.post(shopBatch({ ...track, anonymousId: 'visitor-1', messageId: 'message-1' }))
    await tested.send('GET', '/v1/projects/pk_shop/settings')
    await tested.send('GET', '/collect/page-view/pk_shop/session-1')
    const text = await (await tested.admin('/metrics')).text()
    for (const secret of ['pk_shop', 'visitor-1', 'message-1', 'session-1']) expect(text).not.toContain(secret)
  })

  it('names the routes alike below a base path', async () => {
    const { collector, logged } = open({ basePath: '/e', logLevel: 'debug' })
    await collector.fetch(
      new Request('http://collector.test/e/v1/batch', { method: 'POST', headers: { origin: siteOrigin } }),
    )
    expect(logged).toContainEqual(expect.objectContaining({ message: 'request', route: '/v1/batch', status: 400 }))
  })

  it('is for the admin token, unless the owner opens it or takes it away', async () => {
    const status = async (options: Parameters<typeof testCollector>[0]) =>
      (await open(options).send('GET', '/metrics')).status
    expect(await status({})).toBe(401)
    expect(await status({ metrics: 'open' })).toBe(200)
    expect(await status({ metrics: 'off' })).toBe(404)
    expect(await status({ adminToken: undefined })).toBe(404)
    expect(await status({ adminToken: undefined, metrics: 'open' })).toBe(200)
  })
})

describe('the log', () => {
  it('has a line for each request at the level debug alone, without path, body or ids', async () => {
    const of = async (logLevel?: LogEntry['level']) => {
      const { post, logged } = open({ logLevel })
      await post(shopBatch({ ...track, anonymousId: 'visitor-1' }))
      return logged
    }
    expect(await of()).toEqual([])
    const [line, ...others] = await of('debug')
    expect(others).toEqual([])
    expect(line).toEqual({
      ...{ level: 'debug', message: 'request', method: 'POST', route: '/v1/batch', status: 200 },
      durationMs: expect.any(Number),
    })
  })

  it('leaves out what is less serious than it is told', async () => {
    const { store, fail } = failingStore()
    fail('disk full')
    const { post, logged } = open({ store, logLevel: 'error' })
    expect((await post(shopBatch(track))).status).toBe(503)
    expect(logged).toEqual([])
  })
})
