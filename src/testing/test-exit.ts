import { check, same } from './assert'
import type { TestFunctions, TransportSubject } from './subject'
import { acceptThree } from './test-answers'

export const defineExitTests = (subject: TransportSubject, it: TestFunctions['it']): void => {
  const { create, isAsync = false } = subject
  const { deduplicates, delivery } = create()
  const isKept = isAsync || (delivery?.exit ? delivery.exit === 'repeat' : deduplicates)

  it(`${isAsync ? 'sends nothing' : 'sends everything'} while the page goes away`, async () => {
    const world = acceptThree(subject, 'browser')
    world.leave()
    const urgent = world.sent.filter((sent) => sent.urgent).length
    if (isAsync) same(urgent, 0, 'requests')
    else check(urgent > 0, 'nothing was sent: an encode that returns a promise has to be declared by isAsync')
    same(world.delivery.state().sent, isAsync ? 0 : 3, 'events that were sent')
  })

  it(`${isKept ? 'keeps what nobody confirmed' : 'counts what the browser took as delivered'}`, async () => {
    const world = acceptThree(subject, 'browser')
    world.leave()
    same(world.delivery.state().waiting, isKept ? 3 : 0, 'events that wait')
  })
}
