import type { Platform } from './platform'
import type { PluginRecord } from './plugin-registry'

/** As long as `analytics` waits before it says `ready` without a plugin. */
const READY_TIMEOUT_MS = 10_000

/**
 * Asks `isLoaded` every 10 ms at first and every second at last, so that a plugin that comes late is still picked up.
 * `done` hears which plugins are loaded, and which are given up after 10 s, once none is left to wait for.
 */
export function watchPlugins(
  records: readonly PluginRecord[],
  setTimer: Platform['setTimer'],
  isLoaded: (record: PluginRecord) => boolean,
  loaded: (record: PluginRecord) => void,
  done: (plugins: string[], failed: string[]) => void,
): void {
  const plugins: string[] = []
  const failed: string[] = []
  const open = new Set(records)

  function settle(record: PluginRecord, names: string[]) {
    if (!open.delete(record)) return
    names.push(record.name)
    if (!open.size) done(plugins, failed)
  }

  function poll(record: PluginRecord, waitedMs: number) {
    if (isLoaded(record)) {
      loaded(record)
      return settle(record, plugins)
    }
    if (record.isBroken || waitedMs >= READY_TIMEOUT_MS) settle(record, failed)
    if (record.isBroken) return
    const delayMs = Math.min(Math.max(10, waitedMs / 10), 1000)
    setTimer(() => poll(record, waitedMs + delayMs), delayMs)
  }

  if (!records.length) done(plugins, failed)
  for (const record of records) poll(record, 0)
}
