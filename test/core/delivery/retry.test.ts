import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, retryAfterMs } from '../../../src/core/delivery/retry'

describe('backoff', () => {
  it('lies anywhere between nothing and the step, which doubles up to 10 seconds, and is a minute in long outages', () => {
    expect([1, 2, 3, 5, 6, 19, 20, 5000].map((failures) => backoffMs(failures, 1))).toEqual([
      500, 1000, 2000, 8000, 10_000, 10_000, 60_000, 60_000,
    ])
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const delay = backoffMs(failures, random)
          expect(delay).toBeGreaterThanOrEqual(0)
          expect(delay).toBeLessThan(60_000)
        },
      ),
    )
  })
})

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1)

  it.each([
    ['120', 120_000],
    ['0', undefined],
    ['1.5', 1500],
    ['Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
    ['999999', 3_600_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 3_600_000],
    ['Thu, 01 Jan 2015 00:00:00 GMT', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %s as %s milliseconds', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected)
  })
})
