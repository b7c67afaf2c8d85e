import { describe, expect, it, vi } from 'vitest'
import { createClient } from '../../src/core/client'
import type { Payload } from '../../src/core/payload'
import { captureTransport } from '../helpers/capture-transport'
import { createFakePlatform } from '../helpers/fake-platform'

type Argument = { payload: Payload; abort(reason?: string, plugins?: string[]): unknown; instance: never }

const plugin = (name: string, hooks: Record<string, unknown> = {}) => ({ name, ...hooks })

describe('a call', () => {
  it('runs listeners of xStart first, then the hooks of each phase in the order of the plugins', async () => {
    const order: string[] = []
    const note = (text: string) => () => void order.push(text)
    const hooks = (name: string) => ({
      pageStart: note(`pageStart ${name}`),
      page: note(`page ${name}`),
      pageEnd: note(`pageEnd ${name}`),
      ready: note(`ready ${name}`),
    })
    const platform = createFakePlatform()
    const analytics = createClient(
      {
        plugins: [
          plugin('one', {
            ...hooks('one'),
            bootstrap({ instance }: { instance: typeof analytics }) {
              order.push('bootstrap one')
              for (const type of ['pageStart', 'page', 'pageEnd', 'pageStart:two', 'page:two', 'pageEnd:two']) {
                instance.on(type, note(`on ${type} from one`))
              }
            },
          }),
          plugin('two', { ...hooks('two'), bootstrap: note('bootstrap two') }),
        ],
      },
      platform,
    )
    for (const type of ['pageStart', 'page', 'pageEnd', 'ready']) analytics.on(type, note(`on ${type}`))
    analytics.ready(() => void analytics.page(note('callback') as never))
    await platform.settle()
    expect(order).toEqual([
      'bootstrap one',
      'bootstrap two',
      'ready one',
      'ready two',
      'on ready',
      'on pageStart from one',
      'on pageStart',
      'pageStart one',
      'pageStart two',
      'on pageStart:two from one',
      'page one',
      'page two',
      'on page:two from one',
      'on page from one',
      'on page',
      'pageEnd one',
      'pageEnd two',
      'on pageEnd:two from one',
      'on pageEnd from one',
      'on pageEnd',
      'callback',
    ])
  })

  it('has run all synchronous hooks, callback included, when it returns', () => {
    const seen: string[] = []
    const analytics = createClient({ plugins: [plugin('a', { track: () => seen.push('hook') })] }, createFakePlatform())
    analytics.track('x', {}, {}, () => seen.push('callback'))
    expect(seen).toEqual(['hook', 'callback'])
  })

  it('that is made inside a hook waits until the current one is told', () => {
    const order: string[] = []
    const analytics = createClient(
      {
        plugins: [
          plugin('a', {
            track({ payload, instance }: Argument) {
              if (payload.event === 'outer') {
                const { track } = instance as unknown as typeof analytics
                track('inner')
              }
              order.push(`hook ${payload.event}`)
            },
          }),
        ],
      },
      createFakePlatform(),
    )
    analytics.on('trackEnd', ({ payload }) => void order.push(`end ${payload.event}`))
    analytics.track('outer')
    expect(order).toEqual(['hook outer', 'end outer', 'hook inner', 'end inner'])
  })

  it('lets a later call overtake while its own hook is being waited for', async () => {
    const platform = createFakePlatform()
    const seen: unknown[] = []
    const analytics = createClient(
      {
        plugins: [
          plugin('slow', {
            trackStart: ({ payload }: Argument) =>
              payload.event === 'first' ? Promise.resolve({ added: 1 }) : undefined,
          }),
          plugin('a', { track: ({ payload }: Argument) => void seen.push([payload.event, payload.added]) }),
        ],
      },
      platform,
    )
    const first = analytics.track('first')
    analytics.track('second')
    expect(seen).toEqual([['second', undefined]])
    expect((await first).payload).toMatchObject({ type: 'trackEnd', added: 1 })
    expect(seen).toEqual([
      ['second', undefined],
      ['first', 1],
    ])
  })

  it('cannot be given another messageId by a hook, but another context', async () => {
    const transport = captureTransport('t')
    const platform = createFakePlatform()
    const enrich = ({ payload }: Argument) => ({
      meta: { context: { ...payload.meta.context, tenant: 'acme' }, messageId: 'forged' },
    })
    const analytics = createClient({ plugins: [plugin('a', { trackStart: enrich }), transport] }, platform)
    const { payload } = await analytics.track('x', {}, { messageId: 'own' })
    await analytics.flush()
    expect(payload.meta.messageId).toBe('own')
    expect(transport.events[0]).toMatchObject({ messageId: 'own', context: { tenant: 'acme' } })
  })

  it('takes time, id and context of its options', async () => {
    const transport = captureTransport('t')
    const analytics = createClient({ plugins: [transport] }, createFakePlatform())
    const integrations = { All: false }
    analytics.track('x', {}, { timestamp: 0, context: { locale: 'xx' }, integrations, messageId: 'a'.repeat(101) })
    await analytics.flush()
    expect(transport.events[0]).toMatchObject({ timestamp: '1970-01-01T00:00:00.000Z', integrations })
    expect(transport.events[0]?.context).toMatchObject({ locale: 'xx', library: { name: 'firsthand' } })
    expect(transport.events[0]?.messageId).not.toContain('aaa')
  })

  it.each([[null], ['text'], [undefined]])('keeps its options where a hook returns %j for them', async (options) => {
    const transport = captureTransport('t')
    const gate = plugin('gate', { trackStart: () => ({ options, added: 1 }) })
    const analytics = createClient({ plugins: [gate, transport] }, createFakePlatform())
    const { payload } = await analytics.track('x', {}, { plugins: { t: false }, note: 1 })
    await analytics.flush()
    expect(payload).toMatchObject({ options: { plugins: { t: false }, note: 1 }, added: 1 })
    expect(transport.events).toEqual([])
  })

  it('rejects without a name, and with EventMissing as analytics does', async () => {
    const analytics = createClient({}, createFakePlatform())
    await expect(analytics.track('')).rejects.toThrow('EventMissing')
    await expect(analytics.track({} as never)).rejects.toThrow('EventMissing')
  })
})

