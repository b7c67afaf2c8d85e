import { describe, expect, it } from 'vitest'
import { answered, createFakePlatform } from '../../helpers/fake-platform'
import { createWorld, eventNamed, names, perEvent, plainTransport } from './world'

const DAY_MS = 86_400_000

describe('journalling', () => {
  it('has written the event when accept returns, in the published format', () => {
    const { accept, platform } = createWorld()
    accept('a')
    expect([...platform.events.entries.values()]).toEqual([
      { v: 1, event: eventNamed('a'), provisional: false, pending: { plain: 0 } },
    ])
  })

  it('removes the entry when the last transport has a final outcome, not before', async () => {
    const { accept, platform } = createWorld([plainTransport(), plainTransport({ name: 'other' })])
    accept('a')
    platform.answers.push(
      () => answered(200),
      () => answered(500),
    )
    await platform.clock.advance(1000)
    expect([...platform.events.entries.values()].map(({ pending }) => pending)).toEqual([{ other: 1 }])
    await platform.clock.advance(1000)
    expect(platform.events.entries.size).toBe(0)
  })

  it('tells the store when nothing is journalled any more, each time, and not before', async () => {
    const { accept, platform } = createWorld()
    accept('a', 'b')
    await platform.clock.advance(1000)
    expect(platform.events.rests).toEqual([0])
    accept('c')
    await platform.clock.advance(1000)
    expect(platform.events.rests).toEqual([0, 0])
  })

  it('sends what was journalled, whatever the caller does with its objects afterwards', async () => {
    const { delivery, platform } = createWorld()
    const event = eventNamed('a', { properties: { price: 1 } })
    delivery.accept([{ event, transports: ['plain'] }])
    event.properties = { price: 2 }
    await platform.clock.advance(1000)
    expect(platform.sent[0]?.request.body).toContain('"price":1')
  })

  it('goes on in memory and counts when storage refuses the write', async () => {
    const { accept, delivery, platform, sent } = createWorld()
    platform.events.refuse = { status: 'full', reason: 'QuotaExceededError' }
    accept('a')
    expect(delivery.state()).toMatchObject({ accepted: 1, waiting: 1, quotaRefusals: 1 })
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a']])
    expect(delivery.state()).toMatchObject({ acknowledged: 1, waiting: 0 })
  })

  it('counts an event that JSON cannot express instead of throwing', () => {
    const { delivery, platform, reports } = createWorld()
    delivery.accept([{ event: eventNamed('a', { properties: { big: 1n } }), transports: ['plain'] }])
    expect(delivery.state()).toMatchObject({ accepted: 0, waiting: 0, dropped: { 'not-json': 1 } })
    expect(reports[0]?.outcome).toEqual({ status: 'dropped', reason: 'not-json' })
    expect(platform.events.entries.size).toBe(0)
  })
})

