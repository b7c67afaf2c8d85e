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

  it('is followed from a place on: oldest first, with the place to go on from, filters or not', async () => {
    const first = await get('/admin/events?after=0&limit=2')
    expect(ids(first)).toEqual(['1', '2'])
    const second = await get(`/admin/events?after=${first.next}`)
    expect(ids(second)).toEqual(['3'])
    expect(await get(`/admin/events?after=${second.next}`)).toEqual({ events: [], next: second.next })
    expect(await get('/admin/events?after=latest&limit=1')).toEqual(second)
    const filtered = await get('/admin/events?after=0&type=page&project=shop')
    expect([ids(filtered), filtered.next]).toEqual([['3'], second.next])
  })

  it.each(['after=-1', 'after=now', 'limit=0', 'limit=1001', 'limit=x', 'since=yesterday', 'until=1', 'cursor=a%27--'])(
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

describe('GET /admin/stats?by=day', () => {
  it('gives a row for each project and day, gaps and duplicates among them', async () => {
    const period = new Date().toISOString().slice(0, 10)
    const row = { project: 'shop', period, stored: 3, duplicates: 1, rejected: 1, gaps: 2 }
    expect(await get('/admin/stats?by=day')).toEqual({ rows: [row] })
    expect(await get(`/admin/stats?by=day&project=shop&since=${period}`)).toEqual({ rows: [row] })
    expect(await get(`/admin/stats?by=day&until=${period}`)).toEqual({ rows: [] })
    expect(await get('/admin/stats?by=day&project=app')).toEqual({ rows: [] })
    expect(await get('/admin/stats?by=month')).toEqual({ rows: [{ ...row, period: period.slice(0, 7) }] })
  })

  it.each(['by=hour', 'by=day&since=yesterday', 'by=day&until=2026-02-31T00:00', 'by=day&since=2026-13-01'])(
    'answers 400 to %s',
    async (query) => {
      expect((await admin(`/admin/stats?${query}`)).status).toBe(400)
    },
  )
})

describe('GET /admin/people/{id}', () => {
  it('gives the person of a user id or an anonymous id, with the time line, page by page', async () => {
    for (const id of ['u', 'anon-1']) {
      const first = await get(`/admin/people/${id}?project=shop&limit=1`)
      expect(first.person).toMatchObject({ project: 'shop', userId: 'u', anonymousIds: ['anon-1'], events: 2 })
      expect(ids(first)).toEqual(['2'])
      const second = await get(`/admin/people/${id}?project=shop&limit=1&cursor=${first.next}`)
      expect(ids(second)).toEqual(['1'])
      expect(second.next).toBeNull()
    }
  })

  it('takes ids with signs that addresses use themselves', async () => {
    const userId = 'a/b?c=ü%2F+'
    await post(shopBatch({ ...track, anonymousId: 'anon-9', messageId: 'odd', userId }))
    const path = `/admin/people/${encodeURIComponent(userId)}?project=shop`
    expect((await get(path)).person).toMatchObject({ userId, anonymousIds: ['anon-9'] })
  })

  it('needs no project where there is only one', async () => {
    const alone = testCollector({ projects: [{ id: 'shop', key: 'pk_shop', origins: [siteOrigin] }] })
    await alone.post(shopBatch({ ...track, anonymousId: 'anon-1', messageId: 'only', userId: 'u' }))
    const read = async () => (await alone.admin('/admin/people/u')).json()
    expect((await read()).person).toMatchObject({ project: 'shop', anonymousIds: ['anon-1'] })
    const at = '2026-01-01T00:00:00.000Z'
    const rest = { origins: [], allowNoOrigin: false, monthlyQuota: null, keys: [], createdAt: at, changedAt: at }
    expect(await alone.store.saveProject({ id: 'added', ...rest })).toBe(true)
    expect((await alone.admin('/admin/people/u')).status).toBe(400)
    await alone.collector.close()
  })

  it('answers 404 where nobody is known, and 400 without a project', async () => {
    expect((await admin('/admin/people/nobody?project=shop')).status).toBe(404)
    expect((await admin('/admin/people/u?project=app')).status).toBe(404)
    expect((await admin('/admin/people/u')).status).toBe(400)
    expect((await admin('/admin/people/u?project=shop&limit=0')).status).toBe(400)
  })

  it('believes servers only, where the owner says so', async () => {
    const careful = testCollector({ identity: { trustPublicKeys: false } })
    const event = { ...track, messageId: '1' }
    await careful.post(shopBatch(event, { ...event, messageId: '2', userId: 'claimed' }))
    const read = async () => (await careful.admin('/admin/people/anon-1?project=shop')).json()
    expect(await read()).toMatchObject({ person: { userId: null, events: 1 } })
    const proof = { ...event, messageId: '3', userId: 'proved' }
    const answer = await careful.post({ projectKey: 'sk_shop_0123456789', batch: [proof] }, { origin: null })
    expect(answer.status).toBe(200)
    expect(await read()).toMatchObject({ person: { userId: 'proved', events: 2 } })
    await careful.collector.close()
  })
})

describe('admin routes', () => {
  it('are for the admin token only, and are neither cached nor shared with other origins', async () => {
    for (const path of ['/admin/events', '/admin/stats', '/admin/people/u?project=shop']) {
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
