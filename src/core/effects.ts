import type { Client } from './client'
import { SESSION_KEY } from './constants'
import { identify, reloadUser, store } from './identity'
import type { Call } from './lifecycle'
import type { Payload } from './payload'
import { watchPlugins } from './plugin-loader'
import { drain } from './plugin-queue'
import { addToHistory, updatePlugin } from './state'

/** A payload with the keys that the phases below have. */
interface Fields extends Payload {
  key: string
  campaign: Record<string, string>
  plugins: string[]
}

type Effect = (client: Client, payload: Fields, call: Call) => void

const history: Effect = (client, payload) =>
  addToHistory(client.state[payload.type as 'page'], payload, client.options.historyLength)

const switchPlugins: Effect = (client, { plugins, type }) => {
  for (const name of plugins) updatePlugin(client, name, { enabled: type === 'enablePlugin' })
}

const switchNetwork: Effect = (client, { type }) => {
  client.state.context.offline = type === 'offline'
  for (const record of client.records) drain(client, record)
}

const storing: Effect = (client, { key, value, options }) => store(client, key, value, options)

const effects: Record<string, Effect> = {
  page: history,
  track: history,
  identify: (client, _payload, call) => identify(client, call),
  identifyEnd(client) {
    client.claimedId = null
  },
  reset(client) {
    // Whom the cookies name at this moment is forgotten as well: an answer under way may bring just these back.
    reloadUser(client, 0)
    client.privacy.forget()
    // A mark, so that the next page does not take over what other software knows of the visitor.
    client.storage.setItem(SESSION_KEY, '0')
  },
  setItem: storing,
  removeItem: storing,
  campaign(client, { campaign }) {
    client.state.context.campaign = campaign
  },
  online: switchNetwork,
  offline: switchNetwork,
  enablePlugin: switchPlugins,
  disablePlugin: switchPlugins,
  initializeEnd: (client, { plugins, disabled, fromEnable }) => watchPlugins(client, plugins, disabled, !fromEnable),
  ready(client, payload) {
    client.ready = payload
  },
}

/** What the client itself does when the hooks of a phase are through, or, where it is named, one plugin's. */
export const affect = (client: Client, call: Call, type: string, plugin?: string): void => {
  if (!plugin) effects[type]?.(client, call.payload as Fields, call)
  else if (type === 'initialize') updatePlugin(client, plugin, { initialized: true })
}
