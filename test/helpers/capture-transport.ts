import type { Event } from '../../src/core/event'
import type { Transport } from '../../src/core/transport'

export interface CaptureTransport extends Transport {
  /** Events in the order in which they were encoded. */
  events: Event[]
}

/** A transport that sends events as JSON to `https://<name>.test/` and takes every answer for an acknowledgement. */
export function captureTransport(name: string, more: Partial<Transport> = {}): CaptureTransport {
  const events: Event[] = []
  return {
    name,
    events,
    deduplicates: true,
    encode(batch) {
      events.push(...batch)
      return { method: 'POST', url: `https://${name}.test/`, headers: {}, body: JSON.stringify(batch) }
    },
    decode: () => ({ status: 'delivered' }),
    ...more,
  }
}
