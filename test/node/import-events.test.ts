import { afterEach, describe, expect, it } from 'vitest'
import type { ImportItem } from '../../src/node/server'
import { batchOf, type Receiver, receipt, startReceiver } from './receiver'

let receiver: Receiver | undefined
afterEach(async () => {
  await receiver?.closeAll()
  receiver = undefined
})

const open = async (...args: Parameters<typeof startReceiver>) => (receiver = await startReceiver(...args))

const old = (index: number): ImportItem => ({
  type: 'track',
  userId: `u${index % 50}`,
  event: 'Bought',
  messageId: `old-${index}`,
  timestamp: new Date(Date.UTC(2023, 0, 1) + index * 1000).toISOString(),
})

async function* stream(count: number, seen = { read: 0 }) {
  for (let index = 0; index < count; index++) {
    seen.read = index + 1
    yield old(index)
  }
}

describe('the import of old events', () => {
  it('sends calls of every type with their own time and id, and says what became of them', async () => {
    const server = await open()
    const client = server.client()
    const own = { timestamp: '2022-05-05T05:05:05.000Z', context: { library: { name: 'analytics.js', version: '4' } } }
    const items = [
      { type: 'track', userId: 'u', event: 'Bought', properties: { total: 5 }, messageId: 'm0', ...own },
      { type: 'page', anonymousId: 'a', name: 'Home', messageId: 'm1', ...own },
      { type: 'identify', userId: 'u', traits: { plan: 'pro' }, messageId: 'm2', ...own },
      { type: 'group', userId: 'u', groupId: 'g', messageId: 'm3', ...own },
      { type: 'alias', userId: 'u', previousId: 'a', messageId: 'm4', ...own },
      { type: 'screen', userId: 'u', name: 'Main', messageId: 'm5', ...own },
    ] as const
    expect(await client.import(items)).toEqual({
      read: 6,
      accepted: 6,
      delivered: 6,
      rejected: 0,
      dropped: 0,
      pending: 0,
      reasons: {},
      problems: [],
      isAborted: false,
    })
    const sorted = server.events.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1))
    expect(sorted).toMatchObject(items.map(({ type, messageId, timestamp }) => ({ type, messageId, timestamp })))
    // They belong to no process of today.
    for (const { context } of sorted) expect(context).toEqual(own.context)
  })

  it('counts a bad item with its place and reason, and goes on', async () => {
    const server = await open()
    const items = [
      old(0),
      null,
      'text',
      { type: 'click' },
      { type: 'track', event: 'x' },
      { ...old(5), timestamp: 'soon' },
    ]
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const all = [
      ...items,
      { ...old(6), properties: circular },
      { ...old(7), properties: { text: 'x'.repeat(40_000) } },
      old(8),
    ]
    const result = await server.client().import(all as ImportItem[])
    expect(result).toMatchObject({ read: 9, accepted: 2, delivered: 2, rejected: 5, dropped: 2, pending: 0 })
    expect(result.problems.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(result.problems[4]).toEqual({ index: 5, reason: 'track: timestamp is no date of the years 0 to 9999' })
    expect(Object.values(result.reasons).reduce((sum, count) => sum + count)).toBe(7)
    expect(result.reasons).toMatchObject({ 'track: no transport takes this event': 2 })
  })

  it('tells which events the receiver has refused', async () => {
    const server = await open((request, response) => {
      const index = batchOf(request).findIndex(({ messageId }) => messageId === 'old-3')
      const rejected = index < 0 ? [] : [{ index, code: 'invalid' }]
      response.end(JSON.stringify({ success: true, accepted: 1, duplicates: 0, rejected }))
    })
    const result = await server.client().import(stream(10))
    expect(result).toMatchObject({ read: 10, accepted: 10, delivered: 9, rejected: 1, reasons: { invalid: 1 } })
    expect(result.problems).toEqual([{ index: 3, messageId: 'old-3', reason: 'invalid' }])
  })

  it('reads no further than the receiver keeps up: 200,000 events in little memory', async () => {
    const seen = { read: 0 }
    let [received, ahead, heap] = [0, 0, 0]
    const server = await open(async (request, response) => {
      const count = request.body.split('"messageId"').length - 1
      request.body = '{"batch":[]}'
      server.received.length = 0
      await new Promise((resolve) => setTimeout(resolve, 1))
      ahead = Math.max(ahead, seen.read - received)
      heap = Math.max(heap, process.memoryUsage().heapUsed)
      received += count
      response.end('{"success":true,"accepted":1,"duplicates":0,"rejected":[]}')
    })
    const before = process.memoryUsage().heapUsed
    const result = await server.client().import(stream(200_000, seen))
    expect(result).toMatchObject({ read: 200_000, delivered: 200_000, pending: 0 })
    expect(received).toBe(200_000)
    expect(ahead).toBeLessThanOrEqual(5001)
    expect(heap - before).toBeLessThan(150_000_000)
  }, 60_000)

  it('drops nothing where the queue is smaller than what it may have waiting', async () => {
    const server = await open()
    const [few, small] = [server.client({ queue: { maxEvents: 50 } }), server.client({ queue: { maxBytes: 20_000 } })]
    expect(await few.import(stream(1000))).toMatchObject({ delivered: 1000, dropped: 0 })
    expect(await small.import(stream(1000))).toMatchObject({ delivered: 1000, dropped: 0 })
  })

  it('ends by a signal, also while it waits, and says so', async () => {
    const server = await open((_, response) => response.writeHead(503).end())
    const controller = new AbortController()
    const seen = { read: 0 }
    const running = server.client().import(stream(100_000, seen), { signal: controller.signal, maxWaiting: 100 })
    await new Promise((resolve) => setTimeout(resolve, 50))
    controller.abort()
    expect(await running).toMatchObject({ read: 101, accepted: 100, dropped: 1, pending: 100, isAborted: true })
    expect(seen.read).toBe(101)
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }
    const stuck = server.client().import(never, { signal: AbortSignal.timeout(20) })
    expect(await stuck).toMatchObject({ read: 0, isAborted: true })
  })

  it('leaves what could not be delivered in the queue, and passes on the error of its source', async () => {
    const outage = { isOver: false }
    const server = await open((request, response) =>
      outage.isOver ? response.end(receipt(request)) : response.writeHead(503).end(),
    )
    const client = server.client()
    expect(await client.import([old(0), old(1)])).toMatchObject({ accepted: 2, delivered: 0, pending: 2 })
    const broken = async function* () {
      yield old(2)
      throw new Error('the file ends here')
    }
    await expect(client.import(broken())).rejects.toThrow('the file ends here')
    outage.isOver = true
    expect(await client.flush()).toMatchObject({ delivered: 3 })
  })
})
