import type { Analytics, PluginManagement, PluginMethods } from './analytics'
import { createCalls } from './calls'
import type { Client } from './client'
import { CONSTANTS } from './constants'
import { within } from './delivery/within'
import { coreEvents } from './event-names'
import { write } from './identity'
import type { Listener } from './listeners'
import { createOwnCalls } from './own-calls'
import { perform } from './perform'
import { hookNames } from './plugin-registry'
import { atPath, isFunction } from './values'

/** The methods of a client, in the order of `analytics`, then ours. None needs `this`. */
export const createApi = (client: Client): Analytics => {
  const { enable, disable, ...calls } = createCalls(client)
  const argument = argumentOf(client)
  const on = (name: string, listener: Listener<Analytics>) => {
    // A type of its own would make every caller ask, and only wrong calls come here.
    if (!name || !isFunction(listener)) return false as never
    if (name === 'bootstrap') throw new Error('.on disabled for bootstrap')
    return client.on(name, (payload) => {
      client.guard(() => listener({ payload, ...argument }), `on ${payload.type}`)
    })
  }
  const setItem: Analytics['storage']['setItem'] = (...item) => client.enqueue(() => write(client, ...item))
  const plugins = { enable, disable, ...methodsOf(client) } as unknown as PluginManagement &
    Record<string, PluginMethods>

  return {
    ...calls,
    ready(callback) {
      const payload = client.ready
      if (payload && isFunction(callback)) callback({ ...argument, payload, plugins })
      return on('ready', callback)
    },
    on: on as Analytics['on'],
    once(name, listener) {
      const detach =
        (isFunction(listener) as true) &&
        on(name, (told) => {
          detach()
          return listener(told as never)
        })
      return detach
    },
    getState: (path?: string) => atPath(path ? client.state : { ...client.state }, path) as never,
    dispatch(action) {
      const event = typeof action === 'string' ? { type: action } : action
      if (coreEvents.includes(event.type as 'page')) throw new Error(`reserved action ${event.type}`)
      client.enqueue(() => perform(client, event))
    },
    enablePlugin: enable,
    disablePlugin: disable,
    plugins,
    storage: {
      getItem: (key, place) => client.storage.getItem(key, place),
      setItem,
      removeItem: (key, place) => setItem(key, null, place),
    },
    setAnonymousId: (id, place) => setItem(CONSTANTS.ANON_ID, id, place),
    events: { core: coreEvents, plugins: eventsOf(client) },
    ...createOwnCalls(client),
    session: () => client.session.current(),
    ...(client.privacy.methods as Pick<Analytics, 'consent'>),
    flush: () => client.running.then(() => client.delivery.flush()),
    close: (limits) => close(client, limits),
  }
}

const argumentOf = (client: Client) => ({
  instance: client.instance,
  plugins: Object.fromEntries(client.records.map(({ name, view }) => [name, view])),
  abort(): never {
    throw new Error('listeners cannot abort')
  },
})

/** Each method gets the client as `this.instance` and, for arrow functions, after its own arguments. */
const methodsOf = (client: Client): Record<string, PluginMethods> => {
  const bound: Record<string, PluginMethods> = {}
  for (const { name, plugin } of client.records) {
    for (const key in plugin.methods) {
      const method = plugin.methods[key] as (...args: unknown[]) => unknown
      bound[name] ??= {}
      bound[name][key] = (...args) => {
        args.length = Math.max(args.length, method.length)
        return method.apply({ instance: client.instance }, [...args, client.instance])
      }
    }
  }
  return bound
}

/** Sorted names of the hooks and events of all plugins. */
const eventsOf = (client: Client): string[] => {
  const names = client.records.flatMap(({ plugin, isTransport }) =>
    isTransport ? [] : [...hookNames(plugin), ...Object.values(plugin.EVENTS ?? {})],
  )
  return [...new Set(names)].sort()
}

/** Hooks that are still running have part of the time; without a limit they have what `hookTimeoutMs` leaves them. */
const close = async (client: Client, { timeoutMs }: { timeoutMs?: number } = {}) => {
  const startMs = client.now()
  await within(client, client.running, timeoutMs)
  client.isClosed = true
  const leftMs = timeoutMs && Math.max(0, startMs + timeoutMs - client.now())
  const result = await client.delivery.close({ timeoutMs: leftMs })
  client.lifecycle.close()
  return result
}