describe('batches', () => {
  it('sends half a second after the first event where the transport asks for nothing else', async () => {
    const { accept, platform, sent } = createWorld([plainTransport({ delivery: {} })])
    accept('a')
    await platform.clock.advance(499)
    expect(sent()).toEqual([])
    await platform.clock.advance(1)
    expect(sent()).toEqual([['a']])
  })

  it('sends nothing of what is withdrawn while it is encoded, and the rest anew', async () => {
    let go = () => {}
    const { encode } = plainTransport()
    const slow = plainTransport({
      name: 'slow',
      encode: async (events, context) => {
        await new Promise<void>((resolve) => (go = resolve))
        return encode(events, context)
      },
    })
    const { accept, delivery, platform, sent } = createWorld([slow, plainTransport()])
    accept('a')
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a']])
    delivery.withdraw(['slow'], true)
    go()
    await platform.settle()
    expect(sent()).toEqual([['a']])
  })

  it('sends the first batch one flush interval after the first event', async () => {
    const { accept, platform, sent } = createWorld()
    accept('a')
    await platform.clock.advance(600)
    accept('b')
    await platform.clock.advance(399)
    expect(sent()).toEqual([])
    await platform.clock.advance(1)
    expect(sent()).toEqual([['a', 'b']])
  })

  it('cuts batches by count and sends full ones at once', async () => {
    const { accept, platform, sent } = createWorld()
    accept(...names(250))
    await platform.clock.advance(0)
    expect(sent().map(({ length }) => length)).toEqual([100, 100, 50])
    expect(sent().flat()).toEqual(names(250))
  })

  it('cuts batches by bytes, counted in UTF-8', async () => {
    const limits = { maxBatchBytes: 3000 }
    const { delivery, platform, sent } = createWorld([plainTransport({ limits })])
    // 400 euro signs are 400 characters and 1,200 bytes.
    for (const name of names(4)) {
      delivery.accept([{ event: eventNamed(name, { properties: { text: '€'.repeat(400) } }), transports: ['plain'] }])
    }
    await platform.clock.advance(1000)
    expect(sent()).toEqual([
      ['a0', 'a1'],
      ['a2', 'a3'],
    ])
  })

  it('lets the user tighten limits of the transport and never widen them', async () => {
    const limits = { maxBatchEvents: 3 }
    const wide = createWorld([plainTransport({ limits, delivery: { maxBatchEvents: 50 } })])
    const tight = createWorld([plainTransport({ limits, delivery: { maxBatchEvents: 2, flushIntervalMs: 50 } })])
    for (const { accept, platform } of [wide, tight]) {
      accept(...names(5))
      await platform.clock.advance(50)
    }
    expect(wide.sent().map(({ length }) => length)).toEqual([3, 2])
    expect(tight.sent().map(({ length }) => length)).toEqual([2, 2, 1])
  })

  it('never mixes partitions in one request and keeps the order within each', async () => {
    const partition = ({ event }: { event?: string }) => event?.[0] ?? ''
    const { accept, platform, sent } = createWorld([plainTransport({ partition })])
    accept('x1', 'y1', 'x2', 'y2')
    await platform.clock.advance(1000)
    expect(sent()).toEqual([
      ['x1', 'x2'],
      ['y1', 'y2'],
    ])
  })

  it('sends requests of one lane one after another, also of different partitions', async () => {
    const partition = ({ event }: { event?: string }) => event?.[0] ?? ''
    const { accept, platform, sent } = createWorld([plainTransport({ partition, lane: () => 'one' })])
    let finish: (() => void) | undefined
    platform.answers.push(() => new Promise((resolve) => (finish = () => resolve(answered(200)))))
    accept('x1', 'y1')
    await platform.clock.advance(5000)
    expect(sent()).toEqual([['x1']])
    finish?.()
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['x1'], ['y1']])
  })

  it('has one request under way per partition', async () => {
    const { accept, platform, sent } = createWorld()
    let finish: (() => void) | undefined
    platform.answers.push(() => new Promise((resolve) => (finish = () => resolve(answered(200)))))
    accept('a')
    await platform.clock.advance(1000)
    accept('b')
    await platform.clock.advance(10_000)
    expect(sent()).toEqual([['a']])
    finish?.()
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a'], ['b']])
  })

  it('awaits an encode that returns a promise', async () => {
    const { encode } = plainTransport()
    const slow = plainTransport({ encode: async (events, context) => encode(events, context) })
    const { accept, platform, sent } = createWorld([slow])
    accept('a')
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a']])
  })
})

