import type { Payload } from './payload'
import type { Transport } from './transport'

/** Argument of every hook; the contract of `analytics` 0.8. */
export interface HookArgument<Instance = unknown> {
  payload: Payload
  instance: Instance
  config: Record<string, unknown>
  /** State of all plugins at the time of the call. */
  plugins: Record<string, PluginState>
  /** `return abort(reason, ['plugin'])` in an `xStart` hook stops the call for all plugins or for those named. */
  abort(reason?: string, plugins?: readonly string[]): unknown
}

export type Hook<Instance = unknown> = (argument: HookArgument<Instance>) => unknown

/** A plain object with functions named after lifecycle events: `initialize`, `trackStart`, `track`, `track:other`, ... */
export interface Plugin {
  name: string
  enabled?: boolean
  config?: Record<string, unknown>
  EVENTS?: Record<string, string>
  methods?: Record<string, (...args: never[]) => unknown>
  /** Polled until it is true; until then calls for this plugin wait. Default: loaded at once. */
  loaded?(argument: { config: Record<string, unknown> }): boolean
  /** `Hook` for lifecycle events; `unknown` so that any object written for `analytics` fits. */
  [member: string]: unknown
}

/** As `getState('plugins')` shows it. */
export interface PluginState {
  enabled: boolean
  initialized: boolean
  loaded: boolean
  config: Record<string, unknown>
}

/** `plugins: []` takes both kinds; a transport is told by its `encode`. */
export type PluginOrTransport = Plugin | Transport
