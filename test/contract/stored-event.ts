import type { ClientInfo, NewEvent, StoredEvent } from '../../src/collector/store'

let serial = 0

/** A stored event with everything that a test does not care about. */
export function storedEvent(fields: Partial<StoredEvent> = {}): StoredEvent {
  serial++
  return {
    version: 1,
    type: 'track',
    event: 'Button Clicked',
    messageId: `m-${serial}`,
    timestamp: '2026-01-02T03:04:05.000Z',
    originalTimestamp: '2026-01-02T03:04:05.000Z',
    sentAt: '2026-01-02T03:04:06.000Z',
    receivedAt: '2026-01-02T03:04:06.100Z',
    anonymousId: 'anon-1',
    userId: null,
    context: {},
    project: 'shop',
    ...fields,
  }
}

export function newEvent(fields: Partial<StoredEvent> = {}, keyKind: 'public' | 'secret' = 'public'): NewEvent {
  return {
    event: storedEvent(fields),
    arrival: {
      request: { format: 'segment-batch', origin: 'https://shop.example', userAgent: 'test', keyKind },
      response: { status: 200, events: 1, rejected: 0 },
    },
  }
}

export const client: ClientInfo = {
  ip: '203.0.113.0',
  country: 'NZ',
  region: 'WGN',
  browser: 'Firefox',
  browserVersion: '140.0',
  os: 'Linux',
  osVersion: null,
  device: 'desktop',
  bot: false,
  gpc: true,
}
