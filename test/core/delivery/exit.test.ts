import { describe, expect, it } from 'vitest'
import { byteLength } from '../../../src/core/delivery/byte-length'
import { createFetchSender } from '../../../src/core/delivery/fetch-sender'
import { answered, createFakePlatform } from '../../helpers/fake-platform'
import { createWorld, eventNamed, names, namesIn, plainTransport, type World } from './world'

const urgent = ({ platform }: World) => platform.sent.filter((send) => send.urgent)

describe('when the page goes', () => {
  it('has handed over everything before leave returns', () => {
    const world = createWorld()
    world.accept(...names(150))
    world.platform.lifecycle.leave('leaving')
    expect(urgent(world).map(({ request }) => namesIn(request))).toEqual([
      names(150).slice(0, 100),
      names(150).slice(100),
    ])
  })

  it('keeps the copies until the answer is read where the receiver deduplicates', async () => {
    const world = createWorld()
    const { accept, delivery, platform } = world
    accept('a')
    platform.lifecycle.leave('hidden')
    expect(platform.events.entries.size).toBe(1)
    expect(delivery.state()).toMatchObject({ sent: 1, acknowledged: 0, waiting: 1 })
    urgent(world)[0]?.later?.(answered(200))
    expect(platform.events.entries.size).toBe(0)
    expect(delivery.state()).toMatchObject({ acknowledged: 1, waiting: 0 })
  })

  it('sends nothing a second time while the exit request is under way, and tries again when it fails', async () => {
    const world = createWorld()
    const { accept, platform, sent } = world
    accept('a')
    platform.lifecycle.leave('hidden')
    accept('b')
    platform.lifecycle.return()
    await platform.clock.advance(20_000)
    expect(sent()).toEqual([['a']])
    urgent(world)[0]?.later?.({ status: 'failed', reason: 'TypeError' })
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a'], ['a', 'b']])
  })

  it.each([
    ['does not deduplicate', plainTransport({ deduplicates: false })],
    ['is told so', plainTransport({ delivery: { exit: 'once' } })],
  ])('takes the hand-over for delivery where the receiver %s', (_, transport) => {
    const world = createWorld([transport])
    world.accept('a')
    world.platform.lifecycle.leave('leaving')
    expect(world.platform.events.entries.size).toBe(0)
    expect(world.delivery.state()).toMatchObject({ acknowledged: 1, waiting: 0 })
  })

  it('repeats at the next visit on request, also where the receiver does not deduplicate', () => {
    const world = createWorld([plainTransport({ deduplicates: false, delivery: { exit: 'repeat' } })])
    world.accept('a')
    world.platform.lifecycle.leave('leaving')
    expect(world.platform.events.entries.size).toBe(1)
  })

  it('makes requests smaller until they fit the budget, and keeps what does not fit', () => {
    const world = createWorld()
    let budget = 4000
    world.platform.urgentAnswer = ({ body = '' }) => {
      if (body.length > budget) return { status: 'refused', reason: 'budget' }
      budget -= body.length
      return { status: 'handed-over' }
    }
    world.accept(...names(40))
    world.platform.lifecycle.leave('leaving')
    const gone = urgent(world).flatMap(({ request }) => namesIn(request))
    expect(gone.length).toBeGreaterThan(15)
    expect(gone).toEqual(names(40).slice(0, gone.length))
    expect(world.platform.events.entries.size).toBe(40)
    expect(world.delivery.state().quotaRefusals).toBeGreaterThan(0)
  })

  it('fills the budget of the browser, in bytes of all requests together, and the next visit has the rest', () => {
    const bodies: string[] = []
    const sender = createFetchSender(
      ({ body = '' }) => {
        bodies.push(body as string)
        return new Promise(() => {})
      },
      () => undefined,
    )
    const world = createWorld(undefined, {}, Object.assign(createFakePlatform(), { sender }))
    // 3 bytes each: a request with all of them would have 120 KB and 42,000 characters.
    const properties = { text: '€'.repeat(1000) }
    for (const name of names(40))
      world.delivery.accept([{ event: eventNamed(name, { properties }), transports: ['plain'] }])
    world.platform.lifecycle.leave('leaving')
    const used = bodies.reduce((sum, body) => sum + byteLength(body), 0)
    expect(used).toBeLessThanOrEqual(61_440)
    // Not even one more would fit.
    expect(used).toBeGreaterThan(61_440 - 3300)
    expect(bodies.length).toBeGreaterThan(1)
    const gone = bodies.flatMap((body) => (JSON.parse(body) as { event: string }[]).map(({ event }) => event))
    expect(gone).toEqual(names(40).slice(0, gone.length))
    expect(world.platform.events.entries.size).toBe(40)
  })

  it('keeps events whose encode is asynchronous or throws', async () => {
    const { encode } = plainTransport()
    const slow = plainTransport({ name: 'slow', encode: async (events, context) => encode(events, context) })
    const failing = plainTransport({
      name: 'failing',
      encode(events, context) {
        if (context.urgent) throw new Error('cannot')
        return encode(events, context)
      },
    })
    const rejecting = plainTransport({ name: 'rejecting', encode: () => Promise.reject(new Error('cannot')) })
    const world = createWorld([slow, failing, rejecting, plainTransport()])
    world.accept('a')
    world.platform.lifecycle.leave('leaving')
    expect(urgent(world)).toHaveLength(1)
    expect([...world.platform.events.entries.values()].map(({ pending }) => pending)).toEqual([
      { slow: 0, failing: 0, rejecting: 0, plain: 0 },
    ])
  })

  it('says to encode that there is no time', () => {
    const seen: boolean[] = []
    const { encode } = plainTransport()
    const world = createWorld([
      plainTransport({
        encode(events, context) {
          seen.push(context.urgent)
          return encode(events, context)
        },
      }),
    ])
    world.accept('a')
    world.platform.lifecycle.leave('leaving')
    expect(seen).toEqual([true])
  })

  it('sends nothing to a receiver that asked us to wait', async () => {
    const world = createWorld()
    world.platform.answers.push(() => answered(429, '', { 'Retry-After': '60' }))
    world.accept('a')
    await world.platform.clock.advance(1000)
    world.platform.lifecycle.leave('leaving')
    expect(urgent(world)).toEqual([])
  })

  it('tries in spite of backoff: the outage may be over', async () => {
    const world = createWorld()
    world.platform.answer = () => answered(503)
    world.accept('a')
    await world.platform.clock.advance(30_000)
    world.platform.lifecycle.leave('leaving')
    expect(urgent(world)).toHaveLength(1)
  })
})

