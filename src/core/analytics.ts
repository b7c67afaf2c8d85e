import type { ConsentState } from './decisions'
import type { FlushResult } from './delivery/delivery'
import type { EventSession, Properties, Traits } from './event'
import type { Detach, Listener, ListenerArgument } from './listeners'
import type { AnalyticsConfig, ConsentSetup } from './options'
import type { CallOptions, Payload, PayloadOf } from './payload'
import type { StorageOptions } from './platform'

/** What every call resolves to: the payload of its last phase. */
export interface CallResult {
  payload: Payload
}

export type Callback = (result: CallResult) => void

/** What `track` takes where nobody said which events there are. */
export type AnyEvents = Record<string, Properties>

/** Names and properties of the events of a product; an interface or a type, each member an object. */
export type EventMap<Events> = { [Name in keyof Events]: object }

/** What follows the name: properties may be left out only where none of them is required. */
export type TrackArguments<Own> = {} extends Own
  ? [properties?: Own | Callback | null, options?: CallOptions | Callback | null, callback?: Callback]
  : [properties: Own, options?: CallOptions | Callback | null, callback?: Callback]

/**
 * A visitor's client. With a map of events (`Analytics<{ 'Order Completed': { total: number } }>`) the compiler knows
 * names and properties. All methods may be taken off the object: `const { track } = analytics`.
 */
export interface Analytics<Events extends EventMap<Events> = AnyEvents> {
  /** Says who the visitor is. Traits of another user are forgotten. Takes effect before it returns, unless a plugin aborts it. */
  identify(
    userId?: string | number | Traits | null,
    traits?: Traits | Callback | null,
    options?: CallOptions | Callback | null,
    callback?: Callback,
  ): Promise<CallResult>
  /** Something happened. Rejects with `EventMissing` without a name. */
  track<Name extends keyof Events & string>(event: Name, ...rest: TrackArguments<Events[Name]>): Promise<CallResult>
  /** The name among the properties, as in `analytics`. */
  track<Name extends keyof Events & string>(
    event: { event: Name } & Events[Name],
    properties?: null,
    options?: CallOptions | Callback | null,
    callback?: Callback,
  ): Promise<CallResult>
  /** A page is seen. In browsers what is given is laid over title, url, path, hash, search, width, height and referrer. */
  page(
    properties?: Properties | Callback | null,
    options?: CallOptions | Callback | null,
    callback?: Callback,
  ): Promise<CallResult>
  /** `{ userId, anonymousId, traits }`, or the value at a path: `user('userId')`, `user('traits.company.name')`. */
  user(): { userId: string | null; anonymousId: string | null; traits: Traits }
  user(path: string): unknown
  /** Log-out: forgets ids, traits and session. The next event gets a new anonymous id. */
  reset(callback?: Callback): Promise<CallResult>
  /** Calls back when all plugins are loaded or given up, at once if they are. */
  ready(callback: (argument: ListenerArgument<Analytics>) => void): Detach
  /** Listens to a lifecycle event, or to all of them (`*`). Returns false, as `analytics` does, where the arguments are wrong. */
  on<Name extends string>(event: Name, listener: Listener<Analytics, PayloadOf<Name>>): Detach
  once<Name extends string>(event: Name, listener: Listener<Analytics, PayloadOf<Name>>): Detach
  /** State, or the value at a path: `getState('plugins.segment.loaded')`, `getState('delivery')`. */
  getState(): Record<string, unknown>
  getState(path: string): unknown
  /** Makes an event of one's own for plugins and listeners. Throws for the names in `EVENTS`. */
  dispatch(action: string | { type: string; [key: string]: unknown }): void
  /** @deprecated use `plugins.enable` */
  enablePlugin(names: string | readonly string[], callback?: Callback): Promise<CallResult>
  /** @deprecated use `plugins.disable` */
  disablePlugin(names: string | readonly string[], callback?: Callback): Promise<CallResult>
  /** Switches plugins and transports on and off; beside these two, the `methods` of each plugin under its name. */
  plugins: PluginManagement & Record<string, PluginMethods>
  storage: {
    getItem(key: string, options?: StorageOptions): unknown
    setItem(key: string, value: unknown, options?: StorageOptions): void
    removeItem(key: string, options?: StorageOptions): void
  }
  setAnonymousId(anonymousId: string, options?: StorageOptions): void
  /** Names of all events that there are. */
  events: { core: readonly string[]; plugins: readonly string[] }
  /** The visitor belongs to an organisation. Rejects without an id. */
  group(
    groupId: string | number,
    traits?: Traits | Callback | null,
    options?: CallOptions | Callback | null,
    callback?: Callback,
  ): Promise<CallResult>
  /**
   * Two ids are one person; the visitor stays who they are. `previousId` is by default the user id or, where nobody
   * is logged in, the anonymous id. Rejects without an id.
   */
  alias(
    userId: string | number,
    previousId?: string | number | Callback | null,
    options?: CallOptions | Callback | null,
    callback?: Callback,
  ): Promise<CallResult>
  /** What `page` is in an app. The name stands among the properties. Rejects without a name. */
  screen(
    name: string,
    properties?: Properties | Callback | null,
    options?: CallOptions | Callback | null,
    callback?: Callback,
  ): Promise<CallResult>
  /** The visit that goes on; null where none does. Starts none. */
  session(): EventSession | null
  /** There with option `consent` alone. */
  consent?: ConsentCalls
  /** Sends what waits. Resolves when everything accepted so far has a final outcome or cannot be sent now. */
  flush(): Promise<FlushResult>
  /** Flushes for at most `timeoutMs` and stops all timers. What is left stays in the journal. */
  close(options?: { timeoutMs?: number }): Promise<FlushResult>
}

/** What the visitor agrees to; docs/consent.md. `on('consent')` hears of each change. */
export interface ConsentCalls {
  /** Named purposes, or all where none is given (an empty list names none), are granted: what waited for them leaves, with the time at which it happened. */
  grant(...purposes: (string | readonly string[])[]): void
  /** Named purposes, or all, are denied: what was kept and queued for them is removed. */
  deny(...purposes: (string | readonly string[])[]): void
  /** By purpose, as the visitor and the browser's privacy signals have it. */
  state(): Record<string, ConsentState>
}

/** A client that was made with option `consent`. */
export type ConsentingAnalytics<Events extends EventMap<Events> = AnyEvents> = Analytics<Events> & {
  consent: ConsentCalls
}

/** `Analytics` of an import: throws on misuse, naming the option. */
export interface CreateAnalytics {
  <Events extends EventMap<Events> = AnyEvents>(
    config: AnalyticsConfig<Events> & { consent: ConsentSetup },
  ): ConsentingAnalytics<Events>
  <Events extends EventMap<Events> = AnyEvents>(config?: AnalyticsConfig<Events>): Analytics<Events>
}

export interface PluginManagement {
  enable(names: string | readonly string[], callback?: Callback): Promise<CallResult>
  disable(names: string | readonly string[], callback?: Callback): Promise<CallResult>
}

/** A plugin's `methods`; each gets the client as `this.instance` and as last argument. */
export type PluginMethods = Record<string, (...args: unknown[]) => unknown>
