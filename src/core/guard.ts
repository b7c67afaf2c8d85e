import type { Listeners } from './listeners'
import type { ResolvedOptions } from './options'
import type { Payload } from './payload'
import type { Platform } from './platform'
import type { PluginRecord } from './plugin-registry'
import { isFunction } from './values'

/** What code that threw, rejected or was too slow comes to. */
export const FAILED = {}

export interface Guard {
  /** Reports to `on('error')`, and to the console where nobody listens. Returns `FAILED`. */
  fail(error: unknown, hook: string, record?: PluginRecord): typeof FAILED
  /** Runs foreign code. A promise is answered by one that never rejects, and with a plugin's own settles in time. */
  guard(run: () => unknown, hook: string, record?: PluginRecord): unknown
}

export const createGuard = (
  { debug, hookTimeoutMs }: ResolvedOptions,
  platform: Platform,
  listeners: Listeners,
): Guard => {
  const fail: Guard['fail'] = (error, hook, record) => {
    const plugin = record?.name ?? null
    if (record && /^(initialize|loaded)$/.test(hook)) record.isBroken = true
    if (debug || !listeners.hears('error')) platform.warn(`[firsthand] ${plugin ?? 'client'}: ${hook}: ${error}`)
    if (hook !== 'on error') listeners.emit({ type: 'error', error, plugin, hook } as unknown as Payload, 'named')
    return FAILED
  }

  return {
    fail,
    guard(run, hook, record) {
      try {
        const result = run() as PromiseLike<unknown> | undefined
        if (!isFunction(result?.then)) return result
        return new Promise((resolve) => {
          const failed = (error: unknown) => resolve(fail(error, hook, record))
          const cancel = record && platform.setTimer(() => failed('took too long'), hookTimeoutMs)
          Promise.resolve(result).then(resolve, failed).then(cancel)
        })
      } catch (error) {
        return fail(error, hook, record)
      }
    },
  }
}
