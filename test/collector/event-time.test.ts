import { describe, expect, it } from 'vitest'
import { correctTime } from '../../src/collector/event-time'

const day = 86_400_000
const now = Date.parse('2026-06-01T12:00:00Z')

describe('correctTime', () => {
  it('takes the age of the event from the clock of its client', () => {
    const clockIsWrongByMs = 7 * day
    const original = now + clockIsWrongByMs - 60_000
    expect(correctTime(original, now + clockIsWrongByMs, now, 30 * day)).toBe(now - 60_000)
    expect(correctTime(original - 2 * clockIsWrongByMs, now - clockIsWrongByMs, now, 30 * day)).toBe(now - 60_000)
  })

  it('believes the client where it does not say when it sent', () => {
    expect(correctTime(now - 5_000, null, now, 30 * day)).toBe(now - 5_000)
  })

  it('lets no event happen after it came', () => {
    expect(correctTime(now + day, null, now, 30 * day)).toBe(now)
    expect(correctTime(now + 5_000, now, now, Number.POSITIVE_INFINITY)).toBe(now)
  })

  it('moves an event that is older than the limit up to it', () => {
    expect(correctTime(now - 29 * day, now, now, 30 * day)).toBe(now - 29 * day)
    expect(correctTime(now - 31 * day, now, now, 30 * day)).toBe(now - 30 * day)
    expect(correctTime(now - 5_000 * day, now, now, Number.POSITIVE_INFINITY)).toBe(now - 5_000 * day)
  })

  it('takes the time of arrival for an event without a time', () => {
    expect(correctTime(null, now - day, now, day)).toBe(now)
  })

  it('keeps times sortable as texts when clocks are absurd', () => {
    const corrected = correctTime(-62_135_596_800_000, 253_402_300_799_000, now, Number.POSITIVE_INFINITY)
    expect(new Date(corrected).toISOString()).toMatch(/^\d{4}-/)
  })
})
