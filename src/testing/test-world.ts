import { createHash } from 'node:crypto'
import { createDelivery } from '../core/delivery/create-delivery'
import type { Delivery, DeliveryReport } from '../core/delivery/delivery'
import { createMemoryEventStore } from '../core/delivery/memory-event-store'
import type { Sender, SendResult } from '../core/platform'
import type { Transport, TransportContext, TransportRequest } from '../core/transport'
import type { ReceiverAnswer } from './subject'
import { createTestClock, type TestClock } from './test-clock'

export type Runtime = 'browser' | 'node'

export type NetworkAnswer = ReceiverAnswer | 'failure' | 'silence'

export interface SentRequest {
  request: TransportRequest
  urgent: boolean
  atMs: number
}

/** The host that runs transports in products, in a world that only the test moves. */
export interface TestWorld {
  clock: TestClock
  delivery: Delivery
  /** Every outcome of every event, in order: `id-1 delivered`. */
  outcomes: string[]
  sent: SentRequest[]
  /** What the network says to each request. */
  answer(request: TransportRequest): NetworkAnswer
  /** The page goes away. */
  leave(): void
}

const toResult = ({ status, body = '', headers = {} }: ReceiverAnswer): SendResult => {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    status: 'answered',
    response: { status, body, header: (name) => lower.get(name.toLowerCase()) ?? null },
  }
}

const createSender = (world: TestWorld): Sender => ({
  async send(request: TransportRequest, { timeoutMs }) {
    world.sent.push({ request, urgent: false, atMs: world.clock.now() })
    const answer = world.answer(request)
    if (answer === 'failure') return { status: 'failed', reason: 'TypeError' }
    if (answer !== 'silence') return toResult(answer)
    await new Promise<void>((resolve) => world.clock.setTimer(resolve, timeoutMs))
    return { status: 'failed', reason: 'TimeoutError' }
  },
  sendUrgently(request) {
    world.sent.push({ request, urgent: true, atMs: world.clock.now() })
    return { status: 'handed-over' }
  },
})

export const createTestWorld = (transport: Transport, runtime: Runtime): TestWorld => {
  /** Hashes and compression take real time. */
  const encoding = new Set<unknown>()
  const clock = createTestClock(async () => {
    const work = [...encoding]
    encoding.clear()
    await Promise.allSettled(work)
    return work.length > 0
  })
  const watched: Transport['encode'] = (...args) => {
    const encoded = transport.encode(...args)
    if (encoded instanceof Promise) encoding.add(encoded)
    return encoded
  }
  const world = { clock, outcomes: [] as string[], sent: [] as SentRequest[] } as TestWorld
  let leave = () => {}
  world.answer = () => 'failure'
  world.leave = () => leave()
  world.delivery = createDelivery({
    transports: [Object.assign(Object.create(transport) as Transport, { encode: watched })],
    platform: {
      runtime,
      now: clock.now,
      setTimer: clock.setTimer,
      random: () => 0.5,
      hash,
      sender: createSender(world),
      events: createMemoryEventStore(),
      lifecycle: {
        onLeave: (callback) => void (leave = () => callback('leaving')),
        onReturn() {},
        onConnectivity() {},
        close() {},
      },
    },
    // The bounds under test are the transport's.
    queue: { maxEvents: Infinity, maxBytes: Infinity, maxAgeMs: Infinity },
    report: ({ event, outcome }: DeliveryReport) => world.outcomes.push(`${event.messageId} ${outcome.status}`),
    recover() {},
  })
  return world
}

const hash = (text: string): Promise<string> => Promise.resolve(createHash('sha256').update(text).digest('hex'))

/** What a host hands to a transport, for calls without a host. */
export const createTestContext = (runtime: Runtime, urgent = false): TransportContext => {
  const texts = new Map<string, string>()
  return {
    attempt: 1,
    sentAt: '2026-01-01T00:00:05.000Z',
    runtime,
    urgent,
    credentials: {},
    hash,
    state: {
      get: (key) => texts.get(key) ?? null,
      set: (key, value) => void (value === null ? texts.delete(key) : texts.set(key, value)),
    },
    stored: () => null,
  }
}
