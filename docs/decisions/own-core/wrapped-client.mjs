// The alternative that was measured: the engine of `analytics` with our delivery and our storage as a plugin of it.
// Bundled by size.mjs and page-exit.mjs; nothing of the product imports it.
import { Analytics as createEngine } from '@analytics/core/client'
import { collector } from '../../../plugins/collector'
import { createBrowserPlatform } from '../../../src/browser/platform'
import { createDelivery } from '../../../src/core/delivery/create-delivery'
import { createSession } from '../../../src/core/session'
import { toEvent } from '../../../src/core/to-event'

const SESSION_TIMEOUT_MS = 30 * 60_000

const eventTypes = ['page', 'track', 'identify']

/**
 * `holds`: also journals each call before its hooks have run, by way of the listeners that the engine calls at once.
 * The engine cannot run the hooks of a call of an earlier page, so such an event can only be sent as it was called.
 */
function deliveryPlugin(platform, transports, holds) {
  const { id, context } = platform
  const names = transports.map(({ name }) => name)
  const session = createSession(platform, { sessionTimeoutMs: SESSION_TIMEOUT_MS }, () => {})
  const instance = id()
  let number = 0
  /** By the engine's id of the call. */
  const held = new Map()
  const delivery = createDelivery({
    transports,
    platform,
    report() {},
    recover: (event, names, hold) => hold.release([{ event, transports: names }]),
  })
  const begin = ({ payload }) => {
    const meta = {
      messageId: id(),
      context: context(),
      session: session.touch(),
      sequence: { instance, number: ++number },
    }
    const type = payload.type.replace('Start', '')
    const event = toEvent({ ...payload, type, meta: { ...payload.meta, ...meta } })
    held.set(payload.meta.rid, { meta, hold: delivery.hold({ event, transports: names }) })
  }
  const drop = ({ payload }) => {
    held.get(payload.meta.rid)?.hold.discard()
    held.delete(payload.meta.rid)
  }
  const accept = (argument) => {
    const { rid } = argument.payload.meta
    if (!held.has(rid)) begin(argument)
    const { meta, hold } = held.get(rid)
    held.delete(rid)
    hold.release([
      { event: toEvent({ ...argument.payload, meta: { ...argument.payload.meta, ...meta } }), transports: names },
    ])
  }
  const listen = ({ instance: engine }) => {
    for (const type of holds ? eventTypes : []) {
      engine.on(`${type}Start`, begin)
      engine.on(`${type}Aborted`, drop)
    }
  }
  return { name: 'delivery', bootstrap: listen, ...Object.fromEntries(eventTypes.map((type) => [type, accept])) }
}

/** `init` of the wrapped alternative; hooks of `plugins` run before the delivery. */
export function init({ transports, plugins = [], holds = false, ...config }) {
  const platform = createBrowserPlatform()
  const all = [...plugins, deliveryPlugin(platform, transports, holds)]
  return createEngine({ ...config, storage: platform.storage, plugins: all })
}

export { collector }
