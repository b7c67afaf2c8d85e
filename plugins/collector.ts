import type { Event, EventContext } from '../src/core/event'
import type { DeliveryOverrides, EventOutcome, Transport } from '../src/core/transport'

export interface CollectorOptions extends DeliveryOverrides {
  /** Where the collector is mounted: `/` on the page's own origin, or `https://collect.example.com`. In Node absolute. */
  endpoint: string
  /** The project's public key. */
  projectKey: string
  /** Servers only; never sent from a browser. Lets events have any time and come without an Origin. */
  secretKey?: string
  /** In Node: bodies of 2 kB and more leave as gzip, a fourth to a sixth of their size for 2 to 4 µs an event. Else plain. */
  gzip?: boolean
}

/** Sends to firsthand's own collector: `POST <endpoint>/v1/batch`. Throws where an option is missing or cannot be. */
export const collector = (options = {} as CollectorOptions): Transport => {
  const { endpoint, projectKey, secretKey, gzip, ...delivery } = options
  check('endpoint', endpoint, "set it, e.g. to '/'")
  check('projectKey', projectKey, 'set it to the public key')
  // It becomes a header.
  if (secretKey !== undefined) check('secretKey', secretKey, 'only visible ASCII', /^[\x21-\x7e]+$/)
  return {
    name: 'collector',
    receiver: `${endpoint} ${projectKey}`,
    deduplicates: true,
    joins: true,
    delivery,
    encode(events, { runtime, sentAt, texts }) {
      const inNode = runtime === 'node'
      if (inNode && !/^https?:/.test(endpoint)) return { status: 'paused', reason: 'endpoint-not-absolute' }
      return {
        method: 'POST',
        url: endpoint.replace(/\/*$/, '/v1/batch'),
        headers: {
          // Browsers ask for permission first (a preflight) before they send any other type to another origin.
          'content-type': inNode ? 'application/json' : 'text/plain',
          ...(inNode && secretKey && { authorization: `Basic ${btoa(`${secretKey}:`)}` }),
        },
        body: texts
          ? `{"projectKey":${JSON.stringify(projectKey)},"sentAt":"${sentAt}","context":${texts.shared},"batch":[${texts.short}]}`
          : JSON.stringify({ projectKey, sentAt, ...hoistContext(events) }),
        // The collector re-sets the identity cookies, also from another host of the same site.
        credentials: 'include',
        gzip,
      }
    },
    decode({ status, body }, events) {
      const reason = `http-${status}`
      const receipt = readReceipt(body)
      // 400 has a receipt as well where the collector took none of the events.
      if (receipt && (status < 300 || status === 400)) {
        const outcomes = events.map((): EventOutcome => ({ status: 'delivered', answer: receipt }))
        for (const { index, code: reason = 'invalid', message: answer } of receipt.rejected)
          outcomes[index] = { status: 'rejected', reason, answer }
        return outcomes
      }
      if (status < 300) return { status: 'retry', reason: 'not-the-collector' }
      if (/-([35]|408|42[59])/.test(reason)) return { status: 'retry', reason }
      return { status: /40[134]/.test(reason) ? 'paused' : 'rejected', reason, answer: body }
    },
  }
}

const check = (name: string, value: unknown, hint: string, form = /./): void => {
  if (typeof value !== 'string' || !form.test(value)) throw new Error(`[firsthand] ${name}: ${hint}`)
}

/** Moves what all events have in common to the batch; the collector merges it under each event again. */
const hoistContext = (events: readonly Event[]): { context: EventContext; batch: Event[] } => {
  const context = { ...events[0]?.context }
  const batch = events.map((event) => ({ ...event, context: { ...event.context } }))
  for (const key in context) {
    const text = JSON.stringify(context[key])
    const differs = ({ context: own }: Event) => own[key] !== context[key] && JSON.stringify(own[key]) !== text
    if (batch.some(differs)) delete context[key]
    // Not deleted: measured, JSON takes three times as long for an object that has lost a key.
    else for (const event of batch) event.context[key] = undefined
  }
  return { context, batch }
}

interface Receipt {
  rejected: readonly { index: number; code?: string; message?: string }[]
}

/** Only the collector's own words count: a login page or a site's fallback page answers 200 as well. */
const readReceipt = (body: string): Receipt | undefined => {
  try {
    const receipt = JSON.parse(body)
    if (Array.isArray(receipt.rejected)) return receipt
  } catch {
    // Not JSON: not the collector.
  }
  return
}
