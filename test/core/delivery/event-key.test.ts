import { expect, it } from 'vitest'
import { acceptedAtMs, eventKey, nextNumber, ownerOf } from '../../../src/core/delivery/event-key'

it('makes keys that sort in the order of their making and tell owner and time', () => {
  const now = Date.UTC(2026, 0, 1)
  let number = 0
  const keys = Array.from({ length: 2000 }, (_, index) =>
    eventKey('tab', (number = nextNumber(number, now + Math.floor(index / 100)))),
  )
  expect([...keys].sort()).toEqual(keys)
  expect(new Set(keys).size).toBe(2000)
  expect(ownerOf(keys[0] as string)).toBe('tab')
  expect(acceptedAtMs(keys[0] as string)).toBe(now)
})

it('gives no time for a key of another form', () => {
  expect(acceptedAtMs('whatever')).toBeNaN()
})
