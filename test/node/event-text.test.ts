import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/core/event'
import { createEventTexts, timestampOf } from '../../src/node/event-text'

const library = { name: 'firsthand', version: '1.0.0' }
const shared = { library, os: { name: 'Linux', version: '6' } }
const texts = createEventTexts(shared)

const event = (own: Partial<Event> = {}): Event => ({
  version: 1,
  type: 'track',
  messageId: 'm1',
  timestamp: '2026-01-31T12:00:00.000Z',
  anonymousId: null,
  userId: 'u"1',
  event: 'Seen',
  context: { sequence: { instance: 'i', number: 1 }, ...shared },
  ...own,
})
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

describe('the text of an event', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue())

  it('is JSON that says the same, whole and short', () => {
    fc.assert(fc.property(json, json, fc.string(), isTheSame))
  })

  const isTheSame = (properties: Record<string, unknown>, own: Record<string, unknown>, name: string) => {
    const given = event({ event: name, properties, integrations: { All: false }, context: { ...own, ...shared } })
    const isShort = texts.canShorten(given)
    const text = texts.write(given, isShort)
    expect(isShort).toBe(true)
    expect(JSON.parse(texts.whole(text))).toEqual(plain(given))
    expect(texts.read(text, isShort)).toEqual(plain(given))
    expect(JSON.parse(texts.write(given, false))).toEqual(plain(given))
    const { context } = JSON.parse(text)
    expect(Object.keys(context).filter((key) => Object.hasOwn(shared, key))).toEqual([])
  }

  it.each<Partial<Event>>([
    { type: 'group', event: undefined, groupId: 'g', traits: { size: 3 } },
    { type: 'alias', event: undefined, previousId: 'p' },
    { type: 'page', event: undefined, name: 'Prices', properties: {} },
    { context: { ...shared } },
  ])('has all that the event has: %j', (own) => {
    expect(texts.read(texts.write(event(own), true), true)).toEqual(plain(event(own)))
  })

  it('is whole where the call says something else than the process', () => {
    const own = event({ context: { library: { name: 'own', version: '2' }, os: shared.os } })
    expect(texts.canShorten(own)).toBe(false)
    expect(texts.read(texts.write(own, false), false).context.library).toEqual({ name: 'own', version: '2' })
  })

  it('leaves out what leaves itself out, and throws for what JSON cannot express', () => {
    expect(JSON.parse(texts.write(event({ properties: { toJSON: () => undefined } }), false))).not.toHaveProperty(
      'properties',
    )
    expect(() => texts.write(event({ properties: { big: 1n } }), false)).toThrow('BigInt')
  })

  it('tells its time without being parsed, and whoever wrote it', () => {
    expect(timestampOf(texts.write(event(), true))).toBe('2026-01-31T12:00:00.000Z')
    expect(timestampOf(JSON.stringify(event()))).toBe('2026-01-31T12:00:00.000Z')
  })
})
