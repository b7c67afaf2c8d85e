import { createDelivery, type DeliveryHostOptions } from '../../../src/core/delivery/create-delivery'
import type { Delivery, DeliveryReport, HeldEvent } from '../../../src/core/delivery/delivery'
import type { Event } from '../../../src/core/event'
import type { SendResult } from '../../../src/core/platform'
import type { EventOutcome, Transport, TransportRequest } from '../../../src/core/transport'
import { answered, createFakePlatform, FAKE_START, type FakePlatform } from '../../helpers/fake-platform'

export interface World {
  platform: FakePlatform
  delivery: Delivery
  reports: DeliveryReport[]
  recovered: { event: Event; transports: readonly string[]; held: HeldEvent }[]
  accept(...names: string[]): void
  /** Names of the events in each request so far. */
  sent(): string[][]
}

export const eventNamed = (name: string, extra: Partial<Event> = {}): Event => ({
  version: 1,
  type: 'track',
  messageId: `id-of-${name}`,
  timestamp: new Date(FAKE_START).toISOString(),
  anonymousId: 'anonymous',
  userId: null,
  event: name,
  properties: {},
  context: {},
  ...extra,
})

/** Sends the events as JSON; an answer's body may hold outcomes by event name, else the status decides. */
export const plainTransport = (changes: Partial<Transport> = {}): Transport => ({
  name: 'plain',
  deduplicates: true,
  delivery: { flushIntervalMs: 1000 },
  encode: (events) => ({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(events),
  }),
  decode({ status, body }, events) {
    if (status === 207) {
      const outcomes: Record<string, EventOutcome> = JSON.parse(body)
      return events.map((event) => outcomes[event.event ?? ''] ?? { status: 'delivered' })
    }
    if (status < 300) return { status: 'delivered' }
    if (status === 401) return { status: 'paused', reason: 'wrong key' }
    return { status: status >= 500 || status === 429 ? 'retry' : 'rejected', reason: `http-${status}` }
  },
  ...changes,
})

export const namesIn = (request: TransportRequest): string[] =>
  (JSON.parse(request.body ?? '[]') as Event[]).map(({ event }) => event ?? '')

export const perEvent = (outcomes: Record<string, EventOutcome>): SendResult => answered(207, JSON.stringify(outcomes))

export function createWorld(
  transports: readonly Transport[] = [plainTransport()],
  options: Partial<DeliveryHostOptions> = {},
  platform = createFakePlatform(),
): World {
  const reports: DeliveryReport[] = []
  const recovered: World['recovered'] = []
  const delivery = createDelivery({
    transports,
    platform,
    report: (report) => reports.push(structuredClone(report)),
    recover: (event, names, held) => recovered.push({ event, transports: names, held }),
    ...options,
  })
  return {
    platform,
    delivery,
    reports,
    recovered,
    accept: (...names) =>
      delivery.accept(
        names.map((name) => ({ event: eventNamed(name), transports: transports.map((transport) => transport.name) })),
      ),
    sent: () => platform.sent.map(({ request }) => namesIn(request)),
  }
}

/** `count` names: `a0`, `a1`, ... */
export const names = (count: number, prefix = 'a'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
