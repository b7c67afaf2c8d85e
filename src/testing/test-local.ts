import { same } from './assert'
import type { TestFunctions, TransportSubject } from './subject'
import { acceptThree, eachOf } from './test-answers'
import type { Runtime } from './test-world'

/** Of one that sends nothing. */
export const defineLocalTests = (subject: TransportSubject, runtime: Runtime, it: TestFunctions['it']): void => {
  it('delivers each event once, and sends nothing', async () => {
    const world = acceptThree(subject, runtime)
    await world.clock.advance(60_000)
    same(world.outcomes.toSorted(), eachOf('delivered'), 'outcomes')
    same(world.sent.length, 0, 'requests')
  })

  it('loses no event when the page goes away', async () => {
    const world = acceptThree(subject, runtime)
    world.leave()
    const { acknowledged, waiting, dropped } = world.delivery.state()
    same({ all: acknowledged + waiting, dropped }, { all: 3, dropped: {} }, 'events')
    same(world.sent.length, 0, 'requests')
  })
}