describe('a request under way when the page goes', () => {
  const inFlight = async (transport = plainTransport()) => {
    const world = createWorld([transport])
    let finish: (status: number) => void = () => {}
    world.platform.answers.push(() => new Promise((resolve) => (finish = (status) => resolve(answered(status)))))
    world.accept('a')
    await world.platform.clock.advance(1000)
    world.accept('b')
    return { world, finish: (status: number) => finish(status) }
  }

  it('leaves its events once more, since the browser ends it with the page', async () => {
    const { world } = await inFlight()
    world.platform.lifecycle.leave('leaving')
    expect(urgent(world).map(({ request }) => namesIn(request))).toEqual([['a', 'b']])
  })

  it('is left alone while the page is only hidden', async () => {
    const { world } = await inFlight()
    world.platform.lifecycle.leave('hidden')
    expect(urgent(world).map(({ request }) => namesIn(request))).toEqual([['b']])
  })

  it('is left alone where a repeat would be counted twice', async () => {
    const { world, finish } = await inFlight(plainTransport({ deduplicates: false }))
    world.platform.lifecycle.leave('leaving')
    expect(urgent(world).map(({ request }) => namesIn(request))).toEqual([['b']])
    finish(200)
    await world.platform.settle()
    expect(world.delivery.state()).toMatchObject({ acknowledged: 2, waiting: 0 })
  })

  it('does not count when its answer comes after all: that to the exit request does', async () => {
    const { world, finish } = await inFlight()
    world.platform.lifecycle.leave('leaving')
    finish(200)
    await world.platform.settle()
    expect(world.delivery.state()).toMatchObject({ acknowledged: 0, waiting: 2 })
    urgent(world)[0]?.later?.(answered(200))
    expect(world.delivery.state()).toMatchObject({ acknowledged: 2, waiting: 0 })
  })

  it('does not hide what was accepted after the page came back when its answer comes after all', async () => {
    const { world, finish } = await inFlight()
    world.platform.lifecycle.leave('leaving')
    urgent(world)[0]?.later?.(answered(200))
    world.platform.lifecycle.return()
    world.accept('c')
    finish(200)
    await world.platform.settle()
    world.platform.lifecycle.leave('hidden')
    expect(urgent(world).map(({ request }) => namesIn(request))).toEqual([['a', 'b'], ['c']])
  })
})

describe('a page that comes back from the back/forward cache', () => {
  it('gives up its proof of life when it leaves, and sends nothing before it has it again', async () => {
    const world = createWorld()
    const { platform, accept, sent } = world
    const calls: string[] = []
    let answer: (owns: (key: string) => boolean) => void = () => {}
    platform.events.release = () => calls.push('release')
    platform.events.resume = (then) => {
      calls.push('resume')
      answer = then
    }
    platform.urgentAnswer = () => ({ status: 'refused', reason: 'preflight' })
    accept('a')
    platform.lifecycle.leave('hidden')
    expect(calls).toEqual([])
    platform.lifecycle.leave('leaving')
    accept('b')
    await platform.clock.advance(10_000)
    platform.lifecycle.return()
    await platform.clock.advance(10_000)
    expect(calls).toEqual(['release', 'resume'])
    expect(sent()).toEqual([])
    answer(() => true)
    await platform.clock.advance(0)
    expect(sent()).toEqual([['a', 'b']])
  })

  it('does not send what another tab has taken over, and leaves its entry alone', async () => {
    const world = createWorld()
    const { platform, accept, delivery, sent } = world
    const removed: string[] = []
    const { remove } = platform.events
    platform.events.remove = (key) => {
      removed.push(key)
      remove(key)
    }
    platform.urgentAnswer = () => ({ status: 'refused', reason: 'preflight' })
    accept('theirs', 'ours')
    const [theirs] = platform.events.entries.keys()
    platform.events.resume = (then) => then((key) => key !== theirs)
    platform.lifecycle.leave('leaving')
    platform.lifecycle.return()
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['ours']])
    expect(removed).not.toContain(theirs)
    expect(delivery.state()).toMatchObject({ waiting: 0, acknowledged: 1, dropped: {} })
  })
})
