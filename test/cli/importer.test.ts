import { describe, expect, it } from 'vitest'
import { createImporter } from '../../src/cli/importer'
import { type AppendResult, collectorDefaults, type NewEvent, type Store } from '../../src/collector'

const line = (messageId: string) =>
  JSON.stringify({ type: 'page', anonymousId: 'a', messageId, timestamp: '2020-01-01T00:00:00Z' })

/** A store whose first answers are these. */
function importer(...answers: AppendResult[]) {
  const appended: string[][] = []
  const append = async (events: readonly NewEvent[]): Promise<AppendResult> => {
    appended.push(events.map(({ event }) => event.messageId))
    return answers.shift() ?? { status: 'committed', outcomes: events.map(() => 'stored') }
  }
  const store = { append } as unknown as Store
  const projects = { projects: new Set(['p']), project: 'p', defaultProject: null }
  return { appended, ...createImporter({ store, limits: collectorDefaults.limits, pausesMs: [0, 0], ...projects }) }
}

const busy: AppendResult = { status: 'unavailable', reason: 'database is locked' }

describe('createImporter', () => {
  it('asks a store again that is busy', async () => {
    const { add, flush, tally, appended } = importer(busy, busy)
    await add(line('1'))
    await flush()
    expect(appended).toEqual([['1'], ['1'], ['1']])
    expect(tally).toEqual({ lines: 1, stored: 1, duplicates: 0, rejected: 0 })
  })

  it('gives up on one that stays so, and counts nothing', async () => {
    const { add, flush, tally } = importer(busy, busy, busy)
    await add(line('1'))
    await expect(flush()).rejects.toThrow(/^the store takes nothing: database is locked$/)
    expect(tally.stored).toBe(0)
  })

  it('tells of a batch that failed while the next one was read', async () => {
    const { add, flush } = importer(busy, busy, busy)
    const reading = (async () => {
      for (let index = 0; index < 1_001; index++) await add(line(String(index)))
      await flush()
    })()
    await expect(reading).rejects.toThrow('the store takes nothing')
  })
})
