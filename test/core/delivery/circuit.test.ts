import { describe, expect, it } from 'vitest'
import type { Transport } from '../../../src/core/transport'
import { answered, createFakePlatform } from '../../helpers/fake-platform'
import { createWorld, names, plainTransport } from './world'

/** A world that counts the timers that are set, with an answer that the test decides. */
function createOutage(transports?: readonly Transport[]) {
  const platform = createFakePlatform()
  const { setTimer } = platform
  const timers = { set: 0 }
  platform.setTimer = (callback, delayMs) => {
    timers.set++
    return setTimer(callback, delayMs)
  }
  const world = createWorld(transports, {}, platform)
  platform.answer = () => answered(503)
  return { ...world, timers }
}

describe('while a receiver is down', () => {
  it('one request goes for each step of the backoff, however much waits and is called meanwhile', async () => {
    const { accept, delivery, platform } = createOutage()
    accept(...names(1000))
    // A call each tenth of a second, full batches waiting all the time.
    for (let call = 0; call < 1200; call++) {
      accept(`later${call}`)
      await platform.clock.advance(100)
    }
    const times = platform.sent.map(({ atMs }) => atMs - (platform.sent[0]?.atMs ?? 0))
    // The fake world's random number is 0.5: halves of 0.5 s, 1 s, 2 s, ... up to 10 s, then a minute.
    const long = Array.from({ length: 15 }, (_, index) => 7750 + index * 5000)
    expect(times).toEqual([0, 250, 750, 1750, 3750, ...long, 107_750])
    expect(delivery.state()).toMatchObject({ accepted: 2200, waiting: 2200, dropped: {} })
  })

  it('a call sets no timer', async () => {
    const { accept, platform, timers } = createOutage()
    accept(...names(1000))
    await platform.clock.advance(20_000)
    timers.set = 0
    accept(...names(1000, 'b'))
    expect(timers.set).toBe(0)
    expect(platform.clock.waiting()).toHaveLength(1)
  })

  it('a call sets no timer while a request hangs either, and what came meanwhile leaves with the answer', async () => {
    const { accept, platform, sent, timers } = createOutage()
    let finish = () => {}
    platform.answers.push(() => new Promise((resolve) => (finish = () => resolve(answered(200)))))
    accept(...names(100))
    await platform.clock.advance(0)
    timers.set = 0
    for (const name of names(300, 'b')) {
      accept(name)
      await platform.clock.advance(1)
    }
    expect(timers.set).toBe(0)
    platform.answer = () => answered(200)
    finish()
    await platform.clock.advance(0)
    expect(sent().map(({ length }) => length)).toEqual([100, 100, 100, 100])
  })

  it.each([
    ['the time of the next try', 4000],
    ['the network', 0],
  ])('one request asks when %s comes; all that waits follows at once when it is served', async (what, waitMs) => {
    const { accept, delivery, platform } = createOutage()
    accept(...names(1000))
    // The tries so far are at 0, 250, 750, 1750 and 3750 ms; the next is at 7750 ms.
    await platform.clock.advance(3750)
    expect(platform.sent).toHaveLength(5)
    let finish = () => {}
    platform.answers.push(() => new Promise((resolve) => (finish = () => resolve(answered(200)))))
    platform.answer = () => answered(200)
    if (what === 'the network') platform.lifecycle.connect(true)
    await platform.clock.advance(waitMs)
    expect(platform.sent).toHaveLength(6)
    finish()
    await platform.clock.advance(0)
    expect(delivery.state()).toMatchObject({ acknowledged: 1000, waiting: 0 })
    expect(platform.sent).toHaveLength(15)
  })

  it('the network coming back is worth one try, and none where it goes', async () => {
    const { accept, platform } = createOutage()
    accept(...names(1000))
    await platform.clock.advance(3750)
    platform.lifecycle.connect(false)
    await platform.clock.advance(0)
    expect(platform.sent).toHaveLength(5)
    platform.lifecycle.connect(true)
    await platform.clock.advance(3999)
    expect(platform.sent).toHaveLength(6)
  })

  it('a lane that fails alone slows no other of the same receiver', async () => {
    const { accept, delivery, platform } = createOutage([plainTransport({ lane: ({ event }) => event?.[0] ?? '' })])
    platform.answer = ({ body }) => answered(body?.includes('"x') ? 503 : 200)
    accept('x1')
    await platform.clock.advance(30_000)
    accept(...names(1000))
    await platform.clock.advance(0)
    expect(delivery.state()).toMatchObject({ acknowledged: 1000, waiting: 1 })
  })
})
