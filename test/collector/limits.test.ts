import { afterAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/collector'
import { sqliteStore } from '../../src/collector/stores/sqlite'
import { siteOrigin, testCollector, track } from './helpers/test-collector'

const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closers.map((close) => close()))
})

function create(options: Parameters<typeof testCollector>[0]) {
  const created = testCollector(options)
  closers.push(created.collector.close)
  return created
}

/** A clock under load may let one more through; nothing lets all of them. */
const many = 30

/** A request of each protocol with the key of a project, and its words for too many. */
const formats = (key: string): [path: string, method: string, body: unknown, expected: unknown][] => [
  ['/v1/batch', 'POST', { writeKey: key, batch: [track] }, { success: false, error: { code: 'too-many-requests' } }],
  ['/v1/track', 'POST', { writeKey: key, ...track }, { success: false, error: { code: 'too-many-requests' } }],
  [`/v1/projects/${key}/settings`, 'GET', undefined, { success: false, error: { code: 'too-many-requests' } }],
  [`/api/s/track?writeKey=${key}`, 'POST', track, { ok: false, error: expect.stringContaining('too many') }],
  ['/track', 'POST', { source: { id: key }, events: [{ type: 'a' }] }, { detail: expect.stringContaining('too many') }],
  [`/collect/a/${key}/s`, 'POST', {}, { detail: expect.stringContaining('too many') }],
  ['/events', 'POST', { projectKey: key, event_name: 'A' }, { success: false, error: { code: 'too-many-requests' } }],
  [`/pixel.gif?projectKey=${key}`, 'GET', undefined, 'GIF89a'],
]

async function refusals(send: () => Promise<Response>): Promise<Response[]> {
  const answers = await Promise.all(Array.from({ length: many }, send))
  return answers.filter(({ status }) => status === 429)
}

describe('too many requests with one key', () => {
  it.each(formats('pk_shop'))('are answered 429 by %s, in its own words', async (path, method, body, expected) => {
    const { send, stored } = create({ limits: { keyRequestsPerSecond: 1, keyRequestBurst: 2 } })
    const refused = await refusals(() => send(method, path, body))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(many - 1)
    const [response] = refused as [Response]
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('ratelimit')).toBe('"key";r=0;t=1')
    expect(response.headers.get('ratelimit-policy')).toBe('"key";q=2;w=2')
    expect(response.headers.get('vary')).toBe('Origin')
    if (expected === 'GIF89a') {
      expect(response.headers.get('x-problem')).toBe('too-many-requests')
      expect((await response.text()).slice(0, 6)).toBe(expected)
    } else {
      expect(response.headers.get('access-control-allow-origin')).toBe(siteOrigin)
      expect(await response.json()).toMatchObject(expected as object)
    }
    if (!path.includes('settings')) expect(await stored(100)).toHaveLength(many - refused.length)
  })

  it('leave other projects and the servers of the same project alone', async () => {
    const { send } = create({ limits: { keyRequestsPerSecond: 1, keyRequestBurst: 2 } })
    const post = (writeKey: string, origin: string | null) =>
      send('POST', '/v1/batch', { writeKey, batch: [track] }, { origin })
    expect((await refusals(() => post('pk_shop', siteOrigin))).length).toBeGreaterThan(0)
    expect((await post('pk_app', null)).status).toBe(200)
    expect((await post('sk_shop_0123456789', null)).status).toBe(200)
  })

  it('are not those that are refused for their origin: nobody uses up the share of others', async () => {
    const { send } = create({ limits: { keyRequestsPerSecond: 1, keyRequestBurst: 2 } })
    const post = (origin: string) => send('POST', '/v1/batch', { writeKey: 'pk_shop', batch: [track] }, { origin })
    expect(await refusals(() => post('https://evil.example'))).toEqual([])
    expect((await post(siteOrigin)).status).toBe(200)
  })
})

describe('too many requests from one address', () => {
  const limits = { addressRequestsPerSecond: 1, addressRequestBurst: 2 }

  it.each([
    ['with public keys', { writeKey: 'pk_shop', batch: [track] }, siteOrigin],
    ['with wrong keys', { writeKey: 'sk_guess', batch: [track] }, null],
    ['without a key', { batch: [track] }, null],
    ['of unlisted origins', { writeKey: 'pk_shop', batch: [track] }, 'https://evil.example'],
  ])('%s are answered 429', async (_, body, origin) => {
    const { send } = create({ limits })
    const refused = await refusals(() => send('POST', '/v1/batch', body, { origin }))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.headers.get('ratelimit')).toBe('"address";r=0;t=1')
  })

  it('with a secret key are a server at work', async () => {
    const { send } = create({ limits })
    const body = { writeKey: 'sk_shop_0123456789', batch: [track] }
    expect(await refusals(() => send('POST', '/v1/batch', body, { origin: null }))).toEqual([])
  })
})

