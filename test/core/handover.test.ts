import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import type { JournalEntry } from '../../src/core/delivery/journal-entry'
import type { Payload } from '../../src/core/payload'
import { captureTransport } from '../helpers/capture-transport'
import { createFakePlatform, type FakePlatform } from '../helpers/fake-platform'

type Argument = { payload: Payload; abort(reason?: string): unknown }

const entriesOf = (platform: FakePlatform): JournalEntry[] => [...platform.events.entries.values()]
const later = <Value>(platform: FakePlatform, value: Value) =>
  new Promise<Value>((resolve) => void platform.setTimer(() => resolve(value), 50))

describe('an event', () => {
  it('is in the journal, as its transports are to get it, when the call returns', () => {
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [captureTransport('a'), captureTransport('b')] }, platform)
    analytics.track('x', { n: 1 })
    expect(entriesOf(platform)).toMatchObject([
      { provisional: false, pending: { a: 0, b: 0 }, event: { type: 'track', event: 'x', properties: { n: 1 } } },
    ])
  })

  it('is one entry for all transports, and one of its own for a transport that a hook made it differ for', () => {
    const platform = createFakePlatform()
    const enrich = { name: 'e', 'track:b': () => ({ properties: { only: 'b' } }) }
    const transports = ['a', 'b', 'c'].map((name) => captureTransport(name))
    createClient({ plugins: [enrich, ...transports] }, platform).track('x')
    const shown = entriesOf(platform).map(({ pending, event }) => [Object.keys(pending), event.properties])
    expect(shown).toEqual([
      [['a', 'c'], {}],
      [['b'], { only: 'b' }],
    ])
    expect(new Set(entriesOf(platform).map(({ event }) => event.messageId)).size).toBe(1)
  })

  it('goes to the transports that the options choose, and to none that is disabled', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [captureTransport('a'), captureTransport('b')] }, platform)
    analytics.track('x', {}, { plugins: { all: false, b: true } })
    await analytics.plugins.disable('b')
    analytics.track('y')
    analytics.track('nowhere', {}, { plugins: { all: false } })
    expect(entriesOf(platform).map(({ pending, event }) => [event.event, Object.keys(pending)])).toEqual([
      ['x', ['b']],
      ['y', ['a']],
    ])
  })

  it('is numbered without gaps among those that the same transports get', async () => {
    const platform = createFakePlatform()
    const gate = { name: 'gate', trackStart: ({ payload, abort }: Argument) => payload.event === 'stop' && abort() }
    const analytics = createClient({ plugins: [gate, captureTransport('a'), captureTransport('b')] }, platform)
    const { payload } = await analytics.track('one')
    for (const name of ['stop', 'two']) analytics.track(name)
    analytics.track('only a', {}, { plugins: { b: false } })
    analytics.page()
    const shown = entriesOf(platform).map(({ event }) => event.context.sequence)
    expect(shown.map((sequence) => sequence?.number)).toEqual([1, 2, 1, 3])
    expect(shown[0]?.instance).toBe(shown[3]?.instance)
    expect(shown[0]?.instance).not.toBe(shown[2]?.instance)
    expect(payload.meta.sequence).toEqual(shown[0])
  })

  it('keeps the ids of the moment of the call', async () => {
    const platform = createFakePlatform()
    const transport = captureTransport('t')
    const analytics = createClient({ plugins: [transport] }, platform)
    analytics.identify('alice')
    analytics.track('hers')
    analytics.reset()
    analytics.track('nobodys')
    analytics.identify('bob')
    await analytics.flush()
    const shown = transport.events.map(({ event, type, userId }) => [event ?? type, userId])
    expect(shown).toEqual([
      ['identify', 'alice'],
      ['hers', 'alice'],
      ['nobodys', null],
      ['identify', 'bob'],
    ])
    const [hers, , nobodys, bobs] = transport.events.map(({ anonymousId }) => anonymousId)
    expect(nobodys).not.toBe(hers)
    expect(nobodys).toBe(bobs)
  })
})

