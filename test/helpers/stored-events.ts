import type { StoredEvent } from '../../src/collector/store'

/** What a running collector has stored, the earliest call first; `timestamp` is corrected by the clock of each request. */
export async function storedEvents(origin: string, adminToken: string): Promise<StoredEvent[]> {
  const headers = { authorization: `Bearer ${adminToken}` }
  const response = await fetch(`${origin}/admin/events?limit=100`, { headers })
  const { events } = (await response.json()) as { events: StoredEvent[] }
  return events.sort((a, b) => a.originalTimestamp.localeCompare(b.originalTimestamp))
}
