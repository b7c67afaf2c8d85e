import { describe, expect, it } from 'vitest'
import type { CollectorOptions, NewEvent } from '../../../src/collector'
import { createFakeStore } from '../../helpers/fake-store'
import { shopBatch, siteOrigin, testCollector, track } from '../helpers/test-collector'

const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15'

interface Given {
  options?: Partial<CollectorOptions>
  headers?: Record<string, string>
  remoteAddress?: string
  secret?: boolean
}

/** What the store is given for events of one request, and what was logged. */
async function stored(events: object[], given: Given = {}) {
  const { options, headers = {}, remoteAddress = '203.0.113.195', secret = false } = given
  const appended: NewEvent[] = []
  const store = createFakeStore()
  const { collector, logged } = testCollector({
    ...options,
    store: {
      ...store,
      append: (batch) => {
        appended.push(...batch)
        return store.append(batch)
      },
    },
  })
  const batch = events.map((event) => ({ ...track, ...event }))
  const response = await collector.fetch(
    new Request('https://collect.shop.example/v1/batch', {
      method: 'POST',
      headers: { 'user-agent': safari, ...(secret ? {} : { origin: siteOrigin }), ...headers },
      body: JSON.stringify({ ...shopBatch(...batch), ...(secret && { projectKey: 'sk_shop_0123456789' }) }),
    }),
    { remoteAddress },
  )
  expect(response.status).toBe(200)
  return { appended, clients: appended.map(({ client }) => client), logged }
}

describe('what is known of who sent an event', () => {
  it('of a public key comes from the request, whatever the event says', async () => {
    const context = { ip: '6.6.6.6', userAgent: 'curl/8' }
    const { clients } = await stored([{ context }])
    expect(clients[0]).toEqual({
      ...{ ip: '203.0.113.0', country: null, region: null },
      ...{ browser: 'Safari', browserVersion: '18.5', os: 'macOS', osVersion: '10.15.7', device: 'desktop' },
      ...{ bot: false, gpc: false },
    })
  })

  it('of a secret key comes from the event, whatever program has sent it', async () => {
    const headers = { 'user-agent': 'python-requests/2.31', 'cf-ipcountry': 'DE' }
    const options = { geo: { countryHeader: 'cf-ipcountry' } }
    const visitor = { ip: '2001:db8:85a3:8d3::1', userAgent: safari }
    const { clients } = await stored([{ context: visitor }, {}, { context: { ...visitor } }], {
      headers,
      options,
      secret: true,
    })
    expect(clients[0]).toMatchObject({ ip: '2001:db8:85a3::', browser: 'Safari', bot: false, country: null })
    expect(clients[1]).toMatchObject({ ip: null, browser: null, device: null, bot: false })
    expect(clients[2]).toBe(clients[0])
  })

  it('is one object for the events of a request', async () => {
    const { clients } = await stored([{}, {}])
    expect(clients[0]).toBe(clients[1])
  })

  it('flags bots, but never what a secret key sends', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }
    expect((await stored([{}], { headers })).clients[0]).toMatchObject({ bot: true, device: 'bot' })
    const context = { userAgent: 'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)' }
    expect((await stored([{ context }], { headers, secret: true })).clients[0]).toMatchObject({
      bot: false,
      device: null,
    })
  })

  it('has the place that the headers name which the owner has named', async () => {
    const headers = { 'cf-ipcountry': 'de', 'x-region': 'BY', 'x-country': 'FR' }
    expect((await stored([{}], { headers })).clients[0]).toMatchObject({ country: null, region: null })
    const options = { geo: { countryHeader: 'CF-IPCountry', regionHeader: 'x-region' } }
    expect((await stored([{}], { headers, options })).clients[0]).toMatchObject({ country: 'DE', region: 'BY' })
  })

  it('has the Global Privacy Control of the request or of the event', async () => {
    const events = [{}, { context: { consent: { gpc: true } } }, { context: { consent: { gpc: 'yes' } } }]
    const { clients, appended } = await stored(events)
    expect(clients.map((client) => client?.gpc)).toEqual([false, true, false])
    expect(appended[0]?.arrival.request.gpc).toBe(false)
    const signalled = await stored(events, { headers: { 'sec-gpc': '1' } })
    expect(signalled.clients.map((client) => client?.gpc)).toEqual([true, true, true])
    expect(signalled.appended[0]?.arrival.request.gpc).toBe(true)
    expect((await stored(events.slice(0, 2), { secret: true })).clients.map((client) => client?.gpc)).toEqual([
      false,
      true,
    ])
  })
})

