import type { Client } from './client'
import { createDelivery } from './delivery/create-delivery'
import type { Delivery } from './delivery/delivery'
import { identify } from './identity'
import type { Call } from './lifecycle'
import type { Payload } from './payload'
import type { Platform } from './platform'
import { isChosen } from './plugin-registry'
import { toEvent, toPayload } from './to-event'
import type { Transport } from './transport'

/** The client's end of delivery: its outcomes are told, and hooks that an earlier page did not finish run again. */
export const connectDelivery = (client: Client, platform: Platform): Delivery =>
  createDelivery({
    transports: client.records.flatMap(({ plugin, isTransport }) =>
      isTransport ? (plugin as unknown as Transport) : [],
    ),
    platform,
    queue: client.options.queue,
    report: (report) => client.emit({ type: 'delivery', ...report } as unknown as Payload, 'named'),
    recover: (event, names, held) =>
      client.enqueue(() =>
        client.run(toPayload(event), {
          held,
          audience: 'none',
          admits: (record, type) =>
            type === event.type ? names.includes(record.name) : isChosen(record, client.state.plugins),
        }),
      ),
  })

/** The hooks are still running when the call returns: keeps its event as it was called. An `identify` is in force. */
export function hold(client: Client, call: Call, asCalled: Payload): void {
  if (call.held || !asCalled.meta.messageId) return
  if (asCalled.type === 'identifyStart') identify(client, call)
  const transports = client.records.filter(
    (record) => record.isTransport && isChosen(record, client.state.plugins, asCalled.options),
  )
  if (transports[0]) {
    call.held = client.delivery.hold({ event: toEvent(asCalled), transports: transports.map(({ name }) => name) })
  }
}

/**
 * The hooks are through: hands over what the transports got, and takes back what an aborted call did.
 *
 * Numbers are given when an event is handed over, so that aborted calls leave no gap, and for each combination of
 * transports, so that an event that is not meant for a receiver leaves none in what it gets.
 */
export function deliver(client: Client, call: Call, isStopped: boolean): void {
  const { collected, held, applied } = call
  const { sequences, delivery } = client
  if (isStopped) applied?.undo()
  if (!collected) return held?.discard()
  const shipments = [...collected].map(([payload, transports]) => {
    const { instance = client.id(), number = 0 } = sequences[`${transports}`] ?? {}
    const sequence = { instance, number: number + 1 }
    sequences[`${transports}`] = sequence
    call.payload.meta = { ...call.payload.meta, sequence }
    return { event: toEvent({ ...payload, meta: { ...payload.meta, sequence } }), transports }
  })
  if (held) held.release(shipments)
  else delivery.accept(shipments)
}
