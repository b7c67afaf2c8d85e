import type { Client } from './client'
import { SESSION_KEY } from './constants'
import type { LifecycleHost } from './lifecycle'
import type { Payload } from './payload'
import { watchPlugins } from './plugin-loader'
import { hookNames, type PluginRecord } from './plugin-registry'
import { addToHistory, updatePlugin } from './state'

/** A payload with the keys that the phases of the table have. */
interface Fields extends Payload {
  key: string
  campaign: Record<string, string>
  plugins: string[]
  disabled: string[]
}

/** What the client itself does when the hooks of a phase are through, before listeners hear of it. */
export function createEffects(client: Client): LifecycleHost['affect'] {
  const { state, storage, identity, session, options, platform, records, enqueue, perform } = client
  const announced = new Set<PluginRecord>()
  const { drain } = client.queue

  function loaded(record: PluginRecord) {
    const { name, plugin } = record
    updatePlugin(state, name, { loaded: true })
    if (!announced.has(record)) {
      announced.add(record)
      enqueue(() => perform({ type: `ready:${name}`, name, events: hookNames(plugin) }))
    }
    enqueue(() => drain(record))
  }

  function watch(names: string[], disabled: string[], isFirst: boolean) {
    const chosen = records.filter(({ name }) => names.includes(name))
    const setTimer: typeof platform.setTimer = (callback, delayMs) =>
      platform.setTimer(() => client.isClosed || callback(), delayMs)
    watchPlugins(chosen, setTimer, client.isLoaded, loaded, (plugins, failed) => {
      for (const name of failed) updatePlugin(state, name, { loaded: false })
      // Not at once: a page() made right after the client goes first, and a listener attached then hears of it.
      if (isFirst) Promise.resolve().then(() => enqueue(() => perform({ type: 'ready', plugins, failed, disabled })))
    })
  }

  const effects: Record<string, (payload: Fields) => void> = {
    page: (payload) => addToHistory(state.page, payload, options.historyLength),
    track: (payload) => addToHistory(state.track, payload, options.historyLength),
    reset() {
      identity.reset()
      session.forget()
      storage.removeItem(SESSION_KEY)
    },
    setItem({ key, value, options: place }) {
      storage.setItem(key, value, place)
      identity.stored(key, value)
    },
    removeItem({ key, options: place }) {
      storage.removeItem(key, place)
      identity.stored(key)
    },
    setItemEnd: ({ key, value, abort }) => abort || identity.learn(key, value),
    campaign({ campaign }) {
      state.context.campaign = campaign
    },
    online() {
      state.context.offline = false
      records.forEach(drain)
    },
    offline() {
      state.context.offline = true
    },
    enablePlugin: ({ plugins }) => plugins.forEach((name: string) => updatePlugin(state, name, { enabled: true })),
    disablePlugin: ({ plugins }) => plugins.forEach((name: string) => updatePlugin(state, name, { enabled: false })),
    initializeEnd: ({ plugins, disabled, fromEnable }) => watch(plugins, disabled, !fromEnable),
    ready(payload) {
      client.ready = payload
    },
  }

  return (call, type, plugin) => {
    if (plugin) {
      if (type === 'initialize') updatePlugin(state, plugin, { initialized: true })
    } else if (type === 'identify') client.identify(call)
    else effects[type]?.(call.payload as Fields)
  }
}
