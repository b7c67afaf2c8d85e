import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { RequestLike, RequestOptions, ServerOptions } from '../../src/node/server'
import { type Receiver, startReceiver } from './receiver'

let receiver: Receiver | undefined
afterEach(async () => {
  await receiver?.closeAll()
  receiver = undefined
})

const SESSION = (lastMs = Date.now()) => `1.visit-1.4.${(lastMs - 60_000).toString(36)}.${lastMs.toString(36)}`

async function open(options: Partial<ServerOptions> = {}) {
  receiver = await startReceiver()
  const client = receiver.client(options)
  const { events } = receiver
  return {
    client,
    events,
    /** The events of one call in the scope of a request. */
    async trackIn(request: RequestLike, own?: RequestOptions) {
      const scope = client.request(request, own)
      await scope.track('Seen')
      await client.flush()
      return { scope, event: events.at(-1) as (typeof events)[0] }
    },
  }
}

const incoming = (headers: Record<string, string | string[]>, more: Partial<RequestLike> = {}): RequestLike => ({
  method: 'GET',
  url: '/',
  headers: { host: 'example.com', ...headers },
  ...more,
})

describe('the scope of a request', () => {
  it.each([
    ['a Fetch request', (cookie: string) => new Request('https://example.com/', { headers: { cookie } })],
    ['an IncomingMessage', (cookie: string) => incoming({ cookie })],
  ])('takes anonymous id and visit from the cookies of %s, and sets none again', async (_, make) => {
    const { trackIn } = await open()
    const { scope, event } = await trackIn(make(`a=b; __anon_id=anon%201; __fh_session=${SESSION()}`), { userId: 7 })
    expect(event).toMatchObject({ type: 'track', anonymousId: 'anon 1', userId: '7' })
    expect(event.context.session).toMatchObject({ id: 'visit-1', number: 4 })
    expect(scope).toMatchObject({ anonymousId: 'anon 1', userId: '7', setCookie: [], session: { id: 'visit-1' } })
  })

  it('makes an anonymous id and a visit where there are none, and tells the browser as its SDK would have written them', async () => {
    const { client, events, trackIn } = await open()
    const { scope, event } = await trackIn(new Request('https://example.com/'), { cookieDomain: 'example.com' })
    expect(event.anonymousId).toMatch(/^[\w-]{21}$/)
    expect(event.context.session).toMatchObject({ number: 1 })
    const attributes = 'Path=/; Max-Age=34560000; SameSite=Lax; Domain=example.com; Secure'
    expect(scope.setCookie).toEqual([
      `__anon_id=${event.anonymousId}; ${attributes}`,
      expect.stringMatching(new RegExp(`^__fh_session=1\\.[\\w-]{21}\\.1\\.[\\da-z]+\\.[\\da-z]+; ${attributes}$`)),
    ])
    const cookie = scope.setCookie.map((text) => text.split(';')[0]).join('; ')
    const next = client.request(new Request('https://example.com/', { headers: { cookie } }))
    expect(next).toMatchObject({ anonymousId: event.anonymousId, session: scope.session, setCookie: [] })
    expect(events).toHaveLength(1)
  })

  it('starts the next visit where the last one is over, and writes a living one down again after ten seconds', async () => {
    const { client } = await open()
    const at = (agoMs: number) =>
      client.request(incoming({ cookie: `__anon_id=a; __fh_session=${SESSION(Date.now() - agoMs)}` }))
    const [over, older] = [at(31 * 60_000), at(60_000)]
    expect(over.session).toMatchObject({ number: 5 })
    expect(over.setCookie).toEqual([expect.stringMatching(/^__fh_session=.*SameSite=Lax$/)])
    expect(older.session).toMatchObject({ id: 'visit-1', number: 4 })
    expect(older.setCookie).toEqual([expect.stringContaining('__fh_session=1.visit-1.4.')])
  })

  it.each([
    ['__anon_id=%3Cscript%3E'],
    ['__anon_id=%E0%A4%A'],
    [`__anon_id=${'x'.repeat(201)}`],
    ['__anon_id='],
    ['__anon_id=ok; __fh_session=1.%22.x'],
  ])('never trusts a cookie that is not what it should be: %s', async (cookie) => {
    const { client } = await open()
    const { anonymousId, session } = client.request(incoming({ cookie }))
    expect(anonymousId).toMatch(/^(ok|[\w-]{21})$/)
    expect(session.id).toMatch(/^[\w-]{21}$/)
  })

  it('takes a user id in a cookie for a claim only', async () => {
    const { trackIn } = await open()
    const { event } = await trackIn(incoming({ cookie: '__anon_id=a; __user_id=mallory' }))
    expect(event.userId).toBeNull()
    expect(event.context.claimedUserId).toBe('mallory')
    const signedIn = await trackIn(incoming({ cookie: '__anon_id=a; __user_id=u1' }), { userId: 'u1' })
    expect(signedIn.event.userId).toBe('u1')
    expect(signedIn.event.context).not.toHaveProperty('claimedUserId')
  })

  it('has all calls, and identify holds for those after it', async () => {
    const { client, events } = await open()
    const scope = client.request(incoming({ cookie: '__anon_id=a', referer: 'https://example.com/prices?x=1' }))
    await scope.page('Prices')
    await scope.identify('u1', { plan: 'pro' })
    await scope.track({ event: 'Done', properties: { ok: true }, messageId: 'own' })
    await scope.group('g1', { size: 3 })
    await scope.screen('Home')
    await scope.alias('u2')
    await client.flush()
    const sorted = events.toSorted((a, b) => (a.context.sequence?.number ?? 0) - (b.context.sequence?.number ?? 0))
    expect(sorted).toMatchObject([
      {
        type: 'page',
        name: 'Prices',
        userId: null,
        properties: { name: 'Prices', url: 'https://example.com/prices?x=1', path: '/prices', search: '?x=1' },
      },
      { type: 'identify', userId: 'u1', anonymousId: 'a', traits: { plan: 'pro' } },
      { type: 'track', userId: 'u1', messageId: 'own', properties: { ok: true } },
      { type: 'group', userId: 'u1', groupId: 'g1' },
      { type: 'screen', userId: 'u1', name: 'Home' },
      { type: 'alias', userId: 'u2', previousId: 'a' },
    ])
    expect(sorted[2]).not.toHaveProperty('previousId')
    expect(new Set(sorted.map(({ context }) => context.session?.id)).size).toBe(1)
  })

  it('has the page from the address where a document is asked for, else from the page that asks', async () => {
    const { trackIn } = await open()
    const document = incoming(
      {
        'sec-fetch-dest': 'document',
        referer: 'https://news.example/a',
        'user-agent': 'Agent',
        'accept-language': 'de-AT,de;q=0.9',
      },
      { originalUrl: '/shop?utm_source=mail', url: '/' },
    )
    expect((await trackIn(document)).event.context).toMatchObject({
      page: {
        url: 'http://example.com/shop?utm_source=mail',
        path: '/shop',
        search: '?utm_source=mail',
        referrer: 'https://news.example/a',
      },
      campaign: { source: 'mail' },
      userAgent: 'Agent',
      locale: 'de-AT',
    })
    const call = incoming({ referer: 'https://example.com/cart' }, { method: 'POST', url: '/api/order' })
    expect((await trackIn(call)).event.context.page).toEqual({
      url: 'https://example.com/cart',
      path: '/cart',
      search: '',
    })
    const bare = await trackIn(incoming({ 'accept-language': '*', referer: 'javascript:alert(1)' }))
    expect(bare.event.context).not.toHaveProperty('page')
    expect(bare.event.context).not.toHaveProperty('locale')
  })

  it('has the address of the visitor only where the caller gives it or trusts a proxy, and then what that proxy says', async () => {
    const { trackIn } = await open()
    const request = incoming({
      'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
      accept: 'text/html',
    })
    const contextOf = async (own?: RequestOptions) => (await trackIn(request, own)).event.context
    const open0 = await contextOf()
    expect(open0).not.toHaveProperty('ip')
    expect(open0.page?.url).toBe('http://example.com/')
    const trusted = await contextOf({ trustProxy: true })
    expect([trusted.ip, trusted.page?.url]).toEqual(['10.0.0.1', 'https://shop.example/'])
    expect((await contextOf({ trustProxy: 2 })).ip).toBe('203.0.113.9')
    expect((await contextOf({ ip: '198.51.100.7' })).ip).toBe('198.51.100.7')
    expect(
      (await trackIn(incoming({ 'x-forwarded-for': 'x<script>' }), { trustProxy: 1 })).event.context,
    ).not.toHaveProperty('ip')
  })

  it('never mixes up visitors: 1,000 requests at the same time over one client, each with its own', async () => {
    const { client, events } = await open()
    const pause = (index: number) => new Promise((resolve) => setTimeout(resolve, index % 7))
    const site = createServer(async (request, response) => {
      const index = Number(new URL(request.url ?? '', 'http://x').searchParams.get('i'))
      const scope = client.request(request)
      await pause(index)
      if (index % 3 === 0) await scope.identify(`u${index}`, { index })
      await pause(index * 3)
      await scope.track('Did', { index })
      response.setHeader('set-cookie', scope.setCookie).end(scope.anonymousId)
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    const { port } = site.address() as AddressInfo
    const known = (index: number) => index % 2 === 0
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const headers = known(index) ? { cookie: `__anon_id=a${index}` } : undefined
        const response = await fetch(`http://127.0.0.1:${port}/?i=${index}`, { headers })
        return { id: await response.text(), cookies: response.headers.getSetCookie() }
      }),
    )
    await client.flush()
    site.closeAllConnections()
    site.close()
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1000)
    answers.forEach(({ id, cookies }, index) => {
      if (known(index)) expect(id).toBe(`a${index}`)
      expect(cookies.some((cookie) => cookie.startsWith(`__anon_id=${id};`))).toBe(!known(index))
    })
    expect(events).toHaveLength(1334)
    for (const { type, userId, anonymousId, properties, traits } of events) {
      const index = Number((type === 'track' ? properties : traits)?.index)
      expect([anonymousId, userId]).toEqual([answers[index]?.id, index % 3 === 0 ? `u${index}` : null])
    }
  }, 20_000)
})

describe('waitUntil', () => {
  it('is given one flush for the calls of a request, which settles when they are sent', async () => {
    const promises: Promise<unknown>[] = []
    const { client, events } = await open({ waitUntil: (promise) => promises.push(promise) })
    const scope = client.request(incoming({}))
    void scope.track('One')
    void scope.track('Two')
    expect(promises).toHaveLength(1)
    await promises[0]
    expect(events.map(({ event }) => event)).toEqual(['One', 'Two'])
    const own: Promise<unknown>[] = []
    void client.request(incoming({}), { waitUntil: (promise) => own.push(promise) }).track('Three')
    expect([promises.length, own.length]).toEqual([1, 1])
    await own[0]
    expect(events.at(-1)?.event).toBe('Three')
  })
})
