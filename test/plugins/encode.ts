import type { Event } from '../../src/core/event'
import type { EventOutcome, Transport, TransportContext, TransportRequest } from '../../src/core/transport'

export const testContext = (more: Partial<TransportContext> = {}): TransportContext => {
  const texts = new Map<string, string>()
  return {
    attempt: 1,
    sentAt: '2026-01-01T00:00:05.000Z',
    runtime: 'browser',
    urgent: false,
    credentials: {},
    hash: async () => '',
    state: {
      get: (key) => texts.get(key) ?? null,
      set: (key, value) => void (value === null ? texts.delete(key) : texts.set(key, value)),
    },
    stored: () => null,
    ...more,
  }
}

export const trackEvent = (more: Partial<Event> = {}): Event => ({
  version: 1,
  type: 'track',
  messageId: 'id-1',
  timestamp: '2026-01-01T00:00:00.000Z',
  anonymousId: 'anonymous-1',
  userId: null,
  event: 'Order Completed',
  properties: { total: 30 },
  context: {},
  ...more,
})

export const encodeIn = (transport: Transport, runtime: 'browser' | 'node', ...events: Event[]): TransportRequest =>
  transport.encode(events, testContext({ runtime })) as TransportRequest

export const bodyOf = ({ body }: TransportRequest) => JSON.parse(body ?? '')

export const decodeOf = (transport: Transport, status: number, body = '', count = 1) =>
  transport.decode(
    { status, body, header: () => null },
    Array.from({ length: count }, (_, index) => trackEvent({ messageId: `id-${index}` })),
    testContext(),
  ) as EventOutcome & readonly EventOutcome[]
