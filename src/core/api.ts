import type { Analytics, PluginMethods } from './analytics'
import { createCalls } from './calls'
import type { Client } from './client'
import { CONSTANTS } from './constants'
import { coreEvents } from './event-names'
import type { Listener } from './listeners'
import { hookNames } from './plugin-registry'
import type { StorageOptions } from './platform'
import { atPath, isFunction } from './values'

/** The methods of a client, in the order of `analytics`, then ours. None needs `this`. */
export function createApi(client: Client): Analytics {
  const { instance, identity, records, state, storage, enqueue, perform, delivery, platform } = client
  const { page, track, identify, reset, enable, disable } = createCalls(client)
  const { on, once } = createOn(client)
  const setItem = (key: string, value: unknown, place?: StorageOptions) =>
    enqueue(() => perform({ type: 'setItemStart', key, value, options: place }))
  const ours = records.filter(({ isTransport }) => !isTransport)
  const pluginEvents = ours.flatMap(({ plugin }) => [...hookNames(plugin), ...Object.values(plugin.EVENTS ?? {})])

  return {
    identify,
    track,
    page,
    user: (path?: string) =>
      atPath(identity.user(), path === 'id' ? 'userId' : path === 'anonId' ? 'anonymousId' : path) as never,
    reset,
    ready(callback) {
      const payload = client.ready
      if (payload && isFunction(callback)) {
        callback({ payload, instance, plugins: instance.plugins, abort: refuseAbort })
      }
      return on('ready', callback)
    },
    on,
    once,
    getState: (path?: string) => {
      const shown = {
        ...state,
        user: identity.user(),
        get delivery() {
          return delivery.state()
        },
      }
      return atPath(shown, path) as never
    },
    dispatch(action) {
      const event = typeof action === 'string' ? { type: action } : action
      if (coreEvents.includes(event.type as 'page')) throw new Error(`reserved action ${event.type}`)
      enqueue(() => perform(event))
    },
    enablePlugin: enable,
    disablePlugin: disable,
    plugins: { enable, disable, ...bindMethods(client) } as unknown as Analytics['plugins'],
    storage: {
      getItem: (key, place) => storage.getItem(key, place),
      setItem,
      removeItem: (key, place) => enqueue(() => perform({ type: 'removeItemStart', key, options: place })),
    },
    setAnonymousId: (id, place) => setItem(CONSTANTS.ANON_ID, id, place),
    events: { core: coreEvents, plugins: [...new Set(pluginEvents)].sort() },
    async flush() {
      await client.running
      return delivery.flush()
    },
    async close(limits) {
      await client.running
      client.isClosed = true
      const result = await delivery.close(limits)
      platform.lifecycle.close()
      return result
    },
  }
}

function refuseAbort(): never {
  throw new Error('listeners cannot abort')
}

function createOn(client: Client): Pick<Analytics, 'on' | 'once'> {
  const { instance, records, guard } = client
  const plugins = Object.fromEntries(records.map(({ name, view }) => [name, view]))
  const on = (name: string, listener: Listener<Analytics>) => {
    if (!name || !isFunction(listener)) return false
    if (name === 'bootstrap') throw new Error('.on disabled for bootstrap')
    return client.on(name, (payload) => {
      guard(() => listener({ payload, instance, plugins, abort: refuseAbort }), `on ${payload.type}`)
    })
  }
  const once = (name: string, listener: Listener<Analytics>) => {
    const detach =
      isFunction(listener) &&
      on(name, (argument) => {
        if (detach) detach()
        return listener(argument)
      })
    return detach
  }
  return { on, once }
}

/** Each method gets the client as `this.instance` and, for arrow functions, after its own arguments. */
function bindMethods({ records, instance }: Client): Record<string, PluginMethods> {
  const bound: Record<string, PluginMethods> = {}
  for (const { name, plugin } of records) {
    const methods = Object.entries(plugin.methods ?? {}).map(([key, method]) => {
      const run = (...args: unknown[]) => {
        args.length = Math.max(args.length, method.length)
        return method.apply({ instance }, [...args, instance] as never[])
      }
      return [key, run] as const
    })
    if (methods[0]) bound[name] = Object.fromEntries(methods)
  }
  return bound
}
