import { afterAll, describe, expect, it } from 'vitest'
import { shopBatch, siteOrigin, testCollector } from '../helpers/test-collector'

const { collector, send, stored, post, logged } = testCollector()

afterAll(async () => {
  await collector.close()
  expect(logged).toEqual([])
})

const event = { projectKey: 'pk_shop', event_name: 'ButtonClick', url: `${siteOrigin}/page` }

describe('POST /events', () => {
  it('stores an event with everything that it says, and answers its session', async () => {
    const data = { category: 'CTA', label: 'Homepage Hero', value: 1, custom_field: 'x' }
    const page = { page_title: 'Home', page_path: '/', referrer: 'https://news.example/', userAgent: 'Browser/1' }
    const timestamp = new Date(Date.now() - 60_000).toISOString()
    const response = await send('POST', '/events', { ...event, ...page, event_data: data, sessionId: 's-1', timestamp })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ success: true, sessionId: 's-1', accepted: 1, duplicates: 0, rejected: [] })
    expect(await stored()).toMatchObject([
      {
        type: 'track',
        event: 'ButtonClick',
        anonymousId: 's-1',
        timestamp,
        properties: data,
        context: {
          page: { url: `${siteOrigin}/page`, title: 'Home', path: '/', referrer: 'https://news.example/' },
          userAgent: 'Browser/1',
          session: { id: 's-1' },
        },
      },
    ])
  })

  it('makes a session where none is named, and answers it', async () => {
    const { sessionId } = await (await send('POST', '/events', event)).json()
    expect(sessionId).toMatch(/^[\da-f-]{36}$/)
    expect(await stored()).toMatchObject([{ context: { session: { id: sessionId } } }])
  })

  it('takes a list, and says of each bad event which and why', async () => {
    const list = [
      event,
      { ...event, event_name: '' },
      { ...event, url: 'https://evil.example/' },
      { ...event, projectKey: 'pk_app' },
      null,
      { ...event, timestamp: 'yesterday' },
    ]
    const response = await send('POST', '/events', list)
    expect(response.status).toBe(200)
    const { accepted, rejected, sessionId } = await response.json()
    expect(accepted).toBe(1)
    expect(rejected.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual([
      [1, 'invalid-event'],
      [2, 'url-not-allowed'],
      [3, 'other-project'],
      [4, 'invalid-event'],
      [5, 'invalid-event'],
    ])
    expect(await stored()).toMatchObject([{ context: { session: { id: sessionId } } }])
  })

  it('counts an event once that comes again, also in another format', async () => {
    const named = { ...event, messageId: 'custom-1', sessionId: 's' }
    await send('POST', '/events', named)
    expect(await (await send('POST', '/events', named)).json()).toMatchObject({ accepted: 0, duplicates: 1 })
    const batch = shopBatch({ type: 'page', anonymousId: 'a', messageId: 'custom-1' })
    expect(await (await post(batch)).json()).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  it('takes old events of a secret key at their time, from anywhere', async () => {
    const old = { ...event, projectKey: 'sk_shop_0123456789', url: 'https://other.example/', timestamp: '2019-05-06' }
    expect((await send('POST', '/events', old, { origin: null })).status).toBe(200)
    expect(await stored()).toMatchObject([{ timestamp: '2019-05-06T00:00:00.000Z' }])
  })

  it.each<[string, number, unknown, Record<string, string | null>]>([
    ['missing-key', 401, { event_name: 'A' }, {}],
    ['missing-key', 401, [], {}],
    ['missing-key', 401, null, {}],
    ['unknown-key', 401, { ...event, projectKey: 'nobody' }, {}],
    ['origin-not-allowed', 403, event, { origin: 'https://evil.example' }],
    ['origin-not-allowed', 403, event, { origin: 'null' }],
    ['origin-not-allowed', 403, event, { origin: null }],
    ['origin-not-allowed', 403, event, { origin: null, referer: siteOrigin }],
    ['invalid-json', 400, '{', {}],
    ['body-too-large', 413, 'x'.repeat(1_048_577), {}],
    ['too-many-events', 413, Array.from({ length: 2_501 }, () => event), {}],
  ])('answers %s with %i', async (code, status, body, headers) => {
    const response = await send('POST', '/events', body, headers)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ success: false, error: { code } })
  })

  it('says 400 where nothing could be stored, and to an empty list', async () => {
    const response = await send('POST', '/events', { ...event, event_name: undefined })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ success: false, rejected: [{ message: 'event_name is missing' }] })
    const empty = await send('POST', '/events?projectKey=pk_shop', [])
    expect(await empty.json()).toMatchObject({ error: { code: 'empty-list' } })
  })
})
