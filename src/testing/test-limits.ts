import { byteLength } from '../core/delivery/byte-length'
import type { PackedRequest, Transport, TransportRequest } from '../core/transport'
import { check, same } from './assert'
import { sampleEvent } from './sample-event'
import type { TestFunctions, TransportSubject } from './subject'
import { createTestWorld, type Runtime } from './test-world'

/** The transport as its user could set it at most, with a note of how many events each request has. */
const unbound = (transport: Transport, sizes: number[]): Transport =>
  Object.assign(Object.create(transport) as Transport, {
    delivery: { ...transport.delivery, maxBatchEvents: 1_000_000, maxBatchBytes: 1_000_000_000 },
    encode: (...args: Parameters<Transport['encode']>) => {
      sizes.push(args[0].length)
      return transport.encode(...args)
    },
  })

/** An event's text: long, but neither too large for this receiver nor more than a few events of a request. */
const lengthFor = ({ limits }: Transport): number =>
  Math.min(20_000, (limits?.maxEventBytes ?? Infinity) / 2, (limits?.maxBatchBytes ?? Infinity) / 4)

/** Text whose quotes are escaped, and escaped again by those who nest JSON in JSON. */
const filler = (length: number) => 'a "quoted" word, '.repeat(length / 20)

const bytesOf = ({ body = '' }: TransportRequest | PackedRequest): number =>
  typeof body === 'string' ? byteLength(body) : body.byteLength

export const defineLimitTests = (subject: TransportSubject, runtime: Runtime, it: TestFunctions['it']): void => {
  const sendAll = async (count: number, textLength: number) => {
    const sizes: number[] = []
    const transport = unbound(subject.create(), sizes)
    const world = createTestWorld(transport, runtime)
    world.answer = subject.success
    const events = Array.from({ length: count }, (_, index) => {
      const event = sampleEvent(index)
      event.context.filler = filler(textLength)
      return subject.event?.(event) ?? event
    })
    world.delivery.accept(events.map((event) => ({ event, transports: [transport.name] })))
    await world.clock.advance(600_000)
    const { acknowledged, dropped } = world.delivery.state()
    const refused = dropped.refused ?? 0
    same(acknowledged + refused, count, `events that are delivered, of ${count}; dropped: ${JSON.stringify(dropped)}`)
    return { sizes, bodies: world.sent.map(({ request }) => bytesOf(request)), limits: transport.limits }
  }

  it('keeps to the number of events that one request may have', async () => {
    const { sizes, limits } = await sendAll(3_000, 0)
    const most = Math.max(...sizes)
    check(most <= (limits?.maxBatchEvents ?? Infinity), `a request has ${most} events`)
  })

  it('keeps to the bytes that one request may have', async () => {
    const { bodies, limits } = await sendAll(300, lengthFor(subject.create()))
    const most = Math.max(...bodies)
    const allowed = subject.maxRequestBytes ?? limits?.maxBatchBytes ?? Infinity
    check(most <= allowed, `a request has ${most} bytes of ${allowed}`)
  })
}
