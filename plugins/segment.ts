import type { Event } from '../src/core/event'
import type { DeliveryOverrides, Transport } from '../src/core/transport'

export interface SegmentOptions extends DeliveryOverrides {
  /** Write key of the source. */
  writeKey: string
  /** Where the tracking API is: another region, or a proxy of your own. @default 'https://api.segment.io' */
  host?: string
}

/** Sends to Segment's tracking API: `POST {host}/v1/batch`. Throws where an option is missing or cannot be. */
export const segment = (options = {} as SegmentOptions): Transport => {
  const { writeKey, host = 'https://api.segment.io', ...delivery } = options
  check('writeKey', writeKey, /^[\x21-\x7e]+$/, 'set it to the write key of the source')
  check('host', host, /^https?:\/\/./, "begin it with 'https://'")
  return {
    name: 'segment',
    receiver: `${host} ${writeKey}`,
    deduplicates: true,
    // A request may have 500 KB; what a message repeats and the envelope have to fit in as well.
    limits: { maxBatchEvents: 2500, maxBatchBytes: 480_000, maxEventBytes: 32_768 },
    delivery,
    encode: (events, { runtime, sentAt }) => ({
      method: 'POST',
      url: `${host.replace(/\/+$/, '')}/v1/batch`,
      headers: {
        // Browsers ask for permission first (a preflight) before they send another type or header to another origin.
        'content-type': runtime === 'node' ? 'application/json' : 'text/plain',
        ...(runtime === 'node' && { authorization: `Basic ${btoa(`${writeKey}:`)}` }),
      },
      body: JSON.stringify({ batch: events.map(toMessage), writeKey, sentAt }),
      credentials: 'omit',
    }),
    decode({ status, body }) {
      const reason = `http-${status}`
      if (status < 300) return isSuccess(body) ? { status: 'delivered' } : { status: 'retry', reason: 'not-segment' }
      if (status < 400 || status >= 500 || [408, 425, 429].includes(status)) return { status: 'retry', reason }
      return { status: [401, 403, 404].includes(status) ? 'paused' : 'rejected', reason, answer: body }
    },
  }
}

const check = (name: string, value: unknown, form: RegExp, hint: string): void => {
  if (typeof value !== 'string' || !form.test(value)) throw new Error(`[firsthand] ${name}: ${hint}`)
}

/** An id that is not known is missing there, and a page's category has a place of its own. */
const toMessage = ({ version, userId, anonymousId, ...event }: Event) => {
  const category = /^(page|screen)$/.test(event.type) ? event.properties?.category : undefined
  return {
    ...event,
    category: typeof category === 'string' ? category : undefined,
    userId: userId ?? undefined,
    anonymousId: anonymousId ?? undefined,
  }
}

/** The login page of a hotel answers 200 as well. */
const isSuccess = (body: string): boolean => {
  try {
    return JSON.parse(body).success === true
  } catch {
    return false
  }
}
