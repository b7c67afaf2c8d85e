import { describe, expect, it } from 'vitest'
import { createDelivery } from '../../src/core/delivery/create-delivery'
import type { Event } from '../../src/core/event'
import type { SendResult } from '../../src/core/platform'
import type { Transport, TransportRequest } from '../../src/core/transport'
import { answered, createFakePlatform, FAKE_START } from '../helpers/fake-platform'

export interface TransportSubject {
  create(): Transport
  /** What the receiver answers when it has taken all events of this request. */
  success(request: TransportRequest): { status: number; body: string; headers?: Record<string, string> }
  /** 200, or another success, with an error inside: what must never count as delivered. */
  lie: { status: number; body: string }
  /** What 400 and 401 mean to this receiver, where it is not the usual. */
  meaning?: Partial<Record<400 | 401, 'rejected' | 'retry' | 'paused'>>
}

const eventOf = (index: number): Event => ({
  version: 1,
  type: 'track',
  messageId: `id-${index}`,
  timestamp: new Date(FAKE_START).toISOString(),
  anonymousId: 'anonymous',
  userId: null,
  event: 'Thing Happened',
  properties: { index },
  context: { locale: 'en' },
})

interface Expectation {
  delivered: number
  waiting: number
  rejected?: number
  paused?: boolean
}

/** What every transport promises, proved through the host that runs it. */
export function testTransport(name: string, { create, success, lie, meaning = {} }: TransportSubject): void {
  const succeed = (request: TransportRequest): SendResult => {
    const { status, body, headers } = success(request)
    return answered(status, body, headers)
  }
  const byMeaning = {
    rejected: { delivered: 0, waiting: 0, rejected: 3 },
    retry: { delivered: 0, waiting: 3 },
    paused: { delivered: 0, waiting: 3, paused: true },
  }

  describe.each(['browser', 'node'] as const)(`transport: ${name} in %s`, (runtime) => {
    /** Three events, answered once by `answer`; what became of them after that try. */
    const tryOnce = async (answer: (request: TransportRequest) => SendResult | Promise<SendResult>) => {
      const transport = create()
      const platform = createFakePlatform({ runtime })
      const reports: string[] = []
      const delivery = createDelivery({
        transports: [transport],
        platform,
        report: ({ event, outcome }) => reports.push(`${event.messageId} ${outcome.status}`),
        recover: () => {},
      })
      platform.answer = answer
      delivery.accept([1, 2, 3].map((index) => ({ event: eventOf(index), transports: [transport.name] })))
      await platform.clock.advance(1001)
      const { acknowledged, waiting, dropped, paused } = delivery.state()
      return { platform, delivery, reports, transport, outcome: { acknowledged, waiting, dropped, paused } }
    }

    const cases: [string, (request: TransportRequest) => SendResult | Promise<SendResult>, Expectation][] = [
      ['its success', succeed, { delivered: 3, waiting: 0 }],
      ['400', () => answered(400, '{}'), byMeaning[meaning[400] ?? 'rejected']],
      ['401', () => answered(401, '{}'), byMeaning[meaning[401] ?? 'paused']],
      ['413', () => answered(413, ''), { delivered: 0, waiting: 0, rejected: 3 }],
      ['429 with Retry-After', () => answered(429, '', { 'Retry-After': '60' }), { delivered: 0, waiting: 3 }],
      ['500', () => answered(500, 'oops'), { delivered: 0, waiting: 3 }],
      ['503', () => answered(503, ''), { delivered: 0, waiting: 3 }],
      ['network failure', () => ({ status: 'failed', reason: 'TypeError' }), { delivered: 0, waiting: 3 }],
      ['a hang', () => new Promise(() => {}), { delivered: 0, waiting: 3 }],
      ['a success that lies', () => answered(lie.status, lie.body), { delivered: 0, waiting: 3 }],
    ]

    it.each(cases)('handles %s', async (_, answer, { delivered, waiting, rejected = 0, paused = false }) => {
      const { outcome } = await tryOnce(answer)
      expect(outcome.acknowledged).toBe(delivered)
      expect(outcome.waiting).toBe(waiting)
      expect(outcome.dropped).toEqual(rejected > 0 ? { rejected } : {})
      expect(Object.keys(outcome.paused).length > 0).toBe(paused)
    })

    it('delivers every event by id once the receiver has recovered', async () => {
      const { platform, delivery, reports } = await tryOnce(() => answered(503))
      platform.answer = succeed
      await platform.clock.advance(120_000)
      expect(delivery.state().waiting).toBe(0)
      expect(reports.filter((line) => line.endsWith('delivered')).sort()).toEqual([
        'id-1 delivered',
        'id-2 delivered',
        'id-3 delivered',
      ])
    })

    it('splits a batch that is too big until it fits', async () => {
      let largest = 0
      const { delivery } = await tryOnce((request) => {
        const size = request.body?.length ?? 0
        largest = Math.max(largest, size)
        return size === largest && (request.body?.match(/id-\d/g)?.length ?? 0) > 1 ? answered(413) : succeed(request)
      })
      expect(delivery.state()).toMatchObject({ acknowledged: 3, dropped: {} })
    })

    it('makes the same request of the same events, but for the time of sending', async () => {
      const { platform } = await tryOnce(() => answered(503))
      await platform.clock.advance(3000)
      const [first, second] = platform.sent.map(({ request }) => request)
      const timeless = (request?: TransportRequest) => ({
        ...request,
        body: request?.body?.replace(/"sentAt":"[^"]+"/, ''),
      })
      expect(timeless(second)).toEqual(timeless(first))
    })

    it('does not change the events that it is given', () => {
      const transport = create()
      const events = [1, 2].map(eventOf)
      const before = structuredClone(events)
      const state = { get: () => null, set: () => {} }
      const context = {
        attempt: 1,
        sentAt: '2026-01-01T00:00:00.000Z',
        runtime,
        urgent: false,
        credentials: {},
        hash: async () => '',
        state,
        stored: () => null,
      }
      void transport.encode(events, context)
      transport.decode({ status: 200, body: '', header: () => null }, events, context)
      expect(events).toEqual(before)
    })
  })
}
