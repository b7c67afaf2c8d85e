import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewEvent, StoredEvent } from '../../src/collector/store'
import { sqliteStore } from '../../src/collector/stores/sqlite'
import { read } from './source'

const context = { campaign: { source: 'newsletter' }, session: { id: 'session-1', number: 1, start: 1 } }

const today = new Date().toISOString().slice(0, 10)

function stored(messageId: string, over: Partial<StoredEvent>): NewEvent {
  const timestamp = `${today}T00:00:00.000Z`
  const event: StoredEvent = {
    version: 1,
    type: 'track',
    messageId,
    timestamp,
    anonymousId: 'anon-1',
    userId: null,
    context: { session: context.session },
    project: 'default',
    receivedAt: timestamp,
    sentAt: null,
    originalTimestamp: timestamp,
    ...over,
  }
  const request = { format: 'segment', origin: null, userAgent: null, keyKind: 'public' } as const
  return { event, arrival: { request, response: { status: 200, events: 1, rejected: 0 } } }
}

type Rows = Record<string, unknown>[]

type Tool = (sql: string) => Rows

/** Reads the file as a tool of the owner's would: not through the store. */
async function openWithTool(path: string): Promise<Tool> {
  const builtIn = process.getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync: new (path: string) => { prepare(sql: string): { all(): Rows } } }
    | undefined
  const database = builtIn ? new builtIn.DatabaseSync(path) : new (await import('libsql')).default(path)
  return (sql) => (database.prepare(sql).all() as Rows).map((row) => ({ ...row }))
}

describe('The queries of the README', () => {
  const queries = [...read('README.md').matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] as string)
  const dir = mkdtempSync(join(tmpdir(), 'firsthand-readme-'))
  const path = join(dir, 'firsthand.db')
  let ask: Tool

  beforeAll(async () => {
    const store = sqliteStore({ path })
    const page = { url: 'https://www.example.com/prices', path: '/prices', referrer: '' }
    const at = (second: number) => ({ timestamp: `${today}T00:00:0${second}.000Z` })
    const known = { userId: 'userid-123' }
    const result = await store.append([
      stored('1', { ...at(0), type: 'page', context: { ...context, page } }),
      stored('2', { timestamp: '2020-01-01T00:00:00.000Z', type: 'page', anonymousId: 'anon-2', context: { page } }),
      stored('3', { ...at(1), event: 'buttonClicked' }),
      stored('4', { ...at(2), ...known, type: 'identify', traits: {} }),
      stored('5', { ...at(3), ...known, event: 'Order Completed', anonymousId: null, context: {} }),
    ])
    expect(result.status).toBe('committed')
    await store.close()
    ask = await openWithTool(path)
  })

  afterAll(() => rmSync(dir, { recursive: true }))

  const rowsOf = (index: number) => ask(queries[index] as string)

  it('are five', () => {
    expect(queries.length).toBe(5)
  })

  it('find the pages of the last week and leave out older visits', () => {
    expect(rowsOf(0)).toEqual([{ path: '/prices', views: 1, visitors: 1 }])
  })

  it('count what was tracked by day', () => {
    expect(rowsOf(1)).toEqual(
      expect.arrayContaining([
        { day: today, event: 'buttonClicked', times: 1 },
        { day: today, event: 'Order Completed', times: 1 },
      ]),
    )
  })

  it('show the anonymous and the known events of one person in their order', () => {
    expect(rowsOf(2).map(({ type, event }) => event ?? type)).toEqual([
      'page',
      'buttonClicked',
      'identify',
      'Order Completed',
    ])
  })

  it('tell where visits came from', () => {
    expect(rowsOf(3)).toEqual([{ source: 'newsletter', visits: 1 }])
  })

  it('count visitors, those who clicked and those who became known', () => {
    expect(rowsOf(4)).toEqual([{ visitors: 2, clicked: 1, identified: 1 }])
  })
})
