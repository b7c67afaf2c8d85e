import { afterEach, describe, expect, it } from 'vitest'
import { collector } from '../../plugins/collector'
import type { Transport } from '../../src/core/transport'
import { Analytics, type OnFull } from '../../src/node/server'
import { plainTransport } from '../core/delivery/world'
import { type Receiver, receipt, startReceiver } from './receiver'

let receiver: Receiver | undefined
afterEach(async () => {
  await receiver?.closeAll()
  receiver = undefined
})

const open = async (...args: Parameters<typeof startReceiver>) => (receiver = await startReceiver(...args))

/** A receiver that answers 503 until it is healed. */
async function openOutage() {
  const outage = { isOver: false }
  const server = await open((request, response) =>
    outage.isOver ? response.end(receipt(request)) : response.writeHead(503).end(),
  )
  return { server, outage }
}

const call = (index: number) => ({ userId: `u${index}`, event: 'x', properties: { index } })

describe('a full queue', () => {
  const fill = async (onFull?: OnFull) => {
    const world = await openOutage()
    const client = world.server.client({ queue: { maxEvents: 100, ...(onFull && { onFull }) } })
    for (let index = 0; index < 100; index++) await client.track(call(index))
    return { ...world, client }
  }

  it('drops the oldest that is not on its way, and counts and tells it', async () => {
    const { client, outage, server } = await fill()
    const dropped: unknown[] = []
    client.on('delivery', ({ event, outcome }) => outcome.status === 'dropped' && dropped.push(event.properties?.index))
    for (let index = 100; index < 120; index++) await client.track(call(index))
    expect(client.getState('delivery')).toMatchObject({ accepted: 120, waiting: 100, dropped: { 'queue-full': 20 } })
    expect(dropped).toEqual(Array.from({ length: 20 }, (_, index) => index + 50))
    outage.isOver = true
    expect(await client.flush()).toEqual({ delivered: 100, pending: 0, dropped: 0 })
    expect(server.events.map(({ properties }) => properties?.index)).not.toContain(50)
  })

  it('lets calls wait for room: none is lost', async () => {
    const { client, outage, server } = await fill('block')
    let resolved = 0
    const calls = [100, 101, 102].map((index) => client.track(call(index)).then(() => resolved++))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([resolved, client.getState('delivery').waiting]).toEqual([0, 100])
    outage.isOver = true
    await client.flush()
    await Promise.all(calls)
    await client.flush()
    expect(new Set(server.events.map(({ properties }) => properties?.index)).size).toBe(103)
    expect(client.getState('delivery')).toMatchObject({ waiting: 0, dropped: {} })
  })

  it('bounds the calls that wait as well', async () => {
    const { client } = await fill('block')
    const outcomes = Array.from({ length: 101 }, (_, index) => client.track(call(100 + index)))
    await expect(outcomes.at(-1)).rejects.toThrow('[firsthand] track: the queue is full, and too many calls wait')
  })

  it('rejects calls where that is wanted, and takes them again when there is room', async () => {
    const { client, outage } = await fill('error')
    await expect(client.track(call(100))).rejects.toThrow('[firsthand] track: the queue is full')
    outage.isOver = true
    await client.flush()
    await client.track(call(101))
    expect(await client.flush()).toMatchObject({ delivered: 1 })
    expect(client.getState('delivery').accepted).toBe(101)
  })

  it('is also full by bytes', async () => {
    const { server } = await openOutage()
    const client = server.client({ queue: { maxBytes: 20_000, onFull: 'error' } })
    const fits = async () => client.track({ userId: 'u', event: 'x', properties: { text: 'x'.repeat(5000) } })
    await fits()
    await fits()
    await fits()
    await expect(fits()).rejects.toThrow('the queue is full')
  })

  it('throws for a policy that does not exist', () => {
    const create = () => Analytics({ plugins: [plainTransport()], queue: { onFull: 'wait' as OnFull } })
    expect(create).toThrow('[firsthand] queue.onFull: pass one of block, drop-oldest, error')
  })
})

describe('a long queue', () => {
  it('arrives complete and in order for each user, although delivery sees only a part of it at a time', async () => {
    const server = await open()
    const client = server.client()
    for (let index = 0; index < 20_000; index++) void client.track({ ...call(index), userId: `u${index % 7}` })
    expect(client.getState('delivery')).toMatchObject({ accepted: 20_000, waiting: 20_000 })
    expect(await client.flush()).toEqual({ delivered: 20_000, pending: 0, dropped: 0 })
    const byUser = new Map<string | null, number[]>()
    for (const { userId, properties } of server.events) {
      byUser.set(userId, [...(byUser.get(userId) ?? []), properties?.index as number])
    }
    expect(server.events).toHaveLength(20_000)
    for (const order of byUser.values()) expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  it('is sent to one transport while another one is down', async () => {
    const server = await open()
    const down: Transport = plainTransport({
      name: 'down',
      encode: () => ({ method: 'POST', url: 'http://127.0.0.1:1/', headers: {}, body: '' }),
    })
    const both = server.client({ plugins: [down, collector({ endpoint: server.url, projectKey: 'pk' })] })
    for (let index = 0; index < 9000; index++) void both.track(call(index))
    expect(await both.flush()).toEqual({ delivered: 0, pending: 9000, dropped: 0 })
    expect(new Set(server.events.map(({ messageId }) => messageId)).size).toBe(9000)
  })

  it('is flushed to its end by 1,000 users although connections break meanwhile', async () => {
    let requests = 0
    const server = await open((request, response) =>
      ++requests % 9 === 4 ? response.destroy() : response.end(receipt(request)),
    )
    const client = server.client()
    for (let index = 0; index < 15_000; index++) void client.track(call(index % 1000))
    expect(await client.flush()).toEqual({ delivered: 15_000, pending: 0, dropped: 0 })
    expect(new Set(server.events.map(({ messageId }) => messageId)).size).toBe(15_000)
  })

  it('is flushed by several flushes at once, each of which counts what was accepted before it', async () => {
    const server = await open()
    const client = server.client()
    for (let index = 0; index < 500; index++) void client.track(call(index))
    const first = client.flush()
    for (let index = 0; index < 500; index++) void client.track(call(index))
    const second = client.flush()
    expect([await first, await second].map(({ delivered, pending }) => [delivered, pending])).toEqual([
      [500, 0],
      [1000, 0],
    ])
  })
})
