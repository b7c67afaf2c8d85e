import type { QueueLimits } from './delivery/create-delivery'
import type { KeyValueStorage } from './platform'
import type { Plugin, PluginOrTransport } from './plugin'
import { isObject } from './values'

/** Options of `Analytics(config)`. Further keys are shown in `getState('context')`, as in `analytics`. */
export interface ClientOptions {
  /** Name of the site or app, shown in `getState('context')`. @default null */
  app?: string | null
  /** Version of the site or app, shown in `getState('context')`. @default null */
  version?: string | number | null
  /** Also writes to the console what `on('error')` listeners are told, and how many events were dropped. @default false */
  debug?: boolean
  /** Plugins and transports, in the order in which their hooks run. @default [] */
  plugins?: readonly PluginOrTransport[]
  /** Keeps ids, session and traits elsewhere; `null` keeps them in memory. @default undefined: cookies, then localStorage, then memory */
  storage?: KeyValueStorage | null
  /** Who the visitor is, where the page knows it; goes before what is stored. @default {} */
  initialUser?: InitialUser
  /** A visit ends after this long without an event. @default 1800000 (30 minutes) */
  sessionTimeoutMs?: number
  /** A page that is entered by another campaign than that of the visit starts a new one. @default false */
  sessionOnCampaign?: boolean
  /** A visit ends at midnight, by the visitor's clock. @default false */
  sessionAtMidnight?: boolean
  /** A hook that takes longer is reported as an error, and the call goes on without it. @default 10000 */
  hookTimeoutMs?: number
  /** How many calls `getState('page').history` and `getState('track').history` keep. @default 100 */
  historyLength?: number
  /** How many calls wait for plugins that are not loaded; the oldest goes and is reported. @default 1000 */
  pluginQueueLength?: number
  /** `schemas({ ... })` of `firsthand/schemas`: properties are checked when an event is tracked; docs/payload.md. @default undefined */
  schemas?: SchemasSetup
  /** `linker({ domains })` of `firsthand/plugins/linker`: the anonymous id goes along to other domains of yours. @default undefined */
  linker?: Plugin
  /** Domain of the cookies; `''` is this host alone. Browser only. @default undefined: the widest that the browser accepts */
  cookieDomain?: string
  /** `consent(options)` of `firsthand/consent`: the visitor decides; docs/consent.md. @default undefined: all that the browser's signals allow */
  consent?: ConsentSetup
  /** The browser's Global Privacy Control denies the purposes `advertising` and `sale`. @default true */
  globalPrivacyControl?: boolean
  /** The browser's Do Not Track, or Global Privacy Control, denies all purposes. @default false */
  doNotTrack?: boolean
  /** Keeps nothing in the browser; ids last as long as the page. @default false */
  cookieless?: boolean
  /** Limits of the queue of events that wait for delivery. @default {}: those in docs/journal.md */
  queue?: Partial<QueueLimits>
}

/** What `Analytics(config)` takes. Without a map of events the schemas say which events there are. */
export type AnalyticsConfig<Events> = ClientOptions & { schemas?: SchemasSetup<Events> } & Record<string, unknown>

/** What `consent()` returns, for a client to use. */
export interface ConsentSetup {
  connect(client: never, platform: never, places: never): object
}

/** What `schemas()` returns, for a client to use. */
export interface SchemasSetup<Events = never> {
  validate(client: never, payload: never, meta: never): void
  /** For the compiler alone. */
  events?(events: Events): void
}

export interface InitialUser {
  userId?: string | number | null
  anonymousId?: string | null
  traits?: Record<string, unknown>
}

export const clientDefaults = {
  app: null,
  version: null,
  debug: false,
  plugins: [],
  storage: undefined,
  initialUser: {},
  sessionTimeoutMs: 30 * 60_000,
  sessionOnCampaign: false,
  sessionAtMidnight: false,
  hookTimeoutMs: 10_000,
  historyLength: 100,
  pluginQueueLength: 1000,
  schemas: undefined,
  linker: undefined,
  cookieDomain: undefined,
  consent: undefined,
  globalPrivacyControl: true,
  doNotTrack: false,
  cookieless: false,
  queue: {},
} satisfies { [Name in keyof Required<ClientOptions>]: ClientOptions[Name] }

type WithoutDefault = 'storage' | 'cookieDomain' | 'linker' | 'consent' | 'schemas'

export type ResolvedOptions = Required<Omit<ClientOptions, WithoutDefault>> & Pick<ClientOptions, WithoutDefault>

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'an array' : typeof value === 'number' && !(value > 0) ? 'too small' : typeof value

/** Throws where an option is not what it has to be. */
const must = (isSo: unknown, name: string, expected: string): void => {
  if (!isSo) throw new Error(`[firsthand] ${name}: expected ${expected}`)
}

/** Applies the defaults; throws where a value is not of the default's kind, naming the option. */
export const resolveOptions = (config: ClientOptions): ResolvedOptions => {
  must(isObject(config), 'config', 'an object')
  const options: Record<string, unknown> = { ...config }
  for (const [name, value] of Object.entries(clientDefaults)) {
    options[name] ??= value
    const expected = kindOf(value)
    must(!value || kindOf(options[name]) === expected, name, expected)
  }
  for (const [name, value] of Object.entries(options.queue as object)) must(value > 0, `queue.${name}`, 'a number')
  // Not the default, but memory.
  if (config.storage === null) options.storage = null
  const { consent, linker, schemas, storage } = config
  must(!storage || storage.getItem, 'storage', 'an object with getItem')
  must(!consent || consent.connect, 'consent', "consent({...}) from 'firsthand/consent'")
  must(!schemas || schemas.validate, 'schemas', "schemas({...}) from 'firsthand/schemas'")
  if (linker) {
    must(linker.name, 'linker', "linker({...}) from 'firsthand/plugins/linker'")
    if (!options.cookieless) options.plugins = [...(options.plugins as []), linker]
  }
  return options as unknown as ResolvedOptions
}