describe('retry', () => {
  it('waits exponentially with full jitter up to 10 seconds, and up to a minute from the twentieth try on', async () => {
    const { accept, platform } = createWorld()
    platform.answer = () => answered(503)
    accept('a')
    await platform.clock.advance(400_000)
    const times = platform.sent.map(({ atMs }) => atMs)
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number))
    // The fake world's random number is 0.5.
    const short = Array.from({ length: 14 }, () => 5000)
    expect(gaps.slice(0, 21)).toEqual([250, 500, 1000, 2000, 4000, ...short, 30_000, 30_000])
  })

  it.each([
    ['network failure', { status: 'failed', reason: 'TypeError' }],
    ['timeout', { status: 'failed', reason: 'TimeoutError' }],
    ['503', answered(503)],
    ['429', answered(429)],
  ] as const)('tries again after a %s and keeps the order', async (_, failure) => {
    const { accept, delivery, platform, sent } = createWorld()
    platform.answers.push(() => failure)
    accept('a', 'b')
    await platform.clock.advance(1000)
    accept('c')
    await platform.clock.advance(1000)
    expect(sent()).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
    ])
    expect(delivery.state()).toMatchObject({ acknowledged: 3, sent: 5, retried: 3, dropped: {} })
  })

  it.each([
    ['seconds', '7', 7000],
    ['a date', new Date(Date.UTC(2026, 0, 1, 0, 0, 31)).toUTCString(), 30_000],
  ])('honours Retry-After as %s, also when the network comes back or the owner flushes', async (_, header, waitMs) => {
    const { accept, delivery, platform } = createWorld()
    platform.answers.push(() => answered(429, '', { 'Retry-After': header }))
    accept('a')
    await platform.clock.advance(1000)
    platform.lifecycle.connect(true)
    expect(await delivery.flush()).toEqual({ delivered: 0, pending: 1, dropped: 0 })
    await platform.clock.advance(waitMs - 1)
    expect(platform.sent).toHaveLength(1)
    await platform.clock.advance(1)
    expect(platform.sent).toHaveLength(2)
  })

  it('does not turn Retry-After: 0 into a storm', async () => {
    const { accept, platform } = createWorld()
    platform.answer = () => answered(429, '', { 'Retry-After': '0' })
    accept('a')
    await platform.clock.advance(60_000)
    expect(platform.sent.length).toBeLessThan(20)
  })

  it('tries at once when the network is back', async () => {
    const { accept, platform, sent } = createWorld()
    platform.answer = () => ({ status: 'failed', reason: 'offline' })
    accept('a')
    await platform.clock.advance(20_000)
    const before = platform.sent.length
    platform.answer = () => answered(200)
    platform.lifecycle.connect(true)
    await platform.clock.advance(0)
    expect(sent()).toHaveLength(before + 1)
  })

  it('goes on trying while the browser says that there is no network, which may be wrong', async () => {
    const { accept, delivery, platform } = createWorld()
    platform.lifecycle.connect(false)
    platform.answers.push(() => ({ status: 'failed', reason: 'TypeError' }))
    accept('a')
    await platform.clock.advance(1250)
    expect(delivery.state()).toMatchObject({ acknowledged: 1, sent: 2, waiting: 0 })
  })

  it('gives a request 15 seconds for its answer', async () => {
    const { accept, platform } = createWorld()
    const { sender } = platform
    const { send } = sender
    const timeouts: number[] = []
    sender.send = (request, options) => {
      timeouts.push(options.timeoutMs)
      return send(request, options)
    }
    accept('a')
    await platform.clock.advance(1000)
    expect(timeouts).toEqual([15_000])
  })

  it('tells encode which try it is', async () => {
    const attempts: number[] = []
    const { encode } = plainTransport()
    const transport = plainTransport({
      encode(events, context) {
        attempts.push(context.attempt)
        return encode(events, context)
      },
    })
    const { accept, platform } = createWorld([transport])
    platform.answers.push(
      () => answered(500),
      () => answered(500),
    )
    accept('a')
    await platform.clock.advance(10_000)
    expect(attempts).toEqual([1, 2, 3])
  })
})

