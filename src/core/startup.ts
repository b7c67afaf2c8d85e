import { toCampaign } from './campaign'
import type { Client } from './client'
import { updatePlugin } from './state'
import { isFunction } from './values'

/** What runs during construction: plugins learn their state, `bootstrap` hooks run, the page is listened to. */
export function bootstrap(client: Client): void {
  const { records, state, instance, platform, identity, session, guard, enqueue, perform } = client
  for (const record of records) {
    const { plugin, name, view } = record
    if (state.plugins[name]) throw new Error(`[firsthand] plugins: ${name}AlreadyLoaded`)
    const enabled = plugin.enabled !== false && view.config.enabled !== false
    updatePlugin(state, name, {
      enabled,
      initialized: enabled && !plugin.initialize,
      loaded: enabled && client.isLoaded(record),
      config: view.config,
    })
  }
  for (const record of records) {
    const { plugin, view } = record
    if (isFunction(plugin.bootstrap)) {
      const run = plugin.bootstrap as (argument: object) => unknown
      guard(() => run.call(plugin, { instance, config: view.config, payload: plugin }), 'bootstrap', record)
    }
  }
  platform.lifecycle.onReturn(() => {
    if (identity.reload()) session.forget()
  })
  platform.lifecycle.onConnectivity((online) => enqueue(() => perform({ type: online ? 'online' : 'offline' })))
}

/**
 * Runs when the code that made the client is through, or before its first call: so it can attach listeners, and its
 * variable is set when `initialize` hooks use it.
 */
export function start({ records, platform, identity, perform, state }: Client): void {
  identity.begin()
  const raw = platform.query()
  if (Object.keys(raw)[0]) {
    const campaign = toCampaign(raw)
    perform({ type: 'params', raw, campaign: campaign ?? {}, props: {}, traits: {} })
    if (campaign) perform({ type: 'campaign', campaign })
  }
  const isEnabled = (name: string) => !!state.plugins[name]?.enabled
  const names = records.map(({ name }) => name)
  perform({
    type: 'registerPlugins',
    plugins: names,
    enabled: Object.fromEntries(names.map((name) => [name, isEnabled(name)])),
  })
  for (const { name, plugin } of records)
    perform({ type: `registerPlugin:${name}`, name, enabled: isEnabled(name), plugin })
  perform({
    type: 'initializeStart',
    plugins: names.filter(isEnabled),
    disabled: names.filter((name) => !isEnabled(name)),
  })
}
