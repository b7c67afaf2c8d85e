import type { Guard } from './guard'
import type { LifecycleHost } from './lifecycle'
import type { Payload } from './payload'
import type { PluginRecord } from './plugin-registry'

export interface WaitingCall {
  plugin: string
  /** As it was when the call was made: with the ids of that moment. */
  payload: Payload
}

export interface PluginQueue {
  /** Puts the call aside where the plugin cannot take it yet. Hooks that only prepare a call are never put aside. */
  postpones(record: PluginRecord, payload: Payload): boolean
  /** Makes the calls that waited, in their order. */
  drain(record: PluginRecord): void
}

/** Calls that wait for plugins that are not loaded, not enabled or offline. Transports have the journal instead. */
export function createPluginQueue(
  actions: WaitingCall[],
  limit: number,
  isOpen: (record: PluginRecord, type: string) => boolean,
  { emit, runHook }: Pick<LifecycleHost, 'emit' | 'runHook'>,
  fail: Guard['fail'],
): PluginQueue {
  return {
    postpones(record, payload) {
      const { type } = payload
      if (record.isTransport || /Start$|^initialize|^reset/.test(type) || isOpen(record, type)) return false
      if (actions.push({ plugin: record.name, payload }) > limit) {
        actions.shift()
        fail('queue-full', type, record)
      }
      return true
    },
    drain(record) {
      const { name } = record
      for (const action of actions.splice(0)) {
        const { plugin, payload } = action
        const { type } = payload
        if (plugin !== name || !isOpen(record, type)) actions.push(action)
        else {
          runHook(record, type, payload, (abort) => ({ abort }))
          emit(payload, 'all', `${type}:${name}`)
        }
      }
    },
  }
}
