import type { NewEvent, StoredEvent } from '../../src/collector/store'

/** An event as a store takes it; what is not given is plain. */
export function storedEvent(over: Partial<StoredEvent>): NewEvent {
  const time = over.timestamp ?? '2026-08-01T12:00:00.000Z'
  const event: StoredEvent = {
    ...{ version: 1, type: 'track', messageId: 'm1', timestamp: time, anonymousId: 'anon-1', userId: null },
    ...{ context: {}, project: 'shop', receivedAt: time, sentAt: null, originalTimestamp: time },
    ...over,
  }
  const request = { format: 'segment', origin: null, userAgent: null, keyKind: 'public' } as const
  return { event, arrival: { request, response: { status: 200, events: 1, rejected: 0 } } }
}
