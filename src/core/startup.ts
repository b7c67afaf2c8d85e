import { toCampaign } from './campaign'
import type { Client } from './client'
import { reloadUser, saveUser } from './identity'
import { perform } from './perform'
import { isLoaded } from './plugin-loader'
import { updatePlugin } from './state'
import { isFunction } from './values'

/** What runs during construction: plugins get their state, `bootstrap` hooks run, the page is listened to. */
export function bootstrap(client: Client): void {
  const { records, state, instance, platform, session, guard, enqueue } = client
  for (const record of records) {
    const { plugin, name, view } = record
    const { config } = view
    if (state.plugins[name]) throw new Error(`[firsthand] plugins: ${name}AlreadyLoaded`)
    const enabled = plugin.enabled !== false && config.enabled !== false
    const loaded = enabled && isLoaded(client, record)
    updatePlugin(state, name, { enabled, initialized: enabled && !plugin.initialize, loaded, config })
  }
  for (const record of records) {
    const { plugin, view } = record
    const run = plugin.bootstrap as (argument: object) => unknown
    const argument = { instance, config: view.config, payload: plugin }
    if (isFunction(run)) guard(() => run.call(plugin, argument), 'bootstrap', record)
  }
  platform.lifecycle.onReturn(() => {
    if (reloadUser(client)) session.forget()
  })
  platform.lifecycle.onConnectivity((online) => enqueue(() => perform(client, { type: online ? 'online' : 'offline' })))
}

/**
 * Runs when the code that made the client is through, or before its first call: so it can attach listeners, and its
 * variable is set when `initialize` hooks use it.
 */
export function start(client: Client): void {
  const { records, platform, state } = client
  saveUser(client)
  const raw = platform.query()
  if (Object.keys(raw)[0]) {
    const campaign = toCampaign(raw)
    perform(client, { type: 'params', raw, campaign: campaign ?? {}, props: {}, traits: {} })
    if (campaign) perform(client, { type: 'campaign', campaign })
  }
  const names = records.map(({ name }) => name)
  const enabled = Object.fromEntries(names.map((name) => [name, !!state.plugins[name]?.enabled]))
  perform(client, { type: 'registerPlugins', plugins: names, enabled })
  for (const { name, plugin } of records) {
    perform(client, { type: `registerPlugin:${name}`, name, enabled: enabled[name], plugin })
  }
  const disabled = names.filter((name) => !enabled[name])
  perform(client, { type: 'initializeStart', plugins: names.filter((name) => enabled[name]), disabled })
}
