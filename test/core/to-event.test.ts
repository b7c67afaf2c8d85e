import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/core/event'
import type { Payload } from '../../src/core/payload'
import { toEvent, toPayload } from '../../src/core/to-event'

const payload = (more: Partial<Payload>): Payload => ({
  type: 'track',
  options: {},
  userId: null,
  anonymousId: 'anonymous-1',
  meta: { rid: 'r', ts: 0, messageId: 'm', context: { locale: 'en' }, session: { id: 's', number: 1, start: 0 } },
  ...more,
})

/** As it is stored and sent. */
const asJson = (event: Event): unknown => JSON.parse(JSON.stringify(event))

describe('toEvent', () => {
  it('makes a track event of exactly the keys that have a value', () => {
    const sequence = { instance: 'i', number: 4 }
    const tracked = payload({ event: 'x', properties: { a: 1, name: 'kept' } })
    expect(asJson(toEvent({ ...tracked, meta: { ...tracked.meta, sequence } }))).toEqual({
      version: 1,
      type: 'track',
      messageId: 'm',
      timestamp: '1970-01-01T00:00:00.000Z',
      anonymousId: 'anonymous-1',
      userId: null,
      event: 'x',
      properties: { a: 1, name: 'kept' },
      context: { locale: 'en', session: { id: 's', number: 1, start: 0 }, sequence },
    })
  })

  it('lifts the name of a page, where it is a text', () => {
    expect(toEvent(payload({ type: 'page', properties: { name: 'Prices' } })).name).toBe('Prices')
    expect(toEvent(payload({ type: 'page', properties: { name: 5 } })).name).toBeUndefined()
  })

  it('keeps traits and the id before', () => {
    const identified = payload({ type: 'identify', userId: 'b', traits: { plan: 'team' }, previousId: 'a' })
    expect(asJson(toEvent(identified))).toMatchObject({ traits: { plan: 'team' }, userId: 'b', previousId: 'a' })
  })

  it.each([
    ['2020-01-01T01:00:00+01:00', '2020-01-01T00:00:00.000Z'],
    [Date.UTC(2020, 0, 1), '2020-01-01T00:00:00.000Z'],
    [new Date(Date.UTC(2020, 0, 1)), '2020-01-01T00:00:00.000Z'],
    ['yesterday', '1970-01-01T00:00:00.000Z'],
    // Microseconds taken for milliseconds: no store sorts a year of five digits.
    [1_600_000_000_000_000, '1970-01-01T00:00:00.000Z'],
  ])('reads the timestamp %j of the options', (timestamp, expected) => {
    expect(toEvent(payload({ options: { timestamp } })).timestamp).toBe(expected)
  })
})

describe('toPayload', () => {
  it.each([
    payload({ event: 'x', properties: { a: 1 }, options: { timestamp: 5, integrations: { All: false } } }),
    payload({ type: 'page', properties: { name: 'Prices' } }),
    payload({ type: 'identify', userId: 'b', traits: {}, previousId: 'a' }),
  ])('is the way back of toEvent for $type', (source) => {
    const event = asJson(toEvent(source)) as Event
    const again = toPayload(event)
    expect(again.type).toBe(`${source.type}Start`)
    expect(asJson(toEvent({ ...again, type: source.type }))).toEqual(event)
    const keys = (value: Payload) => Object.keys(value).sort()
    expect(keys(again)).toEqual(keys(source))
  })
})
