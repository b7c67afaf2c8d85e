import { describe, expect, it } from 'vitest'
import { matches } from '../../src/collector/event-filter'
import { storedEvent } from '../helpers/stored-event'

const { event } = storedEvent({
  ...{ event: 'Bought', userId: 'u', timestamp: '2026-08-01T00:00:00.000Z' },
  context: { session: { id: 's', number: 1, start: 1 } },
})

describe('matches', () => {
  it.each([
    [{}],
    [{ project: 'shop', type: 'track', event: 'Bought', userId: 'u', anonymousId: 'anon-1', sessionId: 's' }],
    [{ since: '2026-08-01T00:00:00.000Z', until: '2026-08-01T00:00:00.001Z' }],
  ])('lets an event through that has all of %j', (filter) => {
    expect(matches(event, filter)).toBe(true)
  })

  it.each([
    ...['project', 'type', 'event', 'userId', 'anonymousId', 'sessionId'].map((name) => ({ [name]: 'other' })),
    { type: 'track', event: 'other' },
    { since: '2026-08-01T00:00:00.001Z' },
    { until: '2026-08-01T00:00:00.000Z' },
  ])('keeps one back that has not %j', (filter) => {
    expect(matches(event, filter)).toBe(false)
  })
})
