import type { HeldEvent } from '../core/delivery/delivery'
import type { EventSequence } from '../core/event'
import type { CallName, HostInstance, HostPayload } from './host'
import type { Outbox } from './outbox'
import { type CallOwner, completeMeta, ownerOf, toHostEvent } from './to-host-event'

/** Puts the calls of one instance into the queue for one transport. */
export interface CallTaker {
  /** The call has been made; its hooks come later. */
  begin(call: CallName, payload: HostPayload): void
  /** Its hooks have come to ours. */
  accept(call: CallName, payload: HostPayload): void
}

/** A call that `analytics` keeps back while the browser is offline. */
interface HeldCall {
  held: HeldEvent
  owner: CallOwner
}

export function createCallTaker(instance: HostInstance, outbox: Outbox, transport: string): CallTaker {
  const transports = [transport]
  const heldCalls = new Map<string, HeldCall>()
  const sequence: EventSequence = { instance: outbox.platform.id(), number: 0 }
  return {
    begin(call, payload) {
      completeMeta(outbox, payload)
      if (!instance.getState('context.offline') || !isMeant(instance, transport, payload)) return
      const owner = ownerOf(outbox, payload)
      const held = outbox.delivery().hold({ event: toHostEvent(call, payload, owner), transports })
      heldCalls.set(payload.meta.rid, { owner, held })
    },
    accept(call, payload) {
      const { rid } = payload.meta
      completeMeta(outbox, payload)
      const kept = heldCalls.get(rid)
      heldCalls.delete(rid)
      sequence.number++
      // What was kept back has the user of the moment of sending.
      const owner = kept?.owner ?? ownerOf(outbox, payload)
      const shipments = [{ event: toHostEvent(call, payload, owner, { sequence }), transports }]
      if (kept) kept.held.release(shipments)
      else outbox.delivery().accept(shipments)
      outbox.hurry()
    },
  }
}

/** Will `analytics` call this plugin's hook? */
function isMeant(instance: HostInstance, name: string, { options }: HostPayload): boolean {
  const { [name]: chosen, all } = options?.plugins ?? {}
  return (chosen ?? all !== false) && instance.getState(`plugins.${name}.enabled`) !== false
}
