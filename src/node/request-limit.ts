import type { Event } from '../core/event'
import type { Sender, SendResult } from '../core/platform'
import type { Transport } from '../core/transport'

/** Requests at the same time. More only fills the receiver's queue: measured, 4 keep a collector busy. */
const MAX_REQUESTS = 4

/** A sender that holds back what is too much; the time of waiting is not part of the timeout. */
export function limitRequests(sender: Sender): Sender {
  const waiting: (() => void)[] = []
  let running = 0
  const leave = (result: SendResult): SendResult => {
    const next = waiting.shift()
    if (next) next()
    else running--
    return result
  }
  return {
    ...sender,
    async send(request, options) {
      if (running < MAX_REQUESTS) running++
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return leave(await sender.send(request, options))
    },
  }
}

/** Measured: a request costs as much as 60 events, and with more of them in one it no longer counts. */
const MAX_BATCH_EVENTS = 500

/**
 * A transport as servers want it: larger batches, within its own limits and what its user has chosen. Order matters
 * per user only, so users are spread over lanes; a transport that has lanes of its own keeps them.
 */
export function tuneTransport(transport: Transport): Transport {
  const lane = ({ userId, anonymousId }: Event) => `${checksum(userId ?? anonymousId ?? '') % MAX_REQUESTS}`
  const delivery = { maxBatchEvents: MAX_BATCH_EVENTS, ...transport.delivery }
  // Inherits, so that a transport with getters or `this` goes on working.
  return Object.assign(Object.create(transport), { delivery }, !transport.lane && !transport.partition && { lane })
}

function checksum(text: string): number {
  let sum = 0
  for (let index = 0; index < text.length; index++) sum = (sum * 31 + text.charCodeAt(index)) >>> 0
  return sum
}
