import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asDate, type FaultServer, inSeconds, startFaultServer } from './fault-server'

describe('the faulty receiver', () => {
  let server: FaultServer

  beforeEach(async () => {
    server = await startFaultServer()
  })
  afterEach(() => server.close())

  const send = (...names: string[]) =>
    fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      body: JSON.stringify({ batch: names.map((event) => ({ type: 'track', event })) }),
    })
  const statuses = async (...batches: string[][]) => {
    const answers: number[] = []
    for (const names of batches) answers.push((await send(...names)).status)
    return answers
  }

  it('stores what it takes, and counts repeats', async () => {
    expect(await statuses(['a', 'b'], ['b'])).toEqual([200, 200])
    expect([...server.stored]).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(server.arrivals).toHaveLength(2)
  })

  it('refuses as many requests as it is told, and stores nothing of them', async () => {
    server.refusals = [{ status: 503 }, { status: 408 }]
    expect(await statuses(['a'], ['a'], ['a'])).toEqual([503, 408, 200])
    expect([...server.stored]).toEqual([['a', 1]])
  })

  it('says when to come again in seconds and as a date', async () => {
    server.refusals = [
      { status: 429, retryAfter: inSeconds(2) },
      { status: 429, retryAfter: asDate(2) },
    ]
    expect((await send('a')).headers.get('retry-after')).toBe('2')
    const untilMs = Date.parse((await send('a')).headers.get('retry-after') ?? '') - Date.now()
    expect(untilMs).toBeGreaterThan(0)
    expect(untilMs).toBeLessThanOrEqual(2000)
  })

  it('refuses a large body, and a batch with an event that it will never take', async () => {
    server.maxBytes = 100
    server.poison = 'bad'
    expect(await statuses(['x'.repeat(100)], ['good', 'bad'], ['good'])).toEqual([413, 400, 200])
    expect([...server.stored.keys()]).toEqual(['good'])
  })
})
