import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/collector/store'
import { newEvent } from './stored-event'

/** What was kept, came again, was refused and is missing, by project and by day or month. */
export function testStoreUsage(store: () => Store): void {
  describe('usage', () => {
    const on = (day: string, messageId: string, over: object = {}) =>
      newEvent({ messageId, receivedAt: `${day}T23:59:59.999Z`, ...over })
    const numbered = (instance: string, number: number) => ({ context: { sequence: { instance, number } } })

    it('is there by day and by month, of one project or of all', async () => {
      const today = new Date().toISOString().slice(0, 10)
      await store().append([on('2026-01-31', '1'), on('2026-02-01', '2', numbered('i', 3)), on('2026-02-01', '2')])
      await store().append([on('2026-02-02', '3', numbered('i', 4)), on('2026-02-02', '4', { project: 'other' })])
      await store().append([on('2026-02-02', '1')], [{ project: 'shop', count: 2 }])
      const none = { project: 'shop', stored: 0, duplicates: 0, rejected: 0, gaps: 0 }
      const january = { ...none, period: '2026-01-31', stored: 1 }
      const first = { ...none, period: '2026-02-01', stored: 1, duplicates: 1, gaps: 2 }
      const second = { ...none, period: '2026-02-02', stored: 1, duplicates: 1 }
      const other = { ...none, project: 'other', period: '2026-02-02', stored: 1 }
      const refused = { ...none, period: today, rejected: 2 }
      expect(await store().usage({ by: 'day' })).toEqual([january, first, other, second, refused])
      expect(await store().usage({ by: 'day', project: 'other' })).toEqual([other])
      expect(await store().usage({ by: 'day', since: '2026-02-01', until: '2026-02-02' })).toEqual([first])
      expect(await store().usage({ by: 'month', project: 'shop', until: '2026-03-01' })).toEqual([
        { ...january, period: '2026-01' },
        { ...first, period: '2026-02', stored: 2, duplicates: 2 },
      ])
    })

    it('is of no day on which nothing came, also where a commit of nothing was asked for', async () => {
      const asked = { status: 'committed', outcomes: [] }
      expect(await store().append([], [{ project: 'shop', count: 0 }])).toEqual(asked)
      expect(await store().usage({ by: 'day' })).toEqual([])
      expect(await store().append([], [{ project: 'shop', count: 1 }])).toEqual(asked)
      expect(await store().append([], [{ project: 'shop', count: 0 }])).toEqual(asked)
      expect(await store().usage({ by: 'day' })).toMatchObject([{ project: 'shop', stored: 0, rejected: 1 }])
    })
  })
}
