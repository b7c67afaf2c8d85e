import type { ConsentClient } from './consent'
import { rerun } from './handover'
import type { Call } from './lifecycle'
import type { Payload } from './payload'
import { isChosen, type PluginRecord } from './plugin-registry'
import { toEvent } from './to-event'

/** What happened before the visitor decided, and for whom it waits. */
export interface HeldCall {
  payload: Payload
  waiting: readonly PluginRecord[]
}

/** Keeps the event of a call for those who may still take part. */
export const holdCall = (client: ConsentClient, payload: Payload, { admits }: Call): void => {
  const { consent, options, state } = client
  const { held, holds, lacking, stateOf } = consent
  // An event, or the start of a visit, that is told for the first time.
  if (!lacking[0] || admits || payload.abort || !(payload.meta.messageId || payload.session)) return
  const waiting = lacking.filter(
    (record) => stateOf(record) === 'pending' && isChosen(record, state.plugins, payload.options),
  )
  if (!holds) drop(client, { payload, waiting }, 'consent-pending')
  else if (waiting[0] && held.push({ payload, waiting }) > options.pluginQueueLength) {
    client.fail('queue-full', payload.type)
    drop(client, held.shift() as HeldCall, 'queue-full')
  }
}

/** Runs what is held for those who may take part now. */
export const releaseCalls = (client: ConsentClient): void => {
  const { context, held, lacking, stateOf } = client.consent
  for (const { payload, waiting } of held.splice(0)) {
    const those = (state: string) => waiting.filter((record) => stateOf(record) === state)
    const pending = those('pending')
    if (pending[0]) held.push({ payload, waiting: pending })
    drop(client, { payload, waiting: those('denied') }, 'consent-denied')
    const names = waiting.flatMap((record) => (lacking.includes(record) ? [] : record.name))
    const meta = { ...payload.meta, context: { ...payload.meta.context, ...context() } }
    if (names[0]) rerun(client, { ...payload, meta }, names)
  }
}

/** Nobody will get it; what transports would have sent is counted. */
const drop = (client: ConsentClient, { payload, waiting }: HeldCall, refused: string): void => {
  const transports = waiting.flatMap(({ isTransport, name }) => (isTransport ? name : []))
  if (transports[0] && payload.options) client.delivery.accept([{ event: toEvent(payload), transports, refused }])
}