describe('an event whose hooks are still running', () => {
  it('is provisional as it was called, then replaced by what the hooks made of it', async () => {
    const platform = createFakePlatform()
    const transport = captureTransport('t')
    const slow = { name: 'slow', trackStart: () => later(platform, { properties: { slow: true } }) }
    const analytics = createClient({ plugins: [slow, transport] }, platform)
    const call = analytics.track('x', { as: 'called' })
    expect(entriesOf(platform)).toMatchObject([
      { provisional: true, event: { type: 'track', properties: { as: 'called' } } },
    ])
    await platform.clock.advance(30)
    expect(transport.events).toEqual([])
    await platform.clock.advance(20)
    await call
    expect(entriesOf(platform)).toMatchObject([{ provisional: false, event: { properties: { slow: true } } }])
    expect(entriesOf(platform)[0]?.event.context.sequence?.number).toBe(1)
  })

  it('leaves the journal where the hooks abort it, and no gap in the numbers', async () => {
    const platform = createFakePlatform()
    const gate = {
      name: 'gate',
      trackStart: ({ payload, abort }: Argument) => payload.event === 'stop' && later(platform, abort()),
    }
    const analytics = createClient({ plugins: [gate, captureTransport('t')] }, platform)
    analytics.track('stop')
    analytics.track('go')
    expect(entriesOf(platform)).toHaveLength(2)
    await platform.clock.advance(50)
    expect(entriesOf(platform)).toMatchObject([{ event: { event: 'go', context: { sequence: { number: 1 } } } }])
  })

  it('is flushed once they are through', async () => {
    const platform = createFakePlatform()
    const transport = captureTransport('t')
    const slow = { name: 'slow', track: () => later(platform, undefined) }
    const analytics = createClient({ plugins: [slow, transport] }, platform)
    analytics.track('x')
    const flushed = analytics.flush()
    await platform.clock.advance(50)
    expect(await flushed).toMatchObject({ delivered: 1, pending: 0 })
    expect(transport.events).toHaveLength(1)
  })

  it('is run again by the next page: Start hooks of all, the main hook of its transports alone, no listener', async () => {
    const left = createFakePlatform()
    const never = { name: 'never', trackStart: () => new Promise(() => {}) }
    createClient({ plugins: [never, captureTransport('t'), captureTransport('gone')] }, left).track('x', { n: 1 })
    const [key, entry] = [...left.events.entries][0] as [string, JournalEntry]

    const platform = createFakePlatform()
    const transport = captureTransport('t')
    const other = captureTransport('other')
    const ran: string[] = []
    const vendor = {
      name: 'vendor',
      trackStart: ({ payload }: Argument) => ({ properties: { ...payload.properties, again: true } }),
      track: () => void ran.push('vendor'),
      'track:t': ({ payload }: Argument) => ({ properties: { ...payload.properties, forT: true } }),
    }
    const analytics = createClient({ plugins: [vendor, transport, other] }, platform)
    analytics.on('*', ({ payload }) => void (/track/.test(payload.type) && ran.push(payload.type)))
    platform.events.giveAway([[key, entry]] as never)
    await analytics.flush()
    expect(transport.events).toMatchObject([
      {
        messageId: entry.event.messageId,
        timestamp: entry.event.timestamp,
        properties: { n: 1, again: true, forT: true },
      },
    ])
    expect(other.events).toEqual([])
    expect(ran).toEqual([])
  })
})

describe('losses in debug mode', () => {
  const lose = async (config: object) => {
    const platform = createFakePlatform()
    const refusing = captureTransport('a', { accepts: () => false })
    const analytics = createClient({ plugins: [refusing], ...config }, platform)
    for (let index = 0; index < 50; index++) analytics.track('x')
    await platform.clock.advance(1500)
    const first = [...platform.warnings]
    analytics.track('y')
    await platform.clock.advance(1500)
    return { first, all: platform.warnings }
  }

  it('are told by one warning with their number, however many there are at a time', async () => {
    const { first, all } = await lose({ debug: true })
    expect(first).toEqual(['[firsthand] dropped: {"refused":50}'])
    expect(all).toEqual([...first, '[firsthand] dropped: {"refused":51}'])
  })

  it('are not on the console otherwise', async () => {
    expect((await lose({})).all).toEqual([])
  })
})