describe('refusals', () => {
  it('finds the one event for which a batch was rejected, and delivers the rest in order', async () => {
    const { accept, delivery, platform, reports } = createWorld()
    const stored: string[] = []
    platform.answer = (request) => {
      if (request.body?.includes('"a37"')) return answered(400)
      stored.push(...JSON.parse(request.body ?? '').map(({ event }: { event: string }) => event))
      return answered(200)
    }
    accept(...names(100))
    await platform.clock.advance(1)
    expect(stored).toEqual(names(100).filter((name) => name !== 'a37'))
    expect(delivery.state()).toMatchObject({ acknowledged: 99, dropped: { rejected: 1 }, retried: 0, waiting: 0 })
    expect(reports.filter(({ outcome }) => outcome.status === 'rejected').map(({ event }) => event.event)).toEqual([
      'a37',
    ])
  })

  it('takes a list of outcomes as final for each event, and sends neighbours of a rejected one again at once', async () => {
    const { accept, delivery, platform, sent } = createWorld()
    platform.answers.push(() =>
      perEvent({ b: { status: 'rejected', reason: 'bad' }, c: { status: 'retry', reason: 'with b', afterMs: 0 } }),
    )
    accept('a', 'b', 'c')
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a', 'b', 'c'], ['c']])
    expect(delivery.state()).toMatchObject({ acknowledged: 2, dropped: { rejected: 1 }, retried: 0 })
  })

  it('retries an event that a short list leaves out', async () => {
    const decode = plainTransport().decode
    const transport = plainTransport({
      decode: (response, events, context) =>
        response.status === 299 ? [{ status: 'delivered' }] : decode(response, events, context),
    })
    const { accept, platform, sent } = createWorld([transport])
    platform.answers.push(() => answered(299))
    accept('a', 'b')
    await platform.clock.advance(2000)
    expect(sent()).toEqual([['a', 'b'], ['b']])
  })

  it('keeps events while the receiver pauses us, says so, and tries again after a minute', async () => {
    const { accept, delivery, platform, reports } = createWorld()
    platform.answers.push(() => answered(401))
    accept('a')
    await platform.clock.advance(1000)
    expect(delivery.state()).toMatchObject({ waiting: 1, paused: { plain: 'wrong key' }, dropped: {} })
    expect(reports.at(-1)?.outcome).toEqual({ status: 'paused', reason: 'wrong key' })
    accept('b')
    expect(await delivery.flush()).toEqual({ delivered: 0, pending: 2, dropped: 0 })
    await platform.clock.advance(59_999)
    expect(platform.sent).toHaveLength(1)
    await platform.clock.advance(1)
    expect(delivery.state()).toMatchObject({ waiting: 0, paused: {}, acknowledged: 2 })
  })

  it('drops the one event that encode cannot take and delivers its neighbours', async () => {
    const { encode } = plainTransport()
    const picky = plainTransport({
      encode(events, context) {
        if (events.some(({ event }) => event === 'b')) throw new Error('cannot')
        return encode(events, context)
      },
    })
    const { accept, delivery, platform, reports } = createWorld([picky, plainTransport({ name: 'other' })])
    accept('a', 'b', 'c')
    await platform.clock.advance(1000)
    expect(delivery.state()).toMatchObject({ acknowledged: 5, dropped: { rejected: 1 }, waiting: 0 })
    expect(reports.find(({ outcome }) => outcome.status === 'rejected')).toMatchObject({
      transport: 'plain',
      event: { event: 'b' },
      outcome: { reason: 'encode-failed' },
    })
  })

  it('retries when decode throws', async () => {
    let calls = 0
    const clumsy = plainTransport({
      decode() {
        if (calls++ === 0) throw new Error('cannot')
        return { status: 'delivered' }
      },
    })
    const { accept, delivery, platform, reports } = createWorld([clumsy])
    accept('a')
    await platform.clock.advance(3000)
    expect(reports[0]?.outcome).toEqual({ status: 'retry', reason: 'decode-failed' })
    expect(delivery.state()).toMatchObject({ acknowledged: 1, waiting: 0 })
  })

  it('takes an outcome in place of a request', async () => {
    const { accept, delivery, platform } = createWorld([
      plainTransport({ encode: () => ({ status: 'paused', reason: 'no token' }) }),
    ])
    accept('a')
    await platform.clock.advance(1000)
    expect(platform.sent).toEqual([])
    expect(delivery.state()).toMatchObject({ waiting: 1, paused: { plain: 'no token' }, sent: 0 })
  })

  it('counts what a transport does not accept or cannot hold, and does not journal it', () => {
    const { accept, delivery, platform } = createWorld([plainTransport({ accepts: ({ event }) => event !== 'b' })])
    accept('a', 'b')
    delivery.accept([{ event: eventNamed('c', { properties: { text: '€'.repeat(11_000) } }), transports: ['plain'] }])
    expect(delivery.state()).toMatchObject({ accepted: 1, dropped: { refused: 1, 'too-large': 1 } })
    expect(platform.events.entries.size).toBe(1)
  })
})

