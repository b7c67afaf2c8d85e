import type { QueueLimits } from './delivery/create-delivery'
import type { KeyValueStorage } from './platform'
import type { PluginOrTransport } from './plugin'

/** Options of `Analytics(config)`. Further keys are shown in `getState('context')`, as in `analytics`. */
export interface ClientOptions {
  /** Name of the site or app, shown in `getState('context')`. @default null */
  app?: string | null
  /** Version of the site or app, shown in `getState('context')`. @default null */
  version?: string | number | null
  /** Also writes to the console what `on('error')` listeners are told. @default false */
  debug?: boolean
  /** Plugins and transports, in the order in which their hooks run. @default [] */
  plugins?: readonly PluginOrTransport[]
  /** Keeps ids, session and traits elsewhere; `null` keeps them in memory. @default undefined: cookies, then localStorage, then memory */
  storage?: KeyValueStorage | null
  /** Who the visitor is, where the page knows it; goes before what is stored. @default {} */
  initialUser?: InitialUser
  /** A visit ends after this long without an event. @default 1800000 (30 minutes) */
  sessionTimeoutMs?: number
  /** A hook that takes longer is reported as an error, and the call goes on without it. @default 10000 */
  hookTimeoutMs?: number
  /** How many calls `getState('page').history` and `getState('track').history` keep. @default 100 */
  historyLength?: number
  /** How many calls wait for plugins that are not loaded; the oldest goes and is reported. @default 1000 */
  pluginQueueLength?: number
  /** Domain of the cookies; `''` is this host alone. Browser only. @default undefined: the widest that the browser accepts */
  cookieDomain?: string
  /** Limits of the queue of events that wait for delivery. @default {}: those in docs/journal.md */
  queue?: Partial<QueueLimits>
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
  hookTimeoutMs: 10_000,
  historyLength: 100,
  pluginQueueLength: 1000,
  cookieDomain: undefined,
  queue: {},
} satisfies { [Name in keyof Required<ClientOptions>]: ClientOptions[Name] }

export type ResolvedOptions = Required<Omit<ClientOptions, 'storage' | 'cookieDomain'>> &
  Pick<ClientOptions, 'storage' | 'cookieDomain'>

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'an array' : typeof value === 'number' && !(value > 0) ? 'too small' : typeof value

/** Applies the defaults; throws where a value is not of the default's kind, naming the option. */
export function resolveOptions(config: ClientOptions): ResolvedOptions {
  const options: Record<string, unknown> = { ...config }
  for (const [name, value] of Object.entries(clientDefaults)) {
    options[name] ??= value
    const expected = kindOf(value)
    if (value && kindOf(options[name]) !== expected) throw new Error(`[firsthand] ${name}: expected ${expected}`)
  }
  // Not the default, but memory.
  if (config.storage === null) options.storage = null
  return options as unknown as ResolvedOptions
}
