import { toCampaign } from './campaign'
import type { Client } from './client'
import { createUser, reloadUser, saveUser } from './identity'
import { perform } from './perform'
import { isLoaded } from './plugin-loader'
import type { PluginRecord } from './plugin-registry'
import { updatePlugin } from './state'

/** What runs during construction: plugins get their state, `bootstrap` hooks run, the page is listened to. */
export const bootstrap = (client: Client): void => {
  for (const record of client.records) {
    const { plugin, name } = record
    const { config } = record.view
    if (client.state.plugins[name]) throw new Error(`[firsthand] plugins: ${name}AlreadyLoaded`)
    const enabled = plugin.enabled !== false && config.enabled !== false
    const loaded = enabled && !client.privacy.lacking.includes(record) && isLoaded(client, record)
    updatePlugin(client, name, { enabled, initialized: enabled && !plugin.initialize, loaded, config })
  }
  for (const record of client.records) if (record.plugin.bootstrap) client.runHook(record, 'bootstrap', record.plugin)
  client.lifecycle.onReturn(() => void reloadUser(client, 0))
  client.lifecycle.onConnectivity((online) =>
    client.enqueue(() => perform(client, { type: online ? 'online' : 'offline' })),
  )
}

/**
 * Runs when the code that made the client is through, or before its first call: so it can attach listeners, and its
 * variable is set when `initialize` hooks use it.
 */
export const start = (client: Client): void => {
  // Another client of this page, or another tab, may have been quicker.
  if (reloadUser(client, 0)) client.state.user = createUser(client)
  // The first call looks again.
  client.seenAtMs = -Infinity
  saveUser(client)
  const raw = client.query()
  if (Object.keys(raw)[0]) {
    const { gclid, dclid } = raw
    const campaign = { ...toCampaign(raw), ...(gclid && { gclid }), ...(dclid && { dclid }) }
    perform(client, { type: 'params', raw, campaign, props: {}, traits: {} })
    if (Object.keys(campaign)[0]) {
      perform(client, { type: 'campaign', campaign })
      if (client.options.sessionOnCampaign) client.session.arrive(campaign)
    }
  }
  const isEnabled = (record: PluginRecord) =>
    !!client.state.plugins[record.name]?.enabled && !client.privacy.lacking.includes(record)
  const enabled = Object.fromEntries(client.records.map((record) => [record.name, isEnabled(record)]))
  const plugins = Object.keys(enabled)
  perform(client, { type: 'registerPlugins', plugins, enabled })
  for (const { name, plugin } of client.records) {
    perform(client, { type: `registerPlugin:${name}`, name, enabled: enabled[name], plugin })
  }
  perform(client, {
    type: 'initializeStart',
    plugins: plugins.filter((name) => enabled[name]),
    disabled: plugins.filter((name) => !enabled[name]),
  })
}