describe('limits of the queue', () => {
  it('drops the oldest by count, and counts them', async () => {
    const { accept, delivery, platform, sent } = createWorld(undefined, { queue: { maxEvents: 3 } })
    accept(...names(5))
    expect(delivery.state()).toMatchObject({ waiting: 3, dropped: { 'queue-full': 2 } })
    expect(platform.events.entries.size).toBe(3)
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a2', 'a3', 'a4']])
  })

  it('drops the oldest by bytes', () => {
    const size = JSON.stringify(eventNamed('a0')).length
    const { accept, delivery } = createWorld(undefined, { queue: { maxBytes: size * 4 } })
    accept(...names(10))
    expect(delivery.state()).toMatchObject({ waiting: 4, dropped: { 'queue-full': 6 } })
  })

  it('drops by the age since acceptance, not by the time that the event tells', async () => {
    const { delivery, platform, sent } = createWorld(undefined, { queue: { maxAgeMs: DAY_MS } })
    const old = eventNamed('imported', { timestamp: '2020-01-01T00:00:00.000Z' })
    const key = `dead:${(platform.clock.now - 2 * DAY_MS).toString(36)}`
    const entry = { v: 1 as const, event: eventNamed('forgotten'), provisional: false, pending: { plain: 0 } }
    platform.events.giveAway([[key, entry]])
    delivery.accept([{ event: old, transports: ['plain'] }])
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['imported']])
    expect(delivery.state().dropped).toEqual({ 'too-old': 1 })
  })

  it('does not age what this page accepted by setting the clock', async () => {
    const { accept, delivery, platform, sent } = createWorld()
    platform.clock.now = 0
    accept('a')
    platform.clock.jump(20_000 * DAY_MS)
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['a']])
    expect(delivery.state().dropped).toEqual({})
  })

  it('drops by the time that the event tells where a transport takes only fresh events', async () => {
    const { accept, delivery, platform, sent } = createWorld([plainTransport({ limits: { maxEventAgeMs: 5000 } })])
    platform.answer = () => answered(503)
    accept('a')
    await platform.clock.advance(60_000)
    expect(sent().length).toBeGreaterThan(2)
    expect(delivery.state()).toMatchObject({ waiting: 0, dropped: { 'too-old': 1 } })
  })

  it('keeps nothing in memory of what a full queue dropped while the receiver is down', async () => {
    const { accept, delivery, platform } = createWorld(undefined, { queue: { maxEvents: 10 } })
    platform.answer = () => answered(401)
    accept('first')
    await platform.clock.advance(1000)
    for (let round = 0; round < 100; round++) accept(...names(10, `r${round}-`))
    platform.answer = () => answered(200)
    await platform.clock.advance(60_000)
    expect(delivery.state()).toMatchObject({ waiting: 0, acknowledged: 10, dropped: { 'queue-full': 991 } })
  })
})

