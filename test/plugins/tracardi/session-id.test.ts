import { nanoid } from 'nanoid'
import { describe, expect, it } from 'vitest'
import { sessionIdOf, toUuid, visitorOf } from '../../../plugins/tracardi/session-id'
import { trackEvent } from '../encode'

describe('the session id for Tracardi', () => {
  it('has the shape of a uuid4', () => {
    const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    for (const text of ['', 'a', nanoid(), 'ü🧦', 'x'.repeat(1000)]) expect(toUuid(text)).toMatch(uuid4)
  })

  it('is the same for the same text, and another for each other text', () => {
    const texts = Array.from({ length: 50_000 }, (_, index) => (index % 2 ? nanoid() : `session-${index}`))
    const ids = texts.map(toUuid)
    expect(texts.map(toUuid)).toEqual(ids)
    expect(new Set(ids).size).toBe(texts.length)
    for (const part of [0, 1, 3, 4]) {
      const parts = new Set(ids.map((id) => id.split('-')[part]))
      expect(parts.size, `part ${part}`).toBeGreaterThan(part === 1 ? 30_000 : part === 3 ? 15_000 : 49_000)
    }
  })

  it('changes with each visit and not within one', () => {
    const inVisit = (id: string, messageId = 'm') =>
      sessionIdOf(trackEvent({ messageId, context: { session: { id, number: 1, start: 0 } } }))
    expect(inVisit('a')).toBe(inVisit('a', 'other'))
    expect(inVisit('a')).not.toBe(inVisit('b'))
  })

  it('is one for each visitor and day where there is no visit', () => {
    const at = (timestamp: string, anonymousId = 'a') => sessionIdOf(trackEvent({ timestamp, anonymousId }))
    expect(at('2026-01-01T00:00:00.000Z')).toBe(at('2026-01-01T23:59:59.999Z'))
    expect(at('2026-01-01T00:00:00.000Z')).not.toBe(at('2026-01-02T00:00:00.000Z'))
    expect(at('2026-01-01T00:00:00.000Z')).not.toBe(at('2026-01-01T00:00:00.000Z', 'b'))
  })
})

describe('the visitor', () => {
  it('is known by the anonymous id, which log-in does not change, and else by the user id', () => {
    expect(visitorOf(trackEvent({ anonymousId: 'a', userId: 'u' }))).toBe('a')
    expect(visitorOf(trackEvent({ anonymousId: null, userId: 'u' }))).toBe('u')
  })
})
