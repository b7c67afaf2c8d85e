import type { Client } from './client'
import { createDelivery } from './delivery/create-delivery'
import type { Delivery, Shipment } from './delivery/delivery'
import type { EventSequence } from './event'
import type { Call } from './lifecycle'
import type { Payload } from './payload'
import { isChosen, type PluginRecord } from './plugin-registry'
import { toEvent, toPayload } from './to-event'
import type { Transport } from './transport'

export interface Handover {
  delivery: Delivery
  /** The hooks are still running: keeps the event as it was called. */
  hold(call: Call, asCalled: Payload): void
  /** The hooks are through: hands over what the transports got, and takes back what an aborted call did. */
  deliver(call: Call, isStopped: boolean): void
}

/** The way of an event from the lifecycle to the journal. */
export function createHandover(client: Client): Handover {
  const { records, platform, options, state, emit, enqueue } = client
  const transports = records.filter(({ isTransport }) => isTransport)
  const sequences: Record<string, EventSequence> = {}
  const delivery = createDelivery({
    transports: transports.map(({ plugin }) => plugin as unknown as Transport),
    platform,
    queue: options.queue,
    report: (report) => emit({ type: 'delivery', ...report } as unknown as Payload, 'named'),
    recover(event, names, held) {
      const admits = (record: PluginRecord, type: string) =>
        type === event.type ? names.includes(record.name) : isChosen(record, state.plugins)
      enqueue(() => client.run({ payload: toPayload(event), held, audience: 'none', admits, collected: [] }))
    },
  })

  /**
   * Numbers are given when an event is handed over, so that aborted calls leave no gap, and for each combination of
   * transports, so that an event that is not meant for a receiver leaves none in what it gets.
   */
  function toShipment(call: Call, payload: Payload, names: string[]): Shipment {
    const { instance = platform.id(), number = 0 } = sequences[`${names}`] ?? {}
    const sequence = { instance, number: number + 1 }
    sequences[`${names}`] = sequence
    call.payload.meta = { ...call.payload.meta, sequence }
    return { event: toEvent({ ...payload, meta: { ...payload.meta, sequence } }), transports: names }
  }

  return {
    delivery,
    hold(call, asCalled) {
      const chosen = transports.filter((record) => isChosen(record, state.plugins, asCalled.options))
      if (!chosen[0]) return
      call.held = delivery.hold({ event: toEvent(asCalled), transports: chosen.map(({ name }) => name) })
    },
    deliver(call, isStopped) {
      const { collected, held, applied } = call
      if (isStopped) applied?.undo()
      if (!collected[0]) return held?.discard()
      const groups = new Map<Payload, string[]>()
      for (const [name, payload] of collected) groups.set(payload, [...(groups.get(payload) ?? []), name])
      const shipments = [...groups].map(([payload, names]) => toShipment(call, payload, names))
      if (held) held.release(shipments)
      else delivery.accept(shipments)
    },
  }
}
