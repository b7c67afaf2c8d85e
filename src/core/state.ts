import { clientDefaults, type ResolvedOptions } from './options'
import type { User } from './identity'
import type { Payload } from './payload'
import type { Platform } from './platform'
import type { PluginState } from './plugin'
import type { WaitingCall } from './plugin-queue'

/** The newest calls, `options.historyLength` at most. */
export interface History {
  last: Record<string, unknown>
  history: Record<string, unknown>[]
}

/** What `getState()` shows beside `delivery`, with the keys of `analytics`. */
export interface State {
  context: { offline: boolean; campaign: Record<string, string>; [key: string]: unknown }
  user: User
  page: History
  track: History
  /** Replaced, never changed, so that hooks can be given it as a snapshot. */
  plugins: Record<string, PluginState>
  queue: { actions: WaitingCall[] }
}

export function createState(options: ResolvedOptions, platform: Platform, user: User): State {
  const { userAgent, library, timezone, locale, page } = platform.context()
  const { app, version, debug } = options
  const extra = Object.entries(options).filter(([name]) => !(name in clientDefaults))
  const found = { app, version, debug, userAgent, library, timezone, locale, referrer: page?.referrer }
  return {
    context: {
      initialized: true,
      sessionId: null,
      offline: false,
      campaign: {},
      ...found,
      ...Object.fromEntries(extra),
    },
    user,
    page: { last: {}, history: [] },
    track: { last: {}, history: [] },
    plugins: {},
    queue: { actions: [] },
  }
}

export function addToHistory(state: History, { event, properties, options, meta }: Payload, length: number): void {
  state.last = event ? { event, properties, meta } : { properties, meta }
  if (Object.keys(options)[0]) state.last.options = options
  if (state.history.push(state.last) > length) state.history.shift()
}

export function updatePlugin(state: State, name: string, changes: Partial<PluginState>): void {
  state.plugins = { ...state.plugins, [name]: { ...(state.plugins[name] as PluginState), ...changes } }
}
