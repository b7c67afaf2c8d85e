import { Analytics } from '@segment/analytics-node'
import { afterAll, describe, expect, it } from 'vitest'
import { type Collector, type CollectorLimits, createCollector, type Store } from '../../src/collector'
import { type Served, serve } from '../../src/collector/node/serve'
import { sqliteStore } from '../../src/collector/stores/sqlite'

const closers: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A collector on a port of its own, before which `intercept` may answer. */
async function start(
  intercept: (request: Request) => Response | null = () => null,
  limits: Partial<CollectorLimits> = {},
): Promise<Served & { store: Store }> {
  const store = sqliteStore({ path: ':memory:' })
  const projects = [{ id: 'site', key: 'pk', secretKey: 'sk_0123456789abcdef', origins: [] }]
  const collector = createCollector({ projects, store, limits, log: () => {} })
  const fetch: Collector['fetch'] = async (request, info) => intercept(request) ?? collector.fetch(request, info)
  const served = await serve({ ...collector, fetch }, { port: 0 })
  closers.push(served.close)
  return { ...served, store }
}

function connect(host: string, options: object = {}) {
  const client = new Analytics({ writeKey: 'sk_0123456789abcdef', host, ...options })
  const errors: unknown[] = []
  client.on('error', (error) => errors.push(error))
  return { client, errors }
}

describe('@segment/analytics-node', () => {
  it('delivers a call of each type, as it was made', async () => {
    const { url, store } = await start()
    const { client, errors } = connect(url)
    const timestamp = new Date('2012-03-04T05:06:07.000Z')
    client.identify({ userId: 'u', traits: { plan: 'team' } })
    client.track({ userId: 'u', event: 'Bought', properties: { total: 5 }, timestamp, messageId: 'own-id' })
    client.page({ anonymousId: 'a', name: 'Home', category: 'Docs', properties: { url: 'https://example.com/' } })
    client.screen({ userId: 'u', name: 'Home' })
    client.group({ userId: 'u', groupId: 'g', traits: { seats: 3 } })
    client.alias({ userId: 'u', previousId: 'a' })
    await client.closeAndFlush()
    expect(errors).toEqual([])
    const { events } = await store.events({ limit: 100 })
    expect(events.reverse()).toMatchObject([
      { type: 'identify', userId: 'u', traits: { plan: 'team' } },
      { type: 'track', event: 'Bought', messageId: 'own-id', originalTimestamp: timestamp.toISOString() },
      { type: 'page', anonymousId: 'a', name: 'Home', properties: { category: 'Docs', url: 'https://example.com/' } },
      { type: 'screen', name: 'Home' },
      { type: 'group', groupId: 'g', traits: { seats: 3 } },
      { type: 'alias', userId: 'u', previousId: 'a' },
    ])
  })

  it('lands each event once, also where an answer gets lost and where the collector is busy', async () => {
    let requests = 0
    let lost = 0
    const { url, store } = await start((request) => {
      if (!request.url.endsWith('/v1/batch')) return null
      requests++
      return requests % 3 === 0 ? new Response(null, { status: 503, headers: { 'Retry-After': '1' } }) : null
    })
    const { client, errors } = connect(url, {
      flushAt: 20,
      httpClient: async (address: string, init: RequestInit) => {
        const response = await fetch(address, init)
        // Stored, but the client does not get to know.
        if (response.ok && ++lost <= 2) return new Response(null, { status: 504 })
        return response
      },
    })
    for (let index = 0; index < 200; index++) client.track({ userId: 'u', event: 'E', properties: { index } })
    await client.closeAndFlush()
    expect(errors).toEqual([])
    const stats = await store.stats()
    expect(stats.events).toBe(200)
    expect(stats.duplicates).toBeGreaterThanOrEqual(20)
    const { events } = await store.events({ limit: 1_000 })
    expect(new Set(events.map(({ properties }) => properties?.index)).size).toBe(200)
  }, 60_000)

  it('waits as long as it is told to where it sends too often, and loses nothing', async () => {
    const refused: string[] = []
    const { url, store } = await start(() => null, { keyRequestsPerSecond: 4, keyRequestBurst: 2 })
    const { client, errors } = connect(url, {
      flushAt: 10,
      httpClient: async (address: string, init: RequestInit) => {
        const response = await fetch(address, init)
        if (response.status === 429) refused.push(response.headers.get('retry-after') ?? '')
        return response
      },
    })
    for (let index = 0; index < 100; index++) client.track({ userId: 'u', event: 'E', properties: { index } })
    await client.closeAndFlush()
    expect(errors).toEqual([])
    expect(refused.length).toBeGreaterThan(0)
    expect(new Set(refused)).toEqual(new Set(['1']))
    expect((await store.stats()).events).toBe(100)
  }, 60_000)

  it('is told of a wrong key', async () => {
    const { url } = await start()
    const { client, errors } = connect(url, { writeKey: 'nobody' })
    client.track({ userId: 'u', event: 'E' })
    await client.closeAndFlush()
    expect(errors).toHaveLength(1)
  })
})
