import type { Client } from './client'
import type { Payload } from './payload'
import type { PluginState } from './plugin'
import type { PluginRecord } from './plugin-registry'

export interface WaitingCall {
  plugin: string
  /** As it was when the call was made: with the ids of that moment. */
  payload: Payload
}

const isOpen = (client: Client, name: string, type: string): boolean => {
  const { loaded, enabled } = client.state.plugins[name] as PluginState
  return loaded && enabled && !(client.state.context.offline && /^(page|track|identify|group|alias|screen)/.test(type))
}

/**
 * Puts a call aside where the plugin is not loaded, not enabled or offline. Hooks that only prepare a call are never
 * put aside, and transports have the journal instead.
 */
export const postpones = (client: Client, record: PluginRecord, payload: Payload): boolean => {
  const { actions } = client.state.queue
  if (record.isTransport || /Start$|^initialize|^reset/.test(payload.type) || isOpen(client, record.name, payload.type))
    return false
  if (actions.push({ plugin: record.name, payload }) > client.options.pluginQueueLength) {
    actions.shift()
    client.fail('queue-full', payload.type, record)
  }
  return true
}

/** Makes the calls that waited for the plugin, in their order. */
export const drain = (client: Client, record: PluginRecord): void => {
  const { actions } = client.state.queue
  for (const action of actions.splice(0)) {
    const { plugin, payload } = action
    if (plugin === record.name && isOpen(client, plugin, payload.type)) {
      client.runHook(record, payload.type, payload, (abort) => ({ abort }))
      client.emit(payload, 'all', `${payload.type}:${plugin}`)
    } else actions.push(action)
  }
}
