import { afterAll, describe, expect, it } from 'vitest'
import { shopBatch, testCollector, track } from '../helpers/test-collector'

const { collector, post, admin } = testCollector()
afterAll(() => collector.close())

const today = () => new Date().toISOString().slice(0, 10)
const usage = async (query: string) => (await (await admin(`/admin/usage${query}`)).json()).usage

describe('GET /admin/usage', () => {
  it('gives what was stored, repeated and rejected, by month or day and project', async () => {
    const day = today()
    await post(shopBatch({ ...track, messageId: 'm1' }, { ...track, messageId: 'm1' }, { type: 'x' }))
    await post({ projectKey: 'pk_app', batch: [track] }, { origin: null })
    const shop = { project: 'shop', stored: 1, duplicates: 1, rejected: 1, gaps: 0 }
    const app = { project: 'app', stored: 1, duplicates: 0, rejected: 0, gaps: 0 }
    const month = day.slice(0, 7)
    expect(await usage('')).toEqual([
      { ...app, period: month },
      { ...shop, period: month },
    ])
    expect(await usage('?by=day&project=shop')).toEqual([{ ...shop, period: day }])
    expect(await usage(`?month=${month}&project=app`)).toEqual([{ ...app, period: month }])
    expect(await usage(`?month=${month}&by=day&project=app`)).toEqual([{ ...app, period: day }])
    expect(await usage('?month=2020-12')).toEqual([])
    expect(await usage(`?until=${day}`)).toEqual([])
    expect(await usage(`?since=${day}&project=shop`)).toHaveLength(1)
  })

  it.each([
    'by=year',
    'month=2026',
    'month=2026-13',
    'since=yesterday',
    'until=2026-02-30',
    'month=2026-11&since=2026-11-01',
  ])('answers 400 for %s', async (query) => {
    const response = await admin(`/admin/usage?${query}`)
    expect([response.status, (await response.json()).error.code]).toEqual([400, 'invalid-parameter'])
  })
})
