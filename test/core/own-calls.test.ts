import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import { coreEvents } from '../../src/core/event-names'
import type { Payload } from '../../src/core/payload'
import { toEvent, toPayload } from '../../src/core/to-event'
import { captureTransport } from '../helpers/capture-transport'
import { createFakePlatform } from '../helpers/fake-platform'

type Argument = { payload: Payload; abort(reason?: string, plugins?: string[]): unknown }

const setUp = (...plugins: object[]) => {
  const platform = createFakePlatform()
  const transport = captureTransport('test')
  const analytics = createClient({ plugins: [...(plugins as { name: string }[]), transport] }, platform)
  const sent = async () => {
    await analytics.flush()
    return transport.events
  }
  return { analytics, platform, sent, transport }
}

describe('group, alias and screen', () => {
  it('give payloads of their own and become events', async () => {
    const { analytics, sent } = setUp()
    await analytics.identify('userid-123')
    const { payload: group } = await analytics.group('studio-7', { name: 'Northyard' })
    const { payload: alias } = await analytics.alias('userid-456', 'before')
    const { payload: screen } = await analytics.screen('Cart', { items: 2 })

    const anonymousId = analytics.user().anonymousId
    const common = { userId: 'userid-123', anonymousId, options: {} }
    expect(group).toMatchObject({ ...common, type: 'groupEnd', groupId: 'studio-7', traits: { name: 'Northyard' } })
    expect(alias).toMatchObject({ ...common, type: 'aliasEnd', userId: 'userid-456', previousId: 'before' })
    expect(screen).toMatchObject({ ...common, type: 'screenEnd', properties: { name: 'Cart', items: 2 } })
    const keys = ['anonymousId', 'meta', 'options', 'type', 'userId']
    expect(Object.keys(group).sort()).toEqual([...keys, 'groupId', 'traits'].sort())
    expect(Object.keys(alias).sort()).toEqual([...keys, 'previousId'].sort())
    expect(Object.keys(screen).sort()).toEqual([...keys, 'properties'].sort())

    const [, ...events] = await sent()
    expect(events).toMatchObject([
      { type: 'group', groupId: 'studio-7', traits: { name: 'Northyard' }, userId: 'userid-123', anonymousId },
      { type: 'alias', userId: 'userid-456', previousId: 'before', anonymousId },
      { type: 'screen', name: 'Cart', properties: { items: 2, name: 'Cart' }, userId: 'userid-123', anonymousId },
    ])
    expect(events.map(({ context }) => context.sequence?.number)).toEqual([2, 3, 4])
    expect(new Set(events.map(({ context }) => context.session?.id)).size).toBe(1)
  })

  it('survive the way from payload to event and back', async () => {
    const { analytics } = setUp()
    const started: Payload[] = []
    for (const type of ['groupStart', 'aliasStart', 'screenStart'])
      analytics.on(type, ({ payload }) => void started.push(payload))
    await analytics.group('studio-7', { name: 'Northyard' })
    await analytics.alias('userid-123')
    await analytics.screen('Cart', { items: 2 })
    expect(started.length).toBe(3)
    for (const payload of started) {
      const event = JSON.parse(JSON.stringify(toEvent(payload)))
      expect(JSON.parse(JSON.stringify(toEvent(toPayload(event))))).toEqual(event)
    }
  })

  it('link a new user id to the user id, or to the anonymous id where nobody is logged in', async () => {
    const { analytics, sent } = setUp()
    await analytics.alias('userid-1')
    const { anonymousId } = analytics.user()
    await analytics.identify('userid-1')
    await analytics.alias('userid-2', () => {})
    const aliases = (await sent()).filter(({ type }) => type === 'alias')
    expect(aliases.map(({ previousId }) => previousId)).toEqual([anonymousId, 'userid-1'])
    expect(analytics.user('userId')).toBe('userid-1')
  })

  it('link nothing to the present visitor where the previous id cannot be', async () => {
    const { analytics } = setUp()
    expect((await analytics.alias('userid-1', 'a"b')).payload.previousId).toBeNull()
    expect((await analytics.alias('userid-1', null)).payload.previousId).toBe(analytics.user('anonymousId'))
  })

  it('take numeric ids as text', async () => {
    const { analytics, sent } = setUp()
    await analytics.group(7)
    await analytics.alias(8, 9)
    expect(await sent()).toMatchObject([{ groupId: '7' }, { userId: '8', previousId: '9' }])
  })

  it('take callback and options wherever analytics takes them', async () => {
    const { analytics, sent } = setUp()
    const called: string[] = []
    const callback = ({ payload }: { payload: Payload }) => void called.push(payload.type)
    void analytics.group('studio-7', callback)
    void analytics.alias('userid-123', 'before', { messageId: 'own' }, callback)
    void analytics.screen('Cart', {}, callback)
    expect(called).toEqual(['groupEnd', 'aliasEnd', 'screenEnd'])
    expect((await sent())[1]?.messageId).toBe('own')
  })

  it('reject with words where the first argument is missing or cannot be', async () => {
    const { analytics, sent } = setUp()
    const wrong = { group: [undefined, '', null, {}, 'a"b'], alias: [undefined, ''], screen: [undefined, '', 7, {}] }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const call = analytics[name as 'group'](value as string)
        await expect(call, `${name}(${value})`).rejects.toThrow(
          `[firsthand] ${name}: first argument missing or invalid`,
        )
      }
    }
    expect(await sent()).toEqual([])
  })

  it('run the hooks of all phases, and abort like any call', async () => {
    const order: string[] = []
    const note = ({ payload }: Argument) => void order.push(payload.type)
    const { analytics, sent } = setUp({
      name: 'one',
      ...Object.fromEntries(['groupStart', 'group', 'groupEnd', 'screen', 'screenEnd'].map((name) => [name, note])),
      'group:test': ({ payload }: Argument) => ({ ...payload, traits: { scoped: true } }),
      screenStart: ({ abort }: Argument) => abort('no'),
    })
    analytics.on('screenAborted', () => order.push('screenAborted'))
    await analytics.group('studio-7')
    await analytics.screen('Cart')
    expect(order).toEqual(['groupStart', 'group', 'groupEnd', 'screenAborted'])
    expect(await sent()).toMatchObject([{ type: 'group', traits: { scoped: true } }])
  })

  it('are on record while asynchronous hooks run', async () => {
    const { analytics, platform, sent } = setUp({ name: 'slow', groupStart: () => Promise.resolve() })
    const call = analytics.group('studio-7')
    const [entry] = platform.events.entries.values()
    expect(entry).toMatchObject({ provisional: true, event: { type: 'group', groupId: 'studio-7' } })
    await call
    expect((await sent()).length).toBe(1)
  })

  it('are heard by name and not by *, since analytics does not have them', async () => {
    const { analytics } = setUp()
    const heard: string[] = []
    analytics.on('*', ({ payload }) => void heard.push(payload.type))
    const named: string[] = []
    for (const type of ['groupStart', 'group', 'groupEnd', 'group:test', 'alias', 'screen'])
      analytics.on(type, ({ payload }) => void named.push(payload.type))
    await analytics.group('studio-7')
    await analytics.alias('userid-123')
    await analytics.screen('Cart')
    expect(named).toEqual(['groupStart', 'group:test', 'group', 'groupEnd', 'alias', 'screen'])
    expect(heard.filter((type) => /^(group|alias|screen)/.test(type))).toEqual([])
    expect(coreEvents.filter((type) => /^(group|alias|screen)/.test(type))).toEqual([])
  })

  it('wait for a plugin that is not loaded', async () => {
    let isLoaded = false
    const got: unknown[] = []
    const group = ({ payload }: Argument) => void got.push(payload.groupId)
    const { analytics, platform } = setUp({ name: 'late', loaded: () => isLoaded, group })
    await analytics.group('studio-7')
    expect(got).toEqual([])
    isLoaded = true
    await platform.clock.advance(2000)
    expect(got).toEqual(['studio-7'])
  })

  it('wait for the network where a plugin sends them itself, as page, track and identify do', async () => {
    const got: unknown[] = []
    const screen = ({ payload }: Argument) => void got.push(payload.properties?.name)
    const { analytics, platform } = setUp({ name: 'own', screen })
    await platform.settle()
    platform.lifecycle.connect(false)
    await analytics.screen('Cart')
    expect(got).toEqual([])
    platform.lifecycle.connect(true)
    expect(got).toEqual(['Cart'])
  })

  it('leave alone what a plugin offers or dispatches under the same name', async () => {
    const got: unknown[] = []
    const { analytics, sent } = setUp({
      name: 'segment',
      methods: { group: (groupId: string) => void got.push(groupId) },
      screen: ({ payload }: Argument) => void got.push(payload.type),
    })
    analytics.plugins.segment?.group?.('studio-7')
    const heard: string[] = []
    analytics.on('*', ({ payload }) => void heard.push(payload.type))
    analytics.dispatch({ type: 'screen' })
    expect(got).toEqual(['studio-7', 'screen'])
    expect(heard).toContain('screen')
    expect(await sent()).toEqual([])
  })
})
