import { describe, expect, it } from 'vitest'
import { createTokenBuckets } from '../../../src/collector/limits/token-buckets'

function at(options: { perSecond: number; burst: number; maxBuckets?: number }) {
  const clock = { ms: 1_000 }
  const buckets = createTokenBuckets({ maxBuckets: 100, now: () => clock.ms, ...options })
  const taken = (name: string, times: number) =>
    Array.from({ length: times }, () => buckets.take(name)).filter((waitMs) => waitMs === 0).length
  return { clock, buckets, taken }
}

describe('createTokenBuckets', () => {
  it('gives a full bucket at first, then says how long to wait', () => {
    const { buckets, taken } = at({ perSecond: 2, burst: 3 })
    expect(taken('a', 3)).toBe(3)
    expect(buckets.take('a')).toBe(500)
  })

  it('fills the bucket evenly, up to its size', () => {
    const { clock, buckets, taken } = at({ perSecond: 2, burst: 3 })
    taken('a', 3)
    clock.ms += 499
    expect(buckets.take('a')).toBe(1)
    clock.ms += 1
    expect(taken('a', 5)).toBe(1)
    clock.ms += 1_000
    expect(taken('a', 5)).toBe(2)
    clock.ms += 3_600_000
    expect(taken('a', 10)).toBe(3)
  })

  it('does not make those wait longer who ask again too early', () => {
    const { clock, buckets, taken } = at({ perSecond: 1, burst: 1 })
    taken('a', 1)
    for (let ms = 0; ms < 1_000; ms += 10) {
      expect(buckets.take('a')).toBe(1_000 - ms)
      clock.ms += 10
    }
    expect(buckets.take('a')).toBe(0)
  })

  it('lets exactly the rate through over a long time, whatever comes in', () => {
    const { clock, taken } = at({ perSecond: 10, burst: 20 })
    let passed = 0
    for (let ms = 0; ms < 60_000; ms += 7) {
      passed += taken('a', 3)
      clock.ms += 7
    }
    expect(passed).toBeGreaterThanOrEqual(20 + 598)
    expect(passed).toBeLessThanOrEqual(20 + 600)
  })

  it('keeps a bucket for each name', () => {
    const { taken } = at({ perSecond: 1, burst: 2 })
    expect([taken('a', 5), taken('b', 5), taken('__proto__', 5)]).toEqual([2, 2, 2])
  })

  it('forgets the bucket that was not asked for longest, so that names cannot fill the memory', () => {
    const { taken } = at({ perSecond: 1, burst: 1, maxBuckets: 3 })
    for (const name of ['a', 'b', 'c']) taken(name, 1)
    expect(taken('a', 1)).toBe(0)
    taken('d', 1)
    expect([taken('a', 1), taken('c', 1), taken('d', 1)]).toEqual([0, 0, 0])
    expect(taken('b', 1)).toBe(1)
  })
})
