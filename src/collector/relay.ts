import { createDelivery } from '../core/delivery/create-delivery'
import type { Delivery, DeliveryReport } from '../core/delivery/delivery'
import type { DeliveryPlatform } from '../core/delivery/host'
import type { Event } from '../core/event'
import type { Transport } from '../core/transport'
import { isForAdvertising } from './global-privacy-control'
import type { StoredEvent } from './store'

export type RelayOutcome =
  /** Each transport has taken it or does not want it. */
  | { status: 'taken' }
  /** The same, already before this request. */
  | { status: 'known' }
  /** A receiver will never take it. */
  | { status: 'refused'; reason: string }
  /** A receiver has not taken it, but may do so later. */
  | { status: 'missing'; reason: string }

export interface Relay {
  /** Hands the events to every transport and waits for the answers: one outcome for each event, in order. */
  send(events: readonly StoredEvent[], options: RelayOptions): Promise<RelayOutcome[]>
}

export interface RelayOptions {
  timeoutMs: number
  /** Does the event's visitor send Global Privacy Control? Then transports for advertising are not given it. */
  hasControl(event: StoredEvent): boolean
}

/** Ids of events that a receiver has taken: their senders repeat them when another receiver has not. */
const MAX_KNOWN = 10_000

export function createRelay(transports: readonly Transport[], platform: DeliveryPlatform): Relay {
  const known = createKnownKeys()
  const queue = { maxEvents: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY }

  /** One for each request: nothing is left for later, when the process may be frozen or gone. */
  const deliveryOf = (report: (report: DeliveryReport) => void): Delivery =>
    createDelivery({ transports, platform, queue, report, recover() {} })

  return {
    async send(events, { timeoutMs, hasControl }) {
      const project = events[0]?.project ?? ''
      const keyOf = (transport: string, { messageId }: Event) => JSON.stringify([project, transport, messageId])
      const verdicts = new Map<string, RelayOutcome>()
      const delivery = deliveryOf(({ transport, event, outcome }) => {
        const key = keyOf(transport, event)
        const verdict = judge(outcome)
        verdicts.set(key, verdict)
        // Also an answer that comes after the sender was told to try again.
        if (verdict.status === 'taken') known.add(key)
      })
      const shipments = firstOfEach(events).map((event) => {
        const meant = hasControl(event) ? transports.filter((one) => !isForAdvertising(one)) : transports
        const names = meant.flatMap(({ name }) => (known.has(keyOf(name, event)) ? [] : name))
        return { event: toEvent(event), transports: names, isForNobody: meant.length === 0 }
      })
      delivery.accept(shipments.filter((shipment) => shipment.transports.length > 0))
      await delivery.close({ timeoutMs })
      const asked = new Map(shipments.map((shipment) => [shipment.event.messageId, shipment]))
      return events.map((event) => {
        const shipment = asked.get(event.messageId)
        // The next of the same id was sent before.
        asked.delete(event.messageId)
        if (shipment?.isForNobody) return { status: 'taken' }
        const names = shipment?.transports ?? []
        return summarize(
          names.map((name) => verdicts.get(keyOf(name, event)) ?? { status: 'missing', reason: 'timeout' }),
        )
      })
    },
  }
}

function judge(outcome: DeliveryReport['outcome']): RelayOutcome {
  const { status } = outcome
  if (status === 'delivered') return { status: 'taken' }
  const { reason } = outcome
  if (status === 'retry' || status === 'paused') return { status: 'missing', reason }
  // What the transport's own filter leaves out is not meant for its receiver.
  return status === 'dropped' && reason === 'refused' ? { status: 'taken' } : { status: 'refused', reason }
}

function summarize(verdicts: readonly RelayOutcome[]): RelayOutcome {
  const worst = (status: RelayOutcome['status']) => verdicts.find((verdict) => verdict.status === status)
  return worst('missing') ?? worst('refused') ?? verdicts[0] ?? { status: 'known' }
}

function firstOfEach(events: readonly StoredEvent[]): StoredEvent[] {
  const ids = new Set<string>()
  return events.filter(({ messageId }) => !ids.has(messageId) && ids.add(messageId))
}

/** Without what only a store needs. */
function toEvent({ project, receivedAt, sentAt, originalTimestamp, ...event }: StoredEvent): Event {
  return event
}

/** The last keys that were added. */
function createKnownKeys() {
  const keys = new Set<string>()
  return {
    has: (key: string) => keys.has(key),
    add(key: string) {
      keys.add(key)
      if (keys.size > MAX_KNOWN) keys.delete(keys.values().next().value as string)
    },
  }
}
