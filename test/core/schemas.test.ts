import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createClient } from '../../src/core/client'
import type { ClientOptions } from '../../src/core/options'
import { type InvalidEventError, type StandardSchema, schemas } from '../../src/core/schemas'
import { captureTransport } from '../helpers/capture-transport'
import { createFakePlatform } from '../helpers/fake-platform'

const name = 'Order Completed'
const good = { total: 49, currency: 'EUR' }
const bad = { total: '49', currency: 'EUR' }

const libraries: [string, StandardSchema][] = [
  ['valibot', v.object({ total: v.number(), currency: v.string() })],
  ['zod', z.object({ total: z.number(), currency: z.string() })],
  ['arktype', type({ total: 'number', currency: 'string' })],
]
const schema = libraries[0]?.[1] as StandardSchema

function setUp(options: Partial<ClientOptions>) {
  const platform = createFakePlatform()
  const transport = captureTransport('test')
  const order: string[] = []
  const hooks = ['trackStart', 'track', 'trackEnd'].map((hook) => [hook, () => void order.push(hook)])
  const analytics = createClient(
    { plugins: [{ name: 'one', ...Object.fromEntries(hooks) }, transport], ...options },
    platform,
  )
  const told: { error: InvalidEventError; hook: string }[] = []
  analytics.on('error', ({ payload }) => void told.push(payload as never))
  const sent = async () => {
    await analytics.flush()
    return transport.events.map(({ event, properties }) => [event, properties])
  }
  return { analytics, told, sent, order, platform }
}

const dropped = (analytics: { getState(path: string): unknown }) => analytics.getState('delivery.dropped')

describe.each(libraries)('a schema of %s', (_library, own) => {
  const list = { [name]: own }

  it('lets valid events pass without a word', async () => {
    for (const onInvalid of ['warn', 'drop', 'throw'] as const) {
      const { analytics, told, sent } = setUp({ schemas: schemas(list, { onInvalid }) })
      await analytics.track(name, good)
      expect(await sent()).toEqual([[name, good]])
      expect(told).toEqual([])
    }
  })

  it('warns: the event is sent and reported', async () => {
    const { analytics, told, sent } = setUp({ schemas: schemas(list) })
    const { payload } = await analytics.track(name, bad)
    expect(payload).toMatchObject({ type: 'trackEnd', properties: bad })
    expect(await sent()).toEqual([[name, bad]])
    expect(dropped(analytics)).toEqual({})
    expect(told).toMatchObject([{ hook: 'schemas', plugin: null }])
    expect(told[0]?.error.message).toMatch(/^Order Completed: total \S/)
    expect(told[0]?.error.issues.length).toBe(1)
  })

  it('drops: the event is counted and reported, and the promise settles', async () => {
    const { analytics, told, sent, order } = setUp({ schemas: schemas(list, { onInvalid: 'drop' }) })
    const outcomes: unknown[] = []
    analytics.on('delivery', ({ payload }) => void outcomes.push(payload.outcome))
    const { payload } = await analytics.track(name, bad)
    expect(payload).toMatchObject({ type: 'trackEnd', event: name, properties: bad, abort: true })
    expect(order).toEqual([])
    expect(await sent()).toEqual([])
    expect(dropped(analytics)).toEqual({ invalid: 1 })
    expect(outcomes).toEqual([{ status: 'dropped', reason: 'invalid' }])
    expect(told.length).toBe(1)
  })

  it('throws: the promise rejects with the issues, and nothing is sent', async () => {
    const { analytics, told, sent, order } = setUp({ schemas: schemas(list, { onInvalid: 'throw' }) })
    const error = await analytics.track(name, bad).then(
      () => null,
      (reason: InvalidEventError) => reason,
    )
    expect(error).toBeInstanceOf(Error)
    expect(error?.message).toMatch(/^Order Completed: total \S/)
    expect(error?.issues.length).toBe(1)
    expect([await sent(), order, told]).toEqual([[], [], []])
  })
})

