import type { DeliveryReport, DeliveryState, FlushResult } from '../core/delivery/delivery'
import type { QueueLimits } from '../core/delivery/limits'
import type { Platform } from '../core/platform'
import type { Transport } from '../core/transport'
import { type CallTaker, createCallTaker } from './call-taker'
import { type HostInstance, type HostPlugin, listenToCalls } from './host'
import { createOutbox, type Outbox } from './outbox'

export interface AnalyticsPluginOptions {
  /**
   * Limits of the queue of events that wait; those in docs/journal.md where it says none. Transports of one instance
   * share it: the last that says one counts.
   */
  queue?: Partial<QueueLimits>
  /** Hears the outcome of each event of this transport at each try. */
  onDelivery?(report: DeliveryReport): void
}

/** Offered as `analytics.plugins.<name>`; all of them are about the queue that the transports of one instance share. */
export interface DeliveryMethods {
  /** Sends what waits; resolves when each event has its final outcome, or its receiver cannot be reached. */
  flush(): Promise<FlushResult>
  /** Flushes for at most `timeoutMs` (10,000), then stops. What is left stays in the journal. */
  close(options?: { timeoutMs?: number }): Promise<FlushResult>
  state(): DeliveryState
}

export interface AnalyticsPlugin extends HostPlugin {
  methods: DeliveryMethods & Record<string, (...args: never[]) => unknown>
}

/** Makes a transport, with our queue, a plugin for `analytics`: `plugins: [toAnalyticsPlugin(segment({ writeKey }))]`. */
export type ToAnalyticsPlugin = (transport: Transport, options?: AnalyticsPluginOptions) => AnalyticsPlugin

export function createToAnalyticsPlugin(createPlatform: () => Platform): ToAnalyticsPlugin {
  const outboxes = new WeakMap<HostInstance, Outbox>()
  const outboxOf = (instance: HostInstance): Outbox => {
    const outbox = outboxes.get(instance) ?? createOutbox(instance, createPlatform())
    outboxes.set(instance, outbox)
    return outbox
  }
  return (transport, options = {}) => {
    if (typeof transport?.encode !== 'function') {
      throw new Error('[firsthand] transport: pass one, such as segment({ writeKey })')
    }
    return createPlugin(transport, options, outboxOf)
  }
}

function createPlugin(
  transport: Transport,
  options: AnalyticsPluginOptions,
  outboxOf: (instance: HostInstance) => Outbox,
): AnalyticsPlugin {
  const { name } = transport
  let joined: { outbox: Outbox; taker: CallTaker } | undefined
  const parts = () => joined ?? fail('this plugin is not part of an analytics instance yet')
  const delivery = () => parts().outbox.delivery()

  return {
    name,
    config: {},
    bootstrap({ instance }) {
      if (joined) fail('make a plugin of its own for each analytics instance')
      const outbox = outboxOf(instance)
      const taker = createCallTaker(instance, outbox, name)
      joined = { outbox, taker }
      outbox.add({ transport, ...options })
      listenToCalls(instance, taker.begin)
    },
    loaded: () => true,
    // What an earlier page left is sent, whether or not this one has an event.
    initialize: () => void delivery(),
    page: ({ payload }) => parts().taker.accept('page', payload),
    track: ({ payload }) => parts().taker.accept('track', payload),
    identify: ({ payload }) => parts().taker.accept('identify', payload),
    reset: () => parts().outbox.forget(),
    methods: {
      flush: () => delivery().flush(),
      async close(closing?: { timeoutMs?: number }) {
        const result = await delivery().close(closing)
        parts().outbox.platform.lifecycle.close()
        return result
      },
      state: () => delivery().state(),
    },
  }
}

const fail = (message: string): never => {
  throw new Error(`[firsthand] toAnalyticsPlugin: ${message}`)
}
