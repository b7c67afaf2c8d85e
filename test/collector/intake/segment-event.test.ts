import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/collector/intake/intake'
import { decodeSegmentEvent } from '../../../src/collector/intake/segment-event'

function decode(body: unknown, type = 'track', format?: string) {
  const decoded = decodeSegmentEvent(body, type, format)
  if (decoded.status === 'malformed') throw new Error(decoded.code)
  return decoded.intake.items[0]?.candidate as JsonObject
}

describe('decodeSegmentEvent', () => {
  it('takes the type of the path, whatever the body says', () => {
    expect(decode({ event: 'E' })).toEqual({ type: 'track', event: 'E' })
    expect(decode({ type: 'page' }, 'screen').type).toBe('screen')
  })

  it('gives the time of sending of the event, and the name of the format', () => {
    const decoded = decodeSegmentEvent({ sentAt: 'now' }, 'track', 'jitsu')
    expect(decoded).toMatchObject({ status: 'decoded', intake: { format: 'jitsu', items: [{ sentAt: 'now' }] } })
  })

  it('takes the traits of an identify from its context where it has no own, and of nothing else', () => {
    const context = { traits: { plan: 'team' } }
    expect(decode({ context }, 'identify').traits).toEqual({ plan: 'team' })
    expect(decode({ context, traits: { plan: 'free' } }, 'identify').traits).toEqual({ plan: 'free' })
    expect(decode({ context }, 'group')).not.toHaveProperty('traits')
    expect(decode({ context: { traits: [] } }, 'identify')).not.toHaveProperty('traits')
  })

  it("takes the name of a page of Jitsu's from its properties where it has no own, and of nothing else", () => {
    const properties = { name: 'Home' }
    expect(decode({ properties }, 'page', 'jitsu')).toEqual({ type: 'page', name: 'Home', properties })
    expect(decode({ properties, name: 'Own' }, 'page', 'jitsu').name).toBe('Own')
    expect(decode({ properties }, 'track', 'jitsu')).not.toHaveProperty('name')
    expect(decode({ properties: { name: 5 } }, 'page', 'jitsu')).not.toHaveProperty('name')
    expect(decode({ properties }, 'page')).not.toHaveProperty('name')
  })

  it('leaves the body as it was', () => {
    const body = { type: 'page', category: 'c', properties: { a: 1 }, originalTimestamp: 't' }
    const before = structuredClone(body)
    decode(body, 'page')
    expect(body).toEqual(before)
  })

  it.each([[null], [[]], ['text'], [5]])('says that %j is no event', (body) => {
    expect(decodeSegmentEvent(body, 'track')).toMatchObject({ status: 'malformed', code: 'invalid-event' })
  })
})
