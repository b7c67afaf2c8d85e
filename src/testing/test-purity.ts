import type { Event } from '../core/event'
import type { Transport, TransportResult, TransportTexts } from '../core/transport'
import { check, freeze, same } from './assert'
import { sampleEvent } from './sample-event'
import type { TestFunctions, TransportSubject } from './subject'
import { createTestContext, type Runtime } from './test-world'

const samples = ({ event }: TransportSubject, { accepts }: Transport, count: number): Event[] =>
  Array.from({ length: count }, (_, index) => freeze(event?.(sampleEvent(index)) ?? sampleEvent(index))).filter(
    (each) => accepts?.(each) !== false,
  )

const BODIES = ['', 'null', '{}', '[]', '"OK"', '7', '{"', '<!doctype html>', '{"success":true}', '{"status":"OK"}']

const STATUSES = ['delivered', 'retry', 'rejected', 'paused']

const isResult = (result: TransportResult, length: number): boolean => {
  const list = 'status' in result ? [result] : result
  return (
    list.length <= Math.max(length, 1) &&
    list.every(({ status, ...rest }) => STATUSES.includes(status) && (status === 'delivered' || 'reason' in rest))
  )
}

/** The host would take what is thrown for `retry`, without a word to whoever looks for the reason. */
const decodeOf = (transport: Transport, ...args: Parameters<Transport['decode']>): TransportResult => {
  try {
    return transport.decode(...args)
  } catch (error) {
    const [{ status, body }] = args
    const what = `decode of ${status} ${JSON.stringify(body)} threw: ${error}; return 'retry' with a reason`
    throw new Error(what, { cause: error })
  }
}

/** What a server keeps of events: their JSON, and that without what their contexts have in common. */
const textsOf = (events: readonly Event[]): TransportTexts => ({
  whole: () => events.map((event) => JSON.stringify({ ...event, context: { ...event.context, common: 'in-common' } })),
  short: events.map((event) => JSON.stringify(event)),
  shared: '{"common":"in-common"}',
})

const defineJoinTest = (subject: TransportSubject, it: TestFunctions['it']) =>
  it('carries every event, and what they have in common, where the host has them as text', async () => {
    const transport = subject.create()
    const events = samples(subject, transport, 3)
    const context = { ...createTestContext('node'), texts: textsOf(events) }
    const encoded = await transport.encode(events, context)
    const body = 'url' in encoded ? String(encoded.body) : ''
    for (const text of ['in-common', ...events.map(({ messageId }) => messageId)])
      check(body.includes(text), `${text} is missing in ${body}`)
  })

export const definePurityTests = (subject: TransportSubject, runtime: Runtime, it: TestFunctions['it']): void => {
  /** Each event alone, as it may become its own request. */
  const encodeTwice = async (transport: Transport, urgent: boolean) => {
    const context = createTestContext(runtime, urgent)
    for (const event of samples(subject, transport, 12)) {
      const once = await transport.encode([event], context)
      same(await transport.encode([event], context), once, `the second request of a ${event.type} event`)
    }
  }

  it('encodes the same events to the same request and changes none of them', async () => {
    await encodeTwice(subject.create(), false)
    await encodeTwice(subject.create(), true)
  })

  if (!subject.isLocal)
    it('expresses events of every type as a request', async () => {
      const transport = subject.create()
      for (const event of samples(subject, transport, 12)) {
        const encoded = await transport.encode([event], createTestContext(runtime))
        check('url' in encoded, `a ${event.type} event became no request but ${JSON.stringify(encoded)}`)
      }
    })

  if (runtime === 'node' && subject.create().joins) defineJoinTest(subject, it)

  it('gives an event the same partition and lane at each try and in each tab', async () => {
    const [one, other] = [subject.create(), subject.create()]
    const lanes = new Map<string, string>()
    for (const event of samples(subject, one, 24)) {
      const copy = JSON.parse(JSON.stringify(event)) as Event
      same(other.partition?.(copy), one.partition?.(event), 'partition')
      same(other.lane?.(copy), one.lane?.(event), 'lane')
      same(other.accepts?.(copy), one.accepts?.(event), 'what accepts says')
      if (!one.lane || !one.partition) continue
      const partition = one.partition(event)
      same(lanes.get(partition) ?? one.lane(event), one.lane(event), `the lane of partition ${partition}`)
      lanes.set(partition, one.lane(event))
    }
  })

  it('understands any answer, and never changes events', async () => {
    const transport = subject.create()
    const events = samples(subject, transport, 3)
    for (let status = 200; status < 600; status++) {
      for (const body of BODIES) {
        const context = createTestContext(runtime)
        const result = decodeOf(transport, { status, body, header: () => null }, events, context)
        check(isResult(result, events.length), `decode of ${status} ${body} gave ${JSON.stringify(result)}`)
      }
    }
  })
}