describe('schemas', () => {
  it('are for the events that they name', async () => {
    const { analytics, told, sent } = setUp({ schemas: schemas({ [name]: schema }, { onInvalid: 'throw' }) })
    await analytics.track('Cart Viewed', { items: 'many' })
    await analytics.page({ total: 'no number' })
    expect((await sent())[0]).toEqual(['Cart Viewed', { items: 'many' }])
    expect(told).toEqual([])
  })

  it('check, and change nothing: what is sent is what was given', async () => {
    const stars = v.object({ stars: v.pipe(v.string(), v.transform(Number)), of: v.optional(v.number(), 5) })
    const { analytics, sent } = setUp({ schemas: schemas({ Rated: stars }) })
    await analytics.track('Rated', { stars: '4' })
    expect(await sent()).toEqual([['Rated', { stars: '4' }]])
  })

  it('that throw are reported, and the event is sent', async () => {
    const broken = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate() {
          throw new Error('broken')
        },
      },
    } as const
    for (const onInvalid of ['warn', 'drop', 'throw'] as const) {
      const { analytics, told, sent } = setUp({ schemas: schemas({ Rated: broken }, { onInvalid }) })
      await analytics.track('Rated', { stars: 4 })
      expect(await sent()).toEqual([['Rated', { stars: 4 }]])
      expect(told.map(({ error }) => error)).toEqual([new Error('broken')])
    }
  })

  it('that are no Standard Schema are reported', async () => {
    const { analytics, told, sent } = setUp({ schemas: schemas({ Rated: { type: 'object' } as never }) })
    await analytics.track('Rated')
    expect(await sent()).toEqual([['Rated', {}]])
    expect(told).toMatchObject([{ error: expect.any(TypeError), hook: 'schemas' }])
  })

  it('that are asynchronous are reported as a mistake, since a call does not wait, and the event is sent', async () => {
    const later = v.pipeAsync(
      v.object({}),
      v.checkAsync(async () => false),
    )
    const { analytics, told, sent } = setUp({ schemas: schemas({ Rated: later }, { onInvalid: 'drop' }) })
    await analytics.track('Rated')
    expect(await sent()).toEqual([['Rated', {}]])
    expect(told.map(({ error }) => error.message)).toEqual(['Rated: asynchronous schema'])
  })

  it('that refuse are told on the console where nobody listens', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({ schemas: schemas({ [name]: schema }) }, platform)
    await analytics.track(name, bad)
    expect(platform.warnings).toEqual([
      expect.stringMatching(/^\[firsthand\] client: schemas: Error: Order Completed: total /),
    ])
  })

  it('say where something deep is wrong', async () => {
    const deep = v.object({ lines: v.array(v.object({ price: v.number() })) })
    const { analytics, told } = setUp({ schemas: schemas({ [name]: deep }) })
    await analytics.track(name, { lines: [{ price: 1 }, { price: '2' }] })
    expect(told[0]?.error.message).toMatch(/^Order Completed: lines,1,price \S/)
  })

  it('count an event that is dropped once for each transport that it was meant for', async () => {
    const [one, two] = [captureTransport('one'), captureTransport('two')]
    const options = { plugins: [one, two], schemas: schemas({ [name]: schema }, { onInvalid: 'drop' }) }
    const analytics = createClient(options, createFakePlatform())
    analytics.on('error', () => {})
    await analytics.track(name, bad)
    await analytics.track(name, bad, { plugins: { all: false, one: true } })
    expect(dropped(analytics)).toEqual({ invalid: 3 })
  })

  it.each([
    [[], undefined, '[firsthand] schemas: expected an object'],
    [{}, 'dorp', '[firsthand] onInvalid: expected warn|drop|throw'],
    [{}, {}, '[firsthand] onInvalid: expected warn|drop|throw'],
  ])('are refused where they are %j and onInvalid is %j', (list, onInvalid, message) => {
    expect(() => schemas(list as never, { onInvalid: onInvalid as never })).toThrow(message)
  })

  it('are an import of their own: the bare list is refused with what to do', () => {
    expect(() => createClient({ schemas: { [name]: schema } as never }, createFakePlatform())).toThrow(
      "[firsthand] schemas: expected schemas({...}) from 'firsthand/schemas'",
    )
  })
})
