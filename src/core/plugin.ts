import type { Analytics } from './analytics'
import type { CallPayloads, CallPhase, Payload } from './payload'
import type { Transport } from './transport'

/** Argument of every hook; the contract of `analytics` 0.8. */
export interface HookArgument<Told = Payload> {
  payload: Told
  instance: Analytics
  config: Record<string, unknown>
  /** State of all plugins at the time of the call. */
  plugins: Record<string, PluginState>
  /** `return abort(reason, ['plugin'])` in an `xStart` hook stops the call for all plugins or for those named. */
  abort(reason?: string, plugins?: readonly string[]): unknown
}

/** As a method, so that a hook may ask for a payload of its own making. */
export type Hook<Told = Payload> = { hook(argument: HookArgument<Told>): unknown }['hook']

/** `track`, `trackStart`, `trackEnd` and so on, each with the payload of its call. */
type CallHooks = {
  [Call in keyof CallPayloads as Exclude<CallPhase<Call>, `${string}Aborted`>]?: Hook<CallPayloads[Call]>
}

/** `track:other`: what one plugin makes of the payload for another. */
type ScopedHooks = {
  [Call in keyof CallPayloads as `${Call}:${string}` | `${Call}Start:${string}`]: Hook<CallPayloads[Call]>
}

/** What the client looks for in a plugin. */
interface PluginMembers extends CallHooks {
  name: string
  enabled?: boolean
  config?: object
  EVENTS?: Record<string, string>
  /** Offered as `analytics.plugins.<name>`. Each gets the client as `this.instance` and as last argument. */
  methods?: Record<string, (...args: never[]) => unknown> & ThisType<{ instance: Analytics }>
  /** Consent purposes that it needs, all of them. Default: the first of `consent({ purposes })`; `[]` needs none. */
  purposes?: readonly string[]
  /** Polled until it is true; until then calls for this plugin wait. Default: loaded at once. */
  loaded?(argument: { config: Record<string, unknown> }): unknown
  /** Runs during creation; its payload is the plugin itself. */
  bootstrap?: Hook<Plugin>
  initialize?: Hook
  ready?: Hook
  reset?: Hook
  resetStart?: Hook
  resetEnd?: Hook
}

/** A plain object with functions named after lifecycle events: `initialize`, `trackStart`, `track`, `track:other`, ... */
export interface Plugin extends PluginMembers, ScopedHooks {
  /** Hooks for all other events, and whatever else the plugin keeps. */
  [member: string]: unknown
}

/** As `getState('plugins')` shows it. */
export interface PluginState {
  enabled: boolean
  initialized: boolean
  loaded: boolean
  config: Record<string, unknown>
}

/** Any object with a name: an instance of a class, or one whose hooks have types of their own. */
export interface NamedPlugin {
  name: string
}

/** `plugins: []` takes all kinds; a transport is told by its `encode`. */
export type PluginOrTransport = Plugin | Transport | NamedPlugin
