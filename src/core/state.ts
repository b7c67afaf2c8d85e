import type { Client } from './client'
import type { DeliveryState } from './delivery/delivery'
import { readFirstVisit } from './first-visit'
import { createUser, type User } from './identity'
import { clientDefaults } from './options'
import type { Payload } from './payload'
import type { PluginState } from './plugin'
import type { WaitingCall } from './plugin-queue'

/** The newest calls, `options.historyLength` at most. */
export interface History {
  last: Record<string, unknown>
  history: Record<string, unknown>[]
}

/** What `getState()` shows, with the keys of `analytics` and `delivery`. */
export interface State {
  context: { offline: boolean; campaign: Record<string, string>; [key: string]: unknown }
  user: User
  page: History
  track: History
  /** Replaced, never changed, so that hooks can be given it as a snapshot. */
  plugins: Record<string, PluginState>
  queue: { actions: WaitingCall[] }
  /** Counted when it is asked for. */
  readonly delivery: DeliveryState
}

export const createState = (client: Client): State => {
  const { page, ...found } = client.context()
  const { app, version, debug } = client.options
  const extra = Object.entries(client.options).filter(([name]) => !(name in clientDefaults))
  return {
    context: {
      ...found,
      referrer: page?.referrer,
      initialized: true,
      sessionId: null,
      offline: false,
      campaign: {},
      app,
      version,
      debug,
      ...Object.fromEntries(extra),
      get first() {
        return readFirstVisit(client.storage)
      },
    },
    user: createUser(client),
    page: { last: {}, history: [] },
    track: { last: {}, history: [] },
    plugins: {},
    queue: { actions: [] },
    get delivery() {
      return client.delivery.state()
    },
  }
}

export const addToHistory = (state: History, { event, properties, options, meta }: Payload, length: number): void => {
  state.last = event ? { event, properties, meta } : { properties, meta }
  if (Object.keys(options)[0]) state.last.options = options
  if (state.history.push(state.last) > length) state.history.shift()
}

export const updatePlugin = (client: Client, name: string, changes: Partial<PluginState>): void => {
  client.state.plugins = {
    ...client.state.plugins,
    [name]: { ...(client.state.plugins[name] as PluginState), ...changes },
  }
}
