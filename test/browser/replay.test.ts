import { describe, expect, it, vi } from 'vitest'
import { replay, type StubEntry } from '../../src/browser/replay'

const href = globalThis.location.href

/** A client that writes down what it is asked. */
function fakeClient() {
  const made: unknown[] = []
  const method =
    (name: string) =>
    (...args: unknown[]) => {
      made.push([name, ...args])
      return Promise.resolve(name)
    }
  const names = ['page', 'track', 'identify', 'group', 'alias', 'screen', 'reset']
  const client = {
    ...Object.fromEntries(names.map((name) => [name, method(name)])),
    user: () => ({ userId: 'userid-123' }),
    consent: { grant: method('grant') },
    broken() {
      throw new Error('broken')
    },
  }
  return { client, made }
}

const call = (
  held: object,
  path: PropertyKey[],
  args: unknown[],
  settle = (_: unknown) => {},
  at = href,
): StubEntry => [held, path, args, settle, 1000, at]

/** What a call comes to. */
const resultOf = (queue: StubEntry[], held: object, path: PropertyKey[], args: unknown[] = []) =>
  new Promise((settle) => queue.push(call(held, path, args, settle)))

describe('the replay', () => {
  it('makes the calls in their order, with the time of each, wherever its options stand', () => {
    const held = {}
    const { client, made } = fakeClient()
    const callback = () => {}
    const queue: StubEntry[] = [
      [held, {} as never],
      call(held, ['page'], []),
      call(held, ['page'], [callback]),
      call(held, ['track'], ['a']),
      call(held, ['track'], ['b', { x: 1 }, callback]),
      call(held, ['track'], ['c', {}, { messageId: 'own', timestamp: 5 }, callback]),
      call(held, ['identify'], ['userid-123', { plan: 'team' }]),
      call(held, ['group'], ['studio-7']),
      call(held, ['alias'], ['userid-123', 'before']),
      call(held, ['screen'], ['Cart', callback]),
      call(held, ['consent', 'grant'], ['analytics']),
      call(held, ['reset'], []),
    ]
    replay(queue, () => client)
    const timestamp = 1000
    expect(made).toEqual([
      ['page', undefined, { timestamp }],
      ['page', callback, { timestamp }],
      ['track', 'a', undefined, { timestamp }],
      ['track', 'b', { x: 1 }, { timestamp }, callback],
      ['track', 'c', {}, { messageId: 'own', timestamp: 5 }, callback],
      ['identify', 'userid-123', { plan: 'team' }, { timestamp }],
      ['group', 'studio-7', undefined, { timestamp }],
      ['alias', 'userid-123', 'before', { timestamp }],
      ['screen', 'Cart', callback, { timestamp }],
      ['grant', 'analytics'],
      ['reset'],
    ])
  })

  it('makes the object that the page holds a real client', () => {
    const held = Object.create({ track: () => 'the stub' })
    const { client } = fakeClient()
    replay([[held, {} as never]], () => client)
    expect(Object.keys(held)).toEqual(Object.keys(client))
    expect(Object.getPrototypeOf(held)).toBe(Object.prototype)
    expect(held.user()).toEqual({ userId: 'userid-123' })
  })

  it('gives each promise what its call came to', async () => {
    const held = {}
    const queue: StubEntry[] = []
    const results = [['track'], ['user'], ['broken']].map((path) => resultOf(queue, held, path))
    queue.unshift([held, {} as never])
    replay(queue, () => fakeClient().client)
    expect(await Promise.allSettled(results)).toEqual([
      { status: 'fulfilled', value: 'track' },
      { status: 'fulfilled', value: { userId: 'userid-123' } },
      { status: 'rejected', reason: new Error('broken') },
    ])
  })

  it('tells calls of methods that no client has, and goes on', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const held = {}
    const queue: StubEntry[] = []
    const { client, made } = fakeClient()
    const unknown = [['no', 'such'], ['toJSON'], [Symbol.toPrimitive], ['toString'], ['valueOf']]
    const results = [...unknown, ['track']].map((path) => resultOf(queue, held, path))
    queue.unshift([held, {} as never])
    replay(queue, () => client)
    expect(await Promise.all(results)).toEqual([undefined, undefined, undefined, '[object Object]', held, 'track'])
    expect(made.length).toBe(1)
    expect(warn.mock.calls).toEqual([
      ['no method no.such'],
      ['no method toJSON'],
      ['no method Symbol(Symbol.toPrimitive)'],
    ])
    warn.mockRestore()
  })

  it('goes on making calls of methods that were taken off the stub', async () => {
    const held = {}
    const queue: StubEntry[] = [[held, {} as never]]
    const { client, made } = fakeClient()
    replay(queue, () => client)
    expect(await resultOf(queue, held, ['track'], ['later'])).toBe('track')
    expect(made).toEqual([['track', 'later', undefined, { timestamp: 1000 }]])
    expect(queue.length).toBe(0)
  })

  it('keeps several clients apart, and tells what one could not be made of', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const [good, bad] = [{}, {}]
    const { client, made } = fakeClient()
    const queue: StubEntry[] = [
      [bad, { wrong: true } as never],
      [good, {} as never],
    ]
    const results = [resultOf(queue, bad, ['track']), resultOf(queue, good, ['track'], ['x'])]
    replay(queue, (config: { wrong?: boolean }) => {
      if (config.wrong) throw new Error('[firsthand] plugins: expected an array')
      return client
    })
    const after = resultOf(queue, bad, ['page'])
    expect(await Promise.allSettled([...results, after])).toEqual([
      { status: 'rejected', reason: new Error('[firsthand] plugins: expected an array') },
      { status: 'fulfilled', value: 'track' },
      { status: 'rejected', reason: new Error('[firsthand] plugins: expected an array') },
    ])
    expect(made.length).toBe(1)
    expect(warn).toHaveBeenCalledExactlyOnceWith('Error: [firsthand] plugins: expected an array')
    warn.mockRestore()
  })

  it('makes the transports that the stub could not make', () => {
    const seen: unknown[] = []
    const plugin = { name: 'own' }
    const queue: StubEntry[] = [[{}, { app: 'site', plugins: [() => ({ name: 'collector' }), plugin] } as never]]
    replay(queue, (config) => {
      seen.push(config)
      return {}
    })
    expect(seen).toEqual([{ app: 'site', plugins: [{ name: 'collector' }, plugin] }])
  })

  it('leaves a call on the page that it was made on, where the address has changed since', () => {
    const held = {}
    const { client, made } = fakeClient()
    const before = 'https://www.example.com/before?a=1#top'
    replay(
      [
        [held, {} as never],
        call(held, ['page'], [{ title: 'Before' }], undefined, before),
        call(held, ['track'], ['x', {}, { context: { page: { url: 'own' } } }], undefined, before),
      ],
      () => client,
    )
    const url = 'https://www.example.com/before?a=1'
    const page = { url, path: '/before', search: '?a=1' }
    expect(made).toEqual([
      ['page', { ...page, hash: '#top', title: 'Before' }, { timestamp: 1000, context: { page } }],
      ['track', 'x', {}, { timestamp: 1000, context: { page: { url: 'own' } } }],
    ])
  })
})