describe('the address of a visitor', () => {
  const headers = {
    'x-forwarded-for': '198.51.100.77, 198.51.100.78',
    'x-real-ip': '198.51.100.77',
    'cf-connecting-ip': '198.51.100.77',
    forwarded: 'for=198.51.100.77',
    cookie: 'ip=198.51.100.77',
  }
  const events = [
    { context: { ip: '198.51.100.77' } },
    { context: { ip: '2001:db8:1:2:3:4:5:6', ipAddress: '::ffff:198.51.100.77', ip_address: 'x 198.51.100.77' } },
    { context: { ip: ['198.51.100.77'] } },
    { context: { ip: { v4: '198.51.100.77' } } },
  ]
  const whole = /198\.51\.100\.7|203\.0\.113\.195|:6"|c633/

  it.each([{ secret: false }, { secret: true }])('never leaves the request as a whole: $secret', async ({ secret }) => {
    for (const options of [{}, { ip: 'drop' }, { ip: { trustedHops: 1 } }, { ip: { header: 'x-real-ip' } }] as const) {
      const { appended, logged } = await stored(events, { options, headers, secret })
      expect(appended).toHaveLength(4)
      expect(JSON.stringify([appended, logged])).not.toMatch(whole)
    }
  })

  it('is shortened in the context, or taken away where it is none or not to be kept', async () => {
    const contexts = async (ip: CollectorOptions['ip']) =>
      (await stored(events, { options: { ip } })).appended.map(({ event }) => event.context)
    expect(await contexts(undefined)).toEqual([
      { ip: '198.51.100.0' },
      { ip: '2001:db8:1::', ipAddress: '198.51.100.0' },
      {},
      {},
    ])
    expect(await contexts('drop')).toEqual([{}, {}, {}, {}])
    expect((await contexts('keep'))[0]).toEqual({ ip: '198.51.100.77' })
  })

  it('is kept where the owner says so, and dropped where he says so', async () => {
    expect((await stored([{}], { options: { ip: 'keep' } })).clients[0]?.ip).toBe('203.0.113.195')
    expect((await stored([{}], { options: { ip: 'drop' } })).clients[0]?.ip).toBeNull()
    const options = { ip: { policy: 'keep', trustedHops: 2 } } as const
    expect((await stored([{}], { options, headers })).clients[0]?.ip).toBe('198.51.100.77')
  })

  it('is shortened before events go on to other receivers', async () => {
    const sent: unknown[] = []
    const { collector } = testCollector({
      store: undefined,
      adminToken: undefined,
      forward: [
        {
          name: 'receiver',
          deduplicates: true,
          encode(batch) {
            sent.push(...batch)
            return { status: 'paused', reason: 'test' }
          },
          decode: () => ({ status: 'delivered' }),
        },
      ],
    })
    await collector.fetch(
      new Request('https://collect.shop.example/v1/batch', {
        method: 'POST',
        headers: { origin: siteOrigin },
        body: JSON.stringify(shopBatch({ ...track, context: { ip: '198.51.100.77' } })),
      }),
    )
    expect(sent).toMatchObject([{ context: { ip: '198.51.100.0' } }])
  })
})

describe('the request beside an event', () => {
  it('has the headers that matter, shortened, and neither addresses nor cookies', async () => {
    const headers = {
      'accept-language': `de-DE,${'x'.repeat(600)}`,
      referer: `${siteOrigin}/page`,
      cookie: '__anon_id=secret',
      authorization: 'Basic eDo=',
      'x-forwarded-for': '1.2.3.4',
    }
    const { appended } = await stored([{}], { headers })
    expect(appended[0]?.arrival.request).toEqual({
      format: 'segment-batch',
      origin: siteOrigin,
      referer: `${siteOrigin}/page`,
      userAgent: safari,
      acceptLanguage: headers['accept-language'].slice(0, 512),
      gpc: false,
      keyKind: 'public',
    })
  })
})
