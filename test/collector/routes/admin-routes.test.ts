import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminToken, shopBatch, siteOrigin, testCollector, track } from '../helpers/test-collector'

const { collector, post, admin } = testCollector()
const get = async (path: string) => (await admin(path)).json()
const ids = (page: { events: { messageId: string }[] }) => page.events.map(({ messageId }) => messageId)

beforeAll(async () => {
  const sequence = (number: number) => ({ context: { sequence: { instance: 'i', number } } })
  await post(
    shopBatch(
      { ...track, messageId: '1', timestamp: new Date(Date.now() - 86_400_000).toISOString(), ...sequence(1) },
      { type: 'identify', messageId: '2', anonymousId: 'anon-1', userId: 'u', ...sequence(4) },
      { type: 'page', messageId: '3', anonymousId: 'anon-2', context: { session: { id: 's', number: 1, start: 1 } } },
      { type: 'nonsense' },
    ),
  )
  await post(shopBatch({ ...track, messageId: '1' }))
})

afterAll(() => collector.close())

describe('GET /admin/events', () => {
  it('gives canonical events, newest first, page by page', async () => {
    const first = await get('/admin/events?limit=2')
    expect(ids(first)).toEqual(['3', '2'])
    expect(first.events[1]).toMatchObject({ version: 1, type: 'identify', userId: 'u', project: 'shop' })
    const second = await get(`/admin/events?limit=2&cursor=${first.next}`)
    expect(ids(second)).toEqual(['1'])
    expect(second.next).toBeNull()
  })

  it('filters by what it is asked for', async () => {
    expect(ids(await get('/admin/events?type=page'))).toEqual(['3'])
    expect(ids(await get('/admin/events?event=Button%20Clicked'))).toEqual(['1'])
    expect(ids(await get('/admin/events?userId=u'))).toEqual(['2'])
    expect(ids(await get('/admin/events?anonymousId=anon-1&project=shop'))).toEqual(['2', '1'])
    expect(ids(await get('/admin/events?project=app'))).toEqual([])
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
    expect(ids(await get(`/admin/events?since=${hourAgo}`))).toEqual(['3', '2'])
    expect(ids(await get(`/admin/events?until=${hourAgo}`))).toEqual(['1'])
  })

  it.each(['limit=0', 'limit=1001', 'limit=x', 'since=yesterday', 'until=1', 'cursor=a%27--'])(
    'answers 400 to %s',
    async (query) => {
      expect((await admin(`/admin/events?${query}`)).status).toBe(400)
    },
  )
})

describe('GET /admin/stats', () => {
  it('counts what was stored, rejected, repeated and is missing', async () => {
    expect(await get('/admin/stats')).toEqual({
      events: 3,
      people: 2,
      sessions: 1,
      rejected: 1,
      duplicates: 1,
      gaps: 2,
    })
  })
})

describe('admin routes', () => {
  it('are for the admin token only, and are neither cached nor shared with other origins', async () => {
    for (const path of ['/admin/events', '/admin/stats']) {
      for (const authorization of ['', 'Bearer wrong', `Basic ${btoa(adminToken)}`]) {
        const headers = { authorization }
        const response = await collector.fetch(new Request(`http://collector.test${path}`, { headers }))
        expect(response.status).toBe(401)
      }
      const headers = { authorization: `Bearer ${adminToken}`, origin: siteOrigin }
      const response = await collector.fetch(new Request(`http://collector.test${path}`, { headers }))
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})
