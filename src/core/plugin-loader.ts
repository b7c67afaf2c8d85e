import type { Client } from './client'
import { perform } from './perform'
import { drain } from './plugin-queue'
import { hookNames, type PluginRecord } from './plugin-registry'
import { updatePlugin } from './state'

/** As long as `analytics` waits before it says `ready` without a plugin. */
const READY_TIMEOUT_MS = 10_000

export const isLoaded = ({ guard }: Client, record: PluginRecord): boolean => {
  const { loaded, config } = record.view
  return !record.isBroken && guard(() => !!loaded.call(record.plugin, { config }), 'loaded', record) === true
}

/**
 * Waits until plugins are loaded: asks every 10 ms at first and every second at last, so that one that comes late is
 * still picked up. `ready` is told once none is left to wait for, or after 10 s without the rest.
 */
export function watchPlugins(client: Client, names: readonly string[], disabled: unknown, isFirst: boolean): void {
  const { records, state, platform, enqueue } = client
  const plugins: string[] = []
  const failed: string[] = []
  const waiting = new Set(names)

  function settle(name: string, list: string[]) {
    if (waiting.delete(name)) list.push(name)
    // Not at once: a page() made right after the client goes first, and a listener attached then hears of it.
    if (isFirst && !waiting.size) Promise.resolve().then(() => enqueue(tellReady))
  }
  function tellReady() {
    if (isFirst) perform(client, { type: 'ready', plugins, failed, disabled })
    isFirst = false
  }
  function poll(record: PluginRecord, waitedMs: number) {
    const { name } = record
    if (client.isClosed) return
    if (isLoaded(client, record)) {
      enqueue(() => load(client, record))
      return settle(name, plugins)
    }
    if (record.isBroken || waitedMs >= READY_TIMEOUT_MS) {
      updatePlugin(state, name, { loaded: false })
      settle(name, failed)
    }
    if (record.isBroken) return
    const delayMs = Math.min(Math.max(10, waitedMs / 10), 1000)
    platform.setTimer(() => poll(record, waitedMs + delayMs), delayMs)
  }

  if (!names[0]) settle('', plugins)
  for (const record of records) if (waiting.has(record.name)) poll(record, 0)
}

function load(client: Client, record: PluginRecord) {
  const { name, plugin } = record
  updatePlugin(client.state, name, { loaded: true })
  if (!record.isAnnounced) perform(client, { type: `ready:${name}`, name, events: hookNames(plugin) })
  record.isAnnounced = true
  drain(client, record)
}