describe('flush and close', () => {
  it('resolves when all that was accepted has a final outcome, and tells which', async () => {
    const { accept, delivery, platform } = createWorld()
    platform.answers.push(() => perEvent({ b: { status: 'rejected', reason: 'bad' } }))
    accept('a', 'b', 'c')
    expect(await delivery.flush()).toEqual({ delivered: 2, pending: 0, dropped: 1 })
    expect(platform.clock.waiting()).toEqual([])
  })

  it('gives up where the last try failed, and says what is pending', async () => {
    const { accept, delivery, platform } = createWorld()
    platform.answer = () => answered(503)
    accept('a', 'b')
    expect(await delivery.flush()).toEqual({ delivered: 0, pending: 2, dropped: 0 })
    expect(platform.sent).toHaveLength(1)
  })

  it('does not wait for what was accepted later', async () => {
    const { accept, delivery, platform } = createWorld()
    platform.answers.push(() => {
      accept('later')
      return answered(200)
    })
    accept('a')
    expect(await delivery.flush()).toEqual({ delivered: 1, pending: 0, dropped: 0 })
    expect(delivery.state().waiting).toBe(1)
  })

  it('counts an event whose hooks still run as pending', async () => {
    const { delivery } = createWorld()
    delivery.hold({ event: eventNamed('a'), transports: ['plain'] })
    expect(await delivery.flush()).toEqual({ delivered: 0, pending: 1, dropped: 0 })
  })

  it('closes after the time it was given, stops its timers and leaves the rest in the journal', async () => {
    const { accept, delivery, platform } = createWorld()
    platform.answer = () => new Promise(() => {})
    accept('a')
    const closing = delivery.close({ timeoutMs: 3000 })
    await platform.clock.advance(3000)
    expect(await closing).toEqual({ delivered: 0, pending: 1, dropped: 0 })
    expect(platform.events.entries.size).toBe(1)
    accept('b')
    expect(platform.clock.waiting()).toEqual([])
  })
})

describe('held events', () => {
  it('journals the event as called, provisionally, and never sends it as it is', async () => {
    const { delivery, platform, sent } = createWorld()
    delivery.hold({ event: eventNamed('raw'), transports: ['plain'] })
    expect([...platform.events.entries.values()]).toMatchObject([{ provisional: true, pending: { plain: 0 } }])
    await platform.clock.advance(60_000)
    platform.lifecycle.leave('leaving')
    expect(sent()).toEqual([])
  })

  it('sends what the hooks made of it, for each transport its own', async () => {
    const { delivery, platform, sent } = createWorld([plainTransport(), plainTransport({ name: 'other' })])
    const held = delivery.hold({ event: eventNamed('raw'), transports: ['plain', 'other'] })
    held.release([
      { event: eventNamed('mine'), transports: ['plain'] },
      { event: eventNamed('theirs'), transports: ['other'] },
    ])
    expect([...platform.events.entries.values()].map(({ provisional }) => provisional)).toEqual([false, false])
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['mine'], ['theirs']])
  })

  it('forgets an aborted one', () => {
    const { delivery, platform } = createWorld()
    delivery.hold({ event: eventNamed('raw'), transports: ['plain'] }).discard()
    expect(platform.events.entries.size).toBe(0)
    expect(delivery.state().waiting).toBe(0)
  })

  it('hands one that an earlier page left to recover, and sends what is released', async () => {
    const { platform, recovered, sent } = createWorld()
    const entry = { v: 1 as const, event: eventNamed('raw'), provisional: true, pending: { plain: 0 } }
    platform.events.giveAway([[`dead:${platform.clock.now.toString(36)}`, entry]])
    expect(recovered).toMatchObject([{ event: { event: 'raw' }, transports: ['plain'] }])
    recovered[0]?.held.release([{ event: eventNamed('made'), transports: ['plain'] }])
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['made']])
    expect(platform.events.entries.size).toBe(0)
  })
})

