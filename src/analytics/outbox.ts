import { createDelivery } from '../core/delivery/create-delivery'
import type { Delivery, DeliveryReport } from '../core/delivery/delivery'
import type { QueueLimits } from '../core/delivery/limits'
import { toIdentifier } from '../core/identifier'
import type { Platform } from '../core/platform'
import type { Transport } from '../core/transport'
import type { HostInstance, HostPayload } from './host'

/** Begins the `messageId` of events that were called under `analytics`. */
export const ID_PREFIX = 'an_'

export interface OutboxMember {
  transport: Transport
  queue?: Partial<QueueLimits>
  onDelivery?(report: DeliveryReport): void
}

/** What the transports of one instance share: one journal, so that none keeps what another one waits for. */
export interface Outbox {
  platform: Platform
  add(member: OutboxMember): void
  /** Made at its first use, when all transports are known. */
  delivery(): Delivery
  /** Something was accepted: hooks that come after `pagehide` are too late for the timers. */
  hurry(): void
  /** Part of each `messageId`: `analytics` makes its ids of `Math.random`. */
  instanceId: string
  /** Whose a call is. After a log-out `analytics` gives events no id at all: a new visitor begins with the first. */
  anonymousIdOf(payload: HostPayload): string
  /** The visitor has logged out. */
  forget(): void
}

export function createOutbox(instance: HostInstance, platform: Platform): Outbox {
  const members: OutboxMember[] = []
  let delivery: Delivery | undefined
  let made = ''
  const makeAnonymousId = () => {
    made = platform.id()
    instance.setAnonymousId(made)
    return made
  }
  return {
    platform,
    instanceId: platform.id(),
    add: (member) => void members.push(member),
    delivery: () => (delivery ??= start(members, platform)),
    hurry: createHurry(platform, () => delivery?.flushUrgently()),
    anonymousIdOf: ({ anonymousId }) =>
      toIdentifier(anonymousId) ?? toIdentifier(instance.user('anonymousId')) ?? (made || makeAnonymousId()),
    forget() {
      made = ''
    },
  }
}

function start(members: readonly OutboxMember[], platform: Platform): Delivery {
  return createDelivery({
    transports: members.map(({ transport }) => transport),
    platform,
    queue: Object.assign({}, ...members.map(({ queue }) => queue)),
    report(report) {
      const member = members.find(({ transport }) => transport.name === report.transport)
      try {
        member?.onDelivery?.(report)
      } catch (error) {
        platform.warn(`[firsthand] onDelivery: ${error}`)
      }
    },
    // One that another client has left waits for a page with that client, whose plugins have not seen it yet.
    recover(event, transports, held) {
      if (event.messageId.startsWith(ID_PREFIX)) held.release([{ event, transports }])
    },
  })
}

/** Sends at once what is accepted after `pagehide`. */
function createHurry({ lifecycle }: Platform, send: () => void): () => void {
  let isLeaving = false
  let isPlanned = false
  lifecycle.onLeave((reason) => {
    isLeaving = reason === 'leaving'
  })
  lifecycle.onReturn(() => {
    isLeaving = false
  })
  return () => {
    if (!isLeaving || isPlanned) return
    isPlanned = true
    // Hooks of calls that were made together run together: their events leave in one request.
    queueMicrotask(() => {
      isPlanned = false
      send()
    })
  }
}
