import { afterAll, describe, expect, it } from 'vitest'
import { siteOrigin, testCollector } from '../helpers/test-collector'

const { collector, send, stored, store, logged } = testCollector()

afterAll(async () => {
  await collector.close()
  expect(logged).toEqual([])
})

const get = (query: string, headers: Record<string, string | null> = {}) =>
  send('GET', `/pixel.gif?${query}`, undefined, { origin: null, referer: `${siteOrigin}/`, ...headers })

describe('GET /pixel.gif', () => {
  it('stores a page and answers one transparent pixel that nobody keeps', async () => {
    const response = await get('projectKey=pk_shop&name=Prices&url=https%3A%2F%2Fshop.example%2Fa')
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/gif',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'cross-origin',
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes).toHaveLength(43)
    expect(bytes.subarray(0, 10).toString('latin1')).toBe('GIF89a\x01\0\x01\0')
    expect(await stored()).toMatchObject([
      {
        type: 'page',
        name: 'Prices',
        anonymousId: expect.stringMatching(/^[\da-f-]{36}$/),
        context: { page: { url: 'https://shop.example/a' } },
      },
    ])
  })

  it('stores a track of a user, with all that is left as properties', async () => {
    await get('writeKey=pk_shop&event=Mail+Opened&userId=u-1&campaign=spring')
    expect(await stored()).toMatchObject([
      { type: 'track', event: 'Mail Opened', userId: 'u-1', anonymousId: null, properties: { campaign: 'spring' } },
    ])
  })

  it('takes the address of its page from the Referer, where that is not cut to the site', async () => {
    const urlOf = async (referer: string) => {
      await get('projectKey=pk_shop', { referer })
      return (await stored())[0]?.context.page?.url
    }
    expect(await urlOf(`${siteOrigin}/prices?a`)).toBe(`${siteOrigin}/prices?a`)
    expect(await urlOf(`${siteOrigin}/`)).toBeUndefined()
  })

  it('counts a repeated messageId once', async () => {
    const before = await store.stats()
    for (let round = 0; round < 2; round++) await get('projectKey=pk_shop&messageId=pixel-1')
    expect((await store.stats()).events - before.events).toBe(1)
  })

  it('comes back as an image also where nothing is stored, and says why in its head', async () => {
    const before = await store.stats()
    const refused: [string, Record<string, string | null>, number, string][] = [
      ['', {}, 401, 'missing-key'],
      ['projectKey=nobody', {}, 401, 'unknown-key'],
      ['projectKey=pk_shop', { referer: null }, 403, 'origin-not-allowed'],
      ['projectKey=pk_shop', { referer: 'https://evil.example/' }, 403, 'origin-not-allowed'],
      ['projectKey=pk_shop', { referer: 'nonsense' }, 403, 'origin-not-allowed'],
      ['projectKey=pk_shop&url=https://evil.example/', {}, 400, 'url-not-allowed'],
      ['projectKey=pk_shop&type=alias', {}, 400, 'invalid-event'],
      ['projectKey=pk_shop&type=track', {}, 400, 'invalid-event'],
      ['projectKey=pk_shop&timestamp=soon', {}, 400, 'invalid-event'],
    ]
    for (const [query, headers, status, code] of refused) {
      const response = await get(query, headers)
      expect([response.status, response.headers.get('x-problem')], query).toEqual([status, code])
      expect(response.headers.get('content-type')).toBe('image/gif')
      expect((await response.arrayBuffer()).byteLength).toBe(43)
    }
    expect((await store.stats()).events).toBe(before.events)
  })

  it('needs no Referer in mails where the project accepts requests without an origin', async () => {
    expect((await get('projectKey=pk_app&event=Mail+Opened&userId=u', { referer: null })).status).toBe(200)
  })

  it('stores nothing for whoever asks only whether it is there', async () => {
    const before = await store.stats()
    const response = await send('HEAD', '/pixel.gif?projectKey=pk_shop')
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0])
    expect(await store.stats()).toEqual(before)
    expect((await send('POST', '/pixel.gif?projectKey=pk_shop')).status).toBe(405)
  })
})
