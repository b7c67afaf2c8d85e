import type { CallOptions } from './payload'
import type { Plugin, PluginOrTransport, PluginState } from './plugin'
import type { Transport } from './transport'
import { isFunction } from './values'

export interface PluginRecord {
  name: string
  /** The caller's own object, never changed. */
  plugin: Plugin
  /** What listeners see as `plugins.<name>`: the caller's object with `loaded` and `config` filled in. */
  view: Plugin & { config: Record<string, unknown>; loaded: NonNullable<Plugin['loaded']> }
  isTransport: boolean
  /** `initialize` or `loaded` threw: it counts as not loaded. */
  isBroken?: boolean
  /** `ready:<name>` was told. */
  isAnnounced?: boolean
}

/** A plugin with a hook, and the plugins that have that hook for it (`track:other`). */
export type HookEntry = readonly [record: PluginRecord, scopes: readonly PluginRecord[]]

/** The calls that make events. */
const transportEvents = /^(page|track|identify|group|alias|screen)$/

export const toRecord = (given: PluginOrTransport): PluginRecord => {
  const plugin = given as Plugin
  // A function has a name too, but it is a Redux middleware of `analytics`, which has no meaning here.
  const name = !isFunction(given) && ((plugin?.name || plugin?.NAMESPACE) as string)
  if (!name) throw new Error('[firsthand] plugins: each needs a name')
  const { loaded = () => true, config = {} } = plugin
  const view = { __proto__: plugin, name, loaded, config } as unknown as PluginRecord['view']
  return { name, plugin, view, isTransport: isFunction((given as Transport).encode) }
}

/** Who has a hook of a name, in the order of `plugins: []`. */
export const createHookTable = (records: readonly PluginRecord[]): ((type: string) => readonly HookEntry[]) => {
  const entries: Record<string, readonly HookEntry[]> = Object.create(null)
  const having = (type: string) =>
    records.filter(({ plugin, isTransport }) => isFunction(plugin[type]) || (isTransport && transportEvents.test(type)))
  return (type) => (entries[type] ??= having(type).map((record) => [record, having(`${type}:${record.name}`)]))
}

/** Is a call with these options meant for the plugin? */
export const isChosen = (record: PluginRecord, states: Record<string, PluginState>, options?: CallOptions): boolean => {
  const { [record.name]: choice, all } = options?.plugins ?? {}
  return typeof choice === 'boolean' ? choice : all !== false && !!states[record.name]?.enabled
}

/** Names of the hooks that a plugin has. */
export const hookNames = (plugin: Plugin): string[] =>
  Object.keys(plugin).filter((key) => key !== 'loaded' && isFunction(plugin[key]))
