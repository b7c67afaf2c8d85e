import type { Client } from './client'
import { perform } from './perform'
import { drain } from './plugin-queue'
import { hookNames, type PluginRecord } from './plugin-registry'
import { updatePlugin } from './state'

/** As long as `analytics` waits before it says `ready` without a plugin. */
const READY_TIMEOUT_MS = 10_000

export const isLoaded = (client: Client, record: PluginRecord): boolean => {
  const { loaded, config } = record.view
  return !record.isBroken && client.guard(() => !!loaded.call(record.plugin, { config }), 'loaded', record) === true
}

/**
 * Waits until plugins are loaded: asks every 10 ms at first and every second at last, so that one that comes late is
 * still picked up. `ready` is told once none is left to wait for, or after 10 s without the rest.
 */
export const watchPlugins = (client: Client, names: readonly string[], disabled: unknown, isFirst: boolean): void => {
  let waiting = client.records.filter(({ name }) => names.includes(name))
  let waitedMs = 0

  function poll() {
    if (client.isClosed) return
    waiting = waiting.filter((record) => {
      const loaded = isLoaded(client, record)
      if (loaded) client.enqueue(() => load(client, record))
      else updatePlugin(client, record.name, { loaded })
      return !loaded && !record.isBroken
    })
    if (isFirst && (!waiting[0] || waitedMs >= READY_TIMEOUT_MS)) {
      isFirst = false
      // Not at once: a page() made right after the client goes first, and a listener attached then hears of it.
      Promise.resolve().then(() => client.enqueue(tellReady))
    }
    if (!waiting[0]) return
    const delayMs = Math.min(Math.max(10, waitedMs / 10), 1000)
    waitedMs += delayMs
    client.setTimer(poll, delayMs)
  }
  function tellReady() {
    const isReady = (name: string) => !!client.state.plugins[name]?.loaded
    const failed = names.filter((name) => !isReady(name))
    perform(client, { type: 'ready', plugins: names.filter(isReady), failed, disabled })
  }
  poll()
}

const load = (client: Client, record: PluginRecord) => {
  updatePlugin(client, record.name, { loaded: true })
  if (!record.isAnnounced)
    perform(client, { type: `ready:${record.name}`, name: record.name, events: hookNames(record.plugin) })
  record.isAnnounced = true
  drain(client, record)
}
