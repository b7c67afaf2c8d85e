import { describe, expect, it } from 'vitest'
import { createCallQueue, drive, type Steps } from '../../src/core/call-queue'

describe('the call queue', () => {
  it('holds jobs until it is open, then runs them in order and each to its end', async () => {
    const { enqueue, open } = createCallQueue()
    const order: number[] = []
    enqueue(() => {
      enqueue(() => void order.push(2))
      order.push(1)
    })
    expect(order).toEqual([])
    open()
    expect(order).toEqual([])
    await Promise.resolve()
    expect(order).toEqual([1, 2])
  })

  it('is set off by the next job', () => {
    const { enqueue, open } = createCallQueue()
    const order: number[] = []
    enqueue(() => void order.push(1))
    open()
    enqueue(() => void order.push(2))
    expect(order).toEqual([1, 2])
  })

  it('goes on after a job that throws', () => {
    const { enqueue, open } = createCallQueue()
    const order: number[] = []
    open()
    expect(() =>
      enqueue(() => {
        throw new Error('boom')
      }),
    ).toThrow('boom')
    enqueue(() => void order.push(1))
    expect(order).toEqual([1])
  })
})

describe('drive', () => {
  it('runs at once as far as nothing is waited for, and the rest as jobs', async () => {
    const order: unknown[] = []
    const jobs: (() => void)[] = []
    function* steps(): Steps {
      order.push('now', yield Promise.resolve('waited'))
      order.push(yield Promise.resolve('again'))
    }
    drive(steps(), (job) => void jobs.push(job))
    expect(order).toEqual([])
    for (let round = 0; round < 2; round++) {
      await Promise.resolve()
      await Promise.resolve()
      jobs.shift()?.()
    }
    expect(order).toEqual(['now', 'waited', 'again'])
  })
})
