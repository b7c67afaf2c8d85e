import type { Client } from './client'
import { createDelivery } from './delivery/create-delivery'
import type { Delivery, Shipment } from './delivery/delivery'
import type { Call } from './lifecycle'
import type { Payload } from './payload'
import { isChosen, type PluginRecord } from './plugin-registry'
import { toEvent, toPayload } from './to-event'
import type { Transport } from './transport'

const transportsOf = ({ records }: Client): PluginRecord[] => records.filter(({ isTransport }) => isTransport)

/** The client's end of delivery: its outcomes are told, and hooks that an earlier page did not finish run again. */
export function connectDelivery(client: Client): Delivery {
  const { platform, options, state, emit, enqueue } = client
  return createDelivery({
    transports: transportsOf(client).map(({ plugin }) => plugin as unknown as Transport),
    platform,
    queue: options.queue,
    report: (report) => emit({ type: 'delivery', ...report } as unknown as Payload, 'named'),
    recover(event, names, held) {
      const admits = (record: PluginRecord, type: string) =>
        type === event.type ? names.includes(record.name) : isChosen(record, state.plugins)
      enqueue(() => client.run({ payload: toPayload(event), held, audience: 'none', admits, collected: [] }))
    },
  })
}

/** The hooks are still running: keeps the event as it was called. */
export function hold(client: Client, call: Call, asCalled: Payload): void {
  const chosen = transportsOf(client).filter((record) => isChosen(record, client.state.plugins, asCalled.options))
  if (!chosen[0]) return
  call.held = client.delivery.hold({ event: toEvent(asCalled), transports: chosen.map(({ name }) => name) })
}

/** The hooks are through: hands over what the transports got, and takes back what an aborted call did. */
export function deliver(client: Client, call: Call, isStopped: boolean): void {
  const { collected, held, applied } = call
  if (isStopped) applied?.undo()
  if (!collected[0]) return held?.discard()
  const groups = new Map<Payload, string[]>()
  for (const [name, payload] of collected) groups.set(payload, [...(groups.get(payload) ?? []), name])
  const shipments = [...groups].map(([payload, names]) => toShipment(client, call, payload, names))
  if (held) held.release(shipments)
  else client.delivery.accept(shipments)
}

/**
 * Numbers are given when an event is handed over, so that aborted calls leave no gap, and for each combination of
 * transports, so that an event that is not meant for a receiver leaves none in what it gets.
 */
function toShipment({ platform, sequences }: Client, call: Call, payload: Payload, transports: string[]): Shipment {
  const { instance = platform.id(), number = 0 } = sequences[`${transports}`] ?? {}
  const sequence = { instance, number: number + 1 }
  sequences[`${transports}`] = sequence
  call.payload.meta = { ...call.payload.meta, sequence }
  return { event: toEvent({ ...payload, meta: { ...payload.meta, sequence } }), transports }
}