describe('too many requests of one address behind a proxy', () => {
  const limits = { addressRequestsPerSecond: 1, addressRequestBurst: 2 }
  const post = (collector: ReturnType<typeof create>['collector'], forwarded: string | null, from: string) =>
    collector.fetch(
      new Request('http://collector.test/v1/batch', {
        method: 'POST',
        headers: { origin: siteOrigin, ...(forwarded !== null && { 'x-forwarded-for': forwarded }) },
        body: JSON.stringify({ writeKey: 'pk_shop', batch: [track] }),
      }),
      { remoteAddress: from },
    )

  it('are counted by whom a trusted proxy names, whatever stands before', async () => {
    const { collector } = create({ limits, ip: { trustedHops: 1 } })
    let made = 0
    const spoofed = () => post(collector, `192.0.2.${made++}, 203.0.113.9`, '10.0.0.1')
    expect((await refusals(spoofed)).length).toBeGreaterThan(0)
    expect((await post(collector, '198.51.100.4', '10.0.0.1')).status).toBe(200)
  })

  it('are counted by the connection where they come past the proxy', async () => {
    const { collector } = create({ limits, ip: { trustedHops: 1 } })
    expect((await refusals(() => post(collector, null, '203.0.113.9'))).length).toBeGreaterThan(0)
  })
})

describe('a quota that is used up', () => {
  const limited = (store?: Store) =>
    create({
      projects: [{ id: 'shop', key: 'pk_shop', origins: [siteOrigin], monthlyQuota: 1 }],
      ...(store && { store }),
    })

  const words = (code: string, says: string) =>
    formats('pk_shop')
      .filter(([path]) => !path.includes('settings'))
      .map(([path, method, body, expected]): [string, string, unknown, unknown] => {
        const text = JSON.stringify(expected, (_, value) => value)
        if (expected === 'GIF89a') return [path, method, body, expected]
        if (text.includes('success')) return [path, method, body, { success: false, error: { code } }]
        const contains = expect.stringContaining(says)
        return [path, method, body, path.startsWith('/api') ? { ok: false, error: contains } : { detail: contains }]
      })

  it.each(words('quota-exceeded', 'used up'))(
    'is answered 429 by %s, in its own words',
    async (path, method, body, expected) => {
      const { send, stored } = limited()
      const taken = await send('POST', '/v1/batch', { writeKey: 'pk_shop', batch: [track] })
      expect([taken.status, taken.headers.get('ratelimit')?.split(';t=')[0]]).toEqual([200, '"month";r=0'])
      const response = await send(method, path, body)
      expect(response.status).toBe(429)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(response.headers.get('ratelimit-policy')).toMatch(/^"month";q=1;w=\d+$/)
      expect(response.headers.get('vary')).toBe('Origin')
      if (expected === 'GIF89a') expect(response.headers.get('x-problem')).toBe('quota-exceeded')
      else expect(await response.json()).toMatchObject(expected as object)
      expect(await stored(10)).toHaveLength(1)
    },
  )

  it('takes the whole batch that crosses it, and stays used up over a restart', async () => {
    const store = sqliteStore({ path: ':memory:' })
    const first = limited({ ...store, close: async () => {} })
    const batch = [1, 2, 3].map((number) => ({ ...track, messageId: `m${number}` }))
    const crossing = await first.send('POST', '/v1/batch', { writeKey: 'pk_shop', batch })
    expect(await crossing.json()).toEqual({ success: true, accepted: 3, duplicates: 0, rejected: [] })
    await first.collector.close()
    const second = limited(store)
    expect((await second.send('POST', '/v1/batch', { writeKey: 'pk_shop', batch })).status).toBe(429)
    expect((await store.stats()).duplicates).toBe(0)
  })

  it('is not used up by repeats and by what is rejected', async () => {
    const { send } = create({ projects: [{ id: 'shop', key: 'pk_shop', origins: [siteOrigin], monthlyQuota: 2 }] })
    const post = (...batch: unknown[]) => send('POST', '/v1/batch', { writeKey: 'pk_shop', batch })
    for (let count = 0; count < 3; count++) {
      expect((await post({ ...track, messageId: 'same' })).status).toBe(200)
      expect((await post({ type: 'x' })).status).toBe(400)
    }
    expect((await post(track)).status).toBe(200)
    expect((await post(track)).status).toBe(429)
  })
})
