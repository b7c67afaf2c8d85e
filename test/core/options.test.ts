import { describe, expect, it } from 'vitest'
import Analytics from '../../src/node'
import { createClient } from '../../src/core/client'
import { clientDefaults, resolveOptions } from '../../src/core/options'
import { createFakePlatform } from '../helpers/fake-platform'

describe('options', () => {
  it('have the defaults where nothing or undefined is given', () => {
    expect(resolveOptions({})).toEqual(clientDefaults)
    const nothing = Object.fromEntries(Object.keys(clientDefaults).map((name) => [name, undefined]))
    expect(resolveOptions(nothing)).toEqual(clientDefaults)
    expect(clientDefaults).toMatchObject({ sessionTimeoutMs: 1_800_000, hookTimeoutMs: 10_000, historyLength: 100 })
  })

  it('keep what is given, null for storage too', () => {
    const given = { app: 'a', version: 3, debug: true, sessionTimeoutMs: 1, cookieDomain: '', storage: null }
    expect(resolveOptions(given)).toMatchObject(given)
  })

  it.each([
    ['plugins', {}],
    ['plugins', 'segment'],
    ['initialUser', 'alice'],
    ['initialUser', []],
    ['sessionTimeoutMs', '30'],
    ['sessionTimeoutMs', 0],
    ['hookTimeoutMs', -1],
    ['historyLength', Number.NaN],
    ['pluginQueueLength', null as never],
    ['queue', 5],
    ['schemas', { Rated: {} }],
    ['storage', 'cookie'],
    ['storage', {}],
    ['consent', { required: true }],
    ['linker', () => {}],
  ])('throw at creation with their name where %s is %j', (name, value) => {
    if (value === null) return expect(resolveOptions({ [name]: value })).toEqual(clientDefaults)
    return expect(() => resolveOptions({ [name]: value })).toThrow(new RegExp(`^\\[firsthand\\] ${name}: expected `))
  })

  it.each([['a'], [0], [-1], [Number.NaN], [{}]])(
    'throw with the name of the limit where queue.maxEvents is %j',
    (maxEvents) => {
      expect(() => resolveOptions({ queue: { maxEvents } } as never)).toThrow(
        '[firsthand] queue.maxEvents: expected a number',
      )
    },
  )

  it.each([[null], ['site'], [[]]])('are an object, not %j', (config) => {
    expect(() => resolveOptions(config as never)).toThrow('[firsthand] config: expected an object')
    expect(() => Analytics(config as never)).toThrow('[firsthand] config: expected an object')
  })

  it('that the client does not know are shown in the context, as in analytics', () => {
    const analytics = createClient({ app: 'site', tenant: 'acme', historyLength: 5 } as never, createFakePlatform())
    expect(analytics.getState('context')).toMatchObject({ app: 'site', version: null, debug: false, tenant: 'acme' })
    expect(analytics.getState('context')).not.toHaveProperty('historyLength')
  })

  it('historyLength bounds what is remembered', () => {
    const analytics = createClient({ historyLength: 2 }, createFakePlatform())
    for (const name of ['one', 'two', 'three']) analytics.track(name, {}, name === 'three' ? { note: 1 } : {})
    const { last, history } = analytics.getState('track') as { last: object; history: { event: string }[] }
    expect(history.map(({ event }) => event)).toEqual(['two', 'three'])
    expect(last).toMatchObject({ event: 'three', properties: {}, options: { note: 1 } })
  })

  it('debug writes errors to the console although somebody listens', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({ debug: true }, platform)
    analytics.on('error', () => {})
    await analytics.plugins.disable('typo')
    expect(platform.warnings).toHaveLength(1)
  })
})
