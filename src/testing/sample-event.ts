import type { Event, EventType } from '../core/event'
import { START_MS } from './test-clock'

const TYPES: readonly EventType[] = ['track', 'page', 'identify', 'group', 'alias', 'screen']

const bodyOf = (type: EventType, index: number): Partial<Event> => {
  const properties = { index, category: 'Socks', label: 'Wärme "heißt" \u0000 🧦' }
  if (type === 'track') return { event: 'Order Completed', properties }
  if (type === 'page' || type === 'screen') return { name: 'Home', properties: { ...properties, name: 'Home' } }
  if (type === 'alias') return { previousId: 'user-0' }
  const traits = { name: 'Ada', email: 'ada@example.com' }
  return type === 'group' ? { groupId: 'group-1', traits } : { traits }
}

/** An event as a browser makes it, of each type in turn; `id-3` is the id of the third. */
export const sampleEvent = (index: number): Event => {
  const type = TYPES[index % TYPES.length] as EventType
  const url = 'https://www.example.com/prices?utm_source=newsletter#top'
  return {
    version: 1,
    type,
    messageId: `id-${index}`,
    timestamp: new Date(START_MS).toISOString(),
    anonymousId: 'anonymous-1',
    userId: 'user-1',
    ...bodyOf(type, index),
    context: {
      library: { name: 'firsthand', version: '0.0.0' },
      page: {
        url,
        path: '/prices',
        search: '?utm_source=newsletter',
        title: 'Prices',
        referrer: 'https://a.example/?q=1',
      },
      campaign: { source: 'newsletter', name: 'spring' },
      locale: 'en-GB',
      timezone: 'Europe/London',
      userAgent: 'Mozilla/5.0',
      screen: { width: 1280, height: 720 },
      session: { id: 'session-1', number: 1, start: START_MS },
      sequence: { instance: 'page-1', number: index },
    },
  }
}