describe('an aborted call', () => {
  it.each([
    ['abort()', ({ abort }: Argument) => abort('no')],
    ['{ abort: true }', () => ({ abort: true })],
    ['a promise of { abort: true }', async () => ({ abort: true })],
  ])('by %s from a Start hook reaches no plugin and settles', async (_, trackStart) => {
    const track = vi.fn()
    const transport = captureTransport('t')
    const platform = createFakePlatform()
    const told: string[] = []
    const analytics = createClient(
      { plugins: [plugin('gate', { trackStart, track }), plugin('b', { track }), transport] },
      platform,
    )
    analytics.on('*', ({ payload }) => void told.push(payload.type))
    const { payload } = await analytics.track('x')
    await analytics.flush()
    expect(payload.type).toBe('trackEnd')
    expect(payload.abort).toBeTruthy()
    expect(track).not.toHaveBeenCalled()
    expect(transport.events).toEqual([])
    expect(platform.events.entries.size).toBe(0)
    expect(told).toContain('trackAborted')
    expect(told).not.toContain('track')
    expect(analytics.getState('track.history')).toEqual([])
  })

  it('can be aborted for a transport alone', async () => {
    const [one, two] = [captureTransport('one'), captureTransport('two')]
    const gate = plugin('gate', { 'track:one': ({ abort }: Argument) => abort('no') })
    const analytics = createClient({ plugins: [gate, one, two] }, createFakePlatform())
    await analytics.track('x')
    await analytics.flush()
    expect([one.events.length, two.events.length]).toEqual([0, 1])
  })
})
