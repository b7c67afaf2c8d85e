import type { Client } from './client'
import { createDelivery } from './delivery/create-delivery'
import type { Delivery, DeliveryReport, HeldEvent, Shipment } from './delivery/delivery'
import { identify, reloadUser, type User } from './identity'
import type { Call } from './lifecycle'
import type { Payload, PayloadMeta } from './payload'
import type { Platform } from './platform'
import { isChosen, type PluginRecord } from './plugin-registry'
import { toEvent, toPayload } from './to-event'
import type { Transport } from './transport'

/** The client's end of delivery: its outcomes are told, and hooks that an earlier page did not finish run again. */
export const connectDelivery = (client: Client, platform: Platform): Delivery =>
  createDelivery({
    transports: client.records.flatMap((record) => (record.isTransport ? guarded(client, record) : [])),
    platform,
    queue: client.options.queue,
    report: createReport(client),
    recover: (event, names, held) => client.enqueue(() => rerun(client, toPayload(event), names, held)),
  })

/** A full queue drops an event with each call: one warning a second says how many there were. */
const WARN_AFTER_MS = 1000

/** Tells each outcome to listeners and, in debug mode, losses to the console as well. */
const createReport = (client: Client): ((report: DeliveryReport) => void) => {
  let isDue: unknown
  const warn = () => {
    isDue = client.warn(`[firsthand] dropped: ${JSON.stringify(client.delivery.state().dropped)}`)
  }
  return (report) => {
    client.emit({ type: 'delivery', ...report } as unknown as Payload, 'named')
    if (client.options.debug && /dropped|rejected/.test(report.outcome.status))
      isDue ??= client.setTimer(warn, WARN_AFTER_MS)
  }
}

/**
 * Sends nothing that the visitor does not agree to at this moment, whichever tab was told so. Once an answer has come it
 * looks whether its cookies are of somebody whom the page has left since.
 */
const guarded = (client: Client, record: PluginRecord): Transport => {
  const plugin = record.plugin as unknown as Transport
  // Of the newest request: those of one lane leave one after another.
  let askedAs: User | undefined
  const encode: Transport['encode'] = (events, context) => {
    client.enqueue(() => client.privacy.reload?.())
    askedAs = client.state.user
    if (!client.privacy.lacking.includes(record)) return plugin.encode(events, context)
    if (!client.privacy.isPending?.(record)) client.delivery.withdraw([record.name], true)
    return { status: 'paused', reason: 'consent' }
  }
  const decode: Transport['decode'] = (response, events, context) => {
    const result = plugin.decode(response, events, context)
    const [outcome] = [result].flat() as { answer?: { anonymousId?: string } }[]
    // The id of a cookie that scripts could not see, and whose visitor has logged out meanwhile: set anew, it can be seen.
    if (events[0]?.anonymousId === client.forgotten) client.forgotten = outcome?.answer?.anonymousId ?? client.forgotten
    client.enqueue(() => void reloadUser(client, 0, askedAs))
    return result
  }
  return { __proto__: plugin, encode, decode } as unknown as Transport
}

/** Runs the hooks of an event that was kept from these plugins. All else has happened when the call was made. */
export const rerun = (client: Client, payload: Payload, names: readonly string[], held?: HeldEvent): void =>
  client.run(payload, {
    ...(held && { held }),
    audience: 'none',
    admits: (record, type) =>
      payload.options && type !== payload.type.slice(0, -5)
        ? isChosen(record, client.state.plugins, payload.options)
        : names.includes(record.name),
  })

/** As called, for the transports that the call chose. */
const shipmentOf = (client: Client, payload: Payload): Shipment => ({
  event: toEvent(payload),
  transports: client.records.flatMap((record) =>
    record.isTransport &&
    isChosen(record, client.state.plugins, payload.options) &&
    !client.privacy.lacking.includes(record)
      ? record.name
      : [],
  ),
})

/** The call goes no further, and its event counts as dropped. */
export const refuse = (client: Client, payload: Payload, meta: PayloadMeta): void => {
  payload.abort = true
  client.delivery.accept([{ ...shipmentOf(client, { ...payload, meta }), refused: 'invalid' }])
}

/** The hooks are still running when the call returns: keeps its event as it was called. An `identify` is in force. */
export const hold = (client: Client, call: Call, asCalled: Payload): void => {
  if (call.held || !asCalled.meta.messageId) return
  if (asCalled.type === 'identifyStart' && call.audience !== 'none') identify(client, call)
  const shipment = shipmentOf(client, asCalled)
  if (shipment.transports[0]) call.held = client.delivery.hold(shipment)
}

/**
 * The hooks are through: hands over what the transports got, and takes back what an aborted call did.
 *
 * Numbers are given when an event is handed over, so that aborted calls leave no gap, and for each combination of
 * transports, so that an event that is not meant for a receiver leaves none in what it gets.
 */
export const deliver = (client: Client, call: Call, isStopped: boolean): void => {
  const { collected, held, applied } = call
  const { sequences, delivery } = client
  if (isStopped) applied?.undo()
  // Plugins may dispatch an event that is called like one of our calls.
  if (!collected || !call.payload.meta.messageId) return held?.discard()
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
