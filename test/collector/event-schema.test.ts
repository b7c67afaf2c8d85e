import { describe, expect, it } from 'vitest'
import { checkEvent, parseTime } from '../../src/collector/event-schema'

const track = { type: 'track', event: 'Clicked', anonymousId: 'a' }

describe('checkEvent', () => {
  it('accepts each type with what it needs', () => {
    for (const event of [
      track,
      { type: 'page', userId: 'u' },
      { type: 'screen', userId: 'u', name: 'Home', properties: {} },
      { type: 'identify', anonymousId: 'a', traits: { plan: 'pro' } },
      { type: 'group', userId: 'u', groupId: 'g' },
      { type: 'alias', userId: 'u', previousId: 'a' },
    ]) {
      expect(checkEvent(event), event.type).toMatchObject({ status: 'valid', event })
    }
  })

  it('reads null and empty ids as unknown, and numbers as text', () => {
    const result = checkEvent({ ...track, anonymousId: '', userId: 7, messageId: null, context: null })
    expect(result).toMatchObject({ status: 'valid', event: { anonymousId: null, userId: '7', messageId: '' } })
  })

  it('drops fields that the type does not have', () => {
    const result = checkEvent({ ...track, traits: { a: 1 }, groupId: 'g', _metadata: {}, writeKey: 'k' })
    expect(result.status === 'valid' && Object.keys(result.event)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/traits|groupId|_metadata|writeKey/)]),
    )
  })

  it.each<[string, unknown]>([
    ['event must be a JSON object', null],
    ['event must be a JSON object', 'track'],
    ['event must be a JSON object', []],
    ['type must be page, track', { ...track, type: 'click' }],
    ['type must be page, track', { event: 'Clicked', anonymousId: 'a' }],
    ['event is missing', { type: 'track', anonymousId: 'a' }],
    ['event is missing', { ...track, event: '' }],
    ['event must be text', { ...track, event: 5 }],
    ['event must have at most 512', { ...track, event: 'x'.repeat(513) }],
    ['messageId must have at most 100', { ...track, messageId: 'x'.repeat(101) }],
    ['messageId must be text', { ...track, messageId: {} }],
    ['anonymousId must be text', { ...track, anonymousId: ['a'] }],
    ['userId must have at most 512', { ...track, userId: 'x'.repeat(513) }],
    ['one of anonymousId and userId', { type: 'page' }],
    ['properties must be a JSON object', { ...track, properties: [] }],
    ['context must be a JSON object', { ...track, context: 'x' }],
    ['integrations must be a JSON object', { ...track, integrations: true }],
    ['traits must be a JSON object', { type: 'identify', userId: 'u', traits: 'x' }],
    ['groupId is missing', { type: 'group', userId: 'u' }],
    ['previousId is missing', { type: 'alias', userId: 'u' }],
    ['timestamp must be an ISO 8601 time', { ...track, timestamp: 'yesterday' }],
    ['version must be 1', { ...track, version: 2 }],
  ])('says "%s" to %j', (message, candidate) => {
    expect(checkEvent(candidate)).toMatchObject({ status: 'invalid', message: expect.stringContaining(message) })
  })
})

describe('parseTime', () => {
  it.each([
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02 03:04', '2026-01-02T03:04:00.000Z'],
    ['2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['2026-01-02T03:04:05.123456+02:00', '2026-01-02T01:04:05.123Z'],
    ['2026-01-02T03:04:05+0200', '2026-01-02T01:04:05.000Z'],
    [1_767_323_045_678, '2026-01-02T03:04:05.678Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('reads %j', (value, expected) => {
    expect(new Date(parseTime(value) ?? Number.NaN).toISOString()).toBe(expected)
  })

  it.each([
    '',
    '5',
    'Fri Jan 02 2026',
    '2026-13-01',
    '2026-01-02T25:00:00Z',
    '+012026-01-01T00:00:00Z',
    '0000-01-01',
    null,
    {},
    Number.NaN,
    1e18,
  ])('does not read %j', (value) => {
    expect(parseTime(value)).toBeNull()
  })
})