describe('entries of tabs that are gone', () => {
  const entryOf = (name: string, pending: Record<string, number> = { plain: 0 }) => ({
    v: 1 as const,
    event: eventNamed(name),
    provisional: false,
    pending,
  })

  it('are sent before what this page has queued', async () => {
    const { accept, platform, sent } = createWorld(undefined, {}, createFakePlatform())
    accept('new')
    // The keys of the fake journal sort after `dead`, as those of a younger tab do.
    const key = (index: number) => `dead:${(platform.clock.now - 100 + index).toString(36)}`
    platform.events.giveAway([
      [key(1), entryOf('old1')],
      [key(2), entryOf('old2')],
    ])
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['old1', 'old2', 'new']])
  })

  it('count as corrupt where nobody could read them', () => {
    const { delivery, platform } = createWorld()
    platform.events.giveAway([], 3)
    expect(delivery.state().dropped).toEqual({ corrupt: 3 })
  })

  it('keep their claim on a transport that this page does not have', async () => {
    const { delivery, platform } = createWorld()
    platform.events.giveAway([[`dead:${platform.clock.now.toString(36)}`, entryOf('a', { plain: 0, elsewhere: 2 })]])
    expect(await delivery.flush()).toEqual({ delivered: 0, pending: 1, dropped: 0 })
    expect([...platform.events.entries.values()].map(({ pending }) => pending)).toEqual([{ elsewhere: 2 }])
  })

  it('are sent by a page with the same receiver alone, and reported by the transport name', async () => {
    const { accept, delivery, platform, recovered, reports, sent } = createWorld([
      plainTransport({ receiver: '/ one' }),
    ])
    const key = (index: number) => `dead:${(platform.clock.now - index).toString(36)}`
    accept('own')
    const raw = { ...entryOf('raw', { 'plain / two': 0 }), provisional: true }
    const stale = `dead:${(platform.clock.now - 8 * DAY_MS).toString(36)}`
    platform.events.giveAway([
      [stale, entryOf('stale', { 'plain / two': 0 })],
      [key(3), entryOf('same', { 'plain / one': 0 })],
      [key(2), entryOf('other', { 'plain / two': 0 })],
      [key(1), raw],
    ])
    expect([...platform.events.entries.values()].map(({ pending }) => pending)).toEqual([{ 'plain / one': 0 }])
    platform.answers.push(() => answered(401))
    await delivery.flush()
    expect(delivery.state()).toMatchObject({ waiting: 4, dropped: { 'too-old': 1 }, paused: { plain: 'wrong key' } })
    await platform.clock.advance(100_000)
    expect(sent().at(-1)).toEqual(['same', 'own'])
    expect(delivery.state().waiting).toBe(2)
    expect(recovered).toEqual([])
    expect(new Set(reports.map(({ transport }) => transport))).toEqual(new Set(['plain']))
  })

  it('keep a provisional claim of another receiver when the hooks of this page are through', () => {
    const { platform, recovered } = createWorld()
    const entry = { ...entryOf('raw', { plain: 0, 'plain / two': 0 }), provisional: true }
    platform.events.giveAway([[`dead:${platform.clock.now.toString(36)}`, entry]])
    expect(recovered.map(({ transports }) => transports)).toEqual([['plain']])
    recovered[0]?.held.discard()
    expect([...platform.events.entries.values()]).toMatchObject([{ provisional: true, pending: { 'plain / two': 0 } }])
  })

  it('do not stop the others where one cannot be taken up', async () => {
    const partition = ({ event }: { event?: string }) => {
      if (event === 'bad') throw new Error('no')
      return ''
    }
    const { delivery, platform, sent } = createWorld([plainTransport({ partition })])
    const key = (index: number) => `dead:${(platform.clock.now - index).toString(36)}`
    platform.events.giveAway([
      [key(2), entryOf('bad')],
      [key(1), entryOf('good')],
    ])
    await platform.clock.advance(1000)
    expect(sent()).toEqual([['good']])
    expect(delivery.state()).toMatchObject({ waiting: 0, dropped: { corrupt: 1 } })
  })
})

describe('the state that transports keep', () => {
  it('is private to the transport and lives beside the journal', async () => {
    const { encode } = plainTransport()
    const transport = plainTransport({
      encode(events, context) {
        context.state.set('profile', `${context.state.get('profile') ?? ''}x`)
        return encode(events, context)
      },
    })
    const { accept, platform } = createWorld([transport])
    accept('a')
    await platform.clock.advance(1000)
    accept('b')
    await platform.clock.advance(1000)
    expect([...platform.events.texts]).toEqual([['plain:profile', 'xx']])
  })
})
