import type { Analytics, ConsentingAnalytics } from './analytics'
import { createApi } from './api'
import { type CallQueue, createCallQueue } from './call-queue'
import { withClickIds } from './click-ids'
import type { Delivery } from './delivery/delivery'
import type { EventSequence } from './event'
import { createGuard, FAILED, type Guard } from './guard'
import { connectDelivery } from './handover'
import { readUser, type User } from './identity'
import { type Abort, type Call, run } from './lifecycle'
import { createListeners, type Listeners } from './listeners'
import { createMemoryStorage } from './memory-storage'
import { type ClientOptions, type ConsentSetup, type ResolvedOptions, resolveOptions } from './options'
import type { Payload } from './payload'
import { perform } from './perform'
import type { KeyValueStorage, Platform } from './platform'
import { createHookTable, type HookEntry, type PluginRecord, toRecord } from './plugin-registry'
import { createPrivacy, type Privacy } from './privacy'
import { createSession, type Session } from './session'
import { bootstrap, start } from './startup'
import { createState, type State } from './state'

/** The parts of a client, as they know each other. */
export interface Client extends Platform, Guard, Listeners, Pick<CallQueue, 'enqueue'> {
  options: ResolvedOptions
  instance: Analytics
  records: readonly PluginRecord[]
  state: State
  session: Session
  privacy: Privacy
  delivery: Delivery
  /** The visitor as storage had it when it was last looked at. */
  seen: User
  /** Epoch milliseconds of that look. */
  seenAtMs?: number
  /** Last number given to an event, for each combination of transports. */
  sequences: Record<string, EventSequence>
  /** Resolves when the hooks that are running now are through. */
  running: Promise<unknown>
  /** The payload of `ready`, once it was told. */
  ready?: Payload
  /** The user id of an `identify` under way, which `user('userId')` shows where nobody is known yet, as in `analytics`. */
  claimedId?: string | null
  /** Set once somebody was forgotten: nobody is taken over from other software any more. */
  hasReset?: boolean
  /** The anonymous id of whom this page forgot last. */
  forgotten?: string | null
  /** Changes of the visitor, by any client of the page, that this one knows of. */
  changes?: number
  /** Set by `close`: no timer does anything any more. */
  isClosed?: boolean
  hooks(type: string): readonly HookEntry[]
  /** What a hook comes to, or a promise of that, which never rejects. `FAILED` where it threw or was too slow. */
  runHook(record: PluginRecord, hook: string, payload: object, abort?: Abort): unknown
  /** Takes a call through the lifecycle; inside a job. */
  run(payload: Payload, details: Omit<Call, 'payload'>): void
}

type ConnectPrivacy = (client: Client, platform: Platform, places: KeyValueStorage) => Privacy

/** A client on this platform. Throws on misuse, naming the option. */
export function createClient(config: ClientOptions & { consent: ConsentSetup }, platform: Platform): ConsentingAnalytics
export function createClient(config: ClientOptions, platform: Platform): Analytics
export function createClient(config: ClientOptions, platform: Platform): Analytics {
  const options = resolveOptions(config)
  const { enqueue, open } = createCallQueue()
  const listeners = createListeners()
  const instance = {} as Analytics
  const places = options.storage === undefined ? platform.storage : (options.storage ?? createMemoryStorage())
  const records = options.plugins.map(toRecord)
  const connectPrivacy = (options.consent?.connect as ConnectPrivacy | undefined) ?? createPrivacy
  const client: Client = {
    ...platform,
    ...listeners,
    ...createGuard(options, platform, listeners),
    options,
    instance,
    records,
    enqueue,
    sequences: {},
    running: Promise.resolve(),
    hooks: createHookTable(records),
    runHook(record: PluginRecord, hook: string, payload: object, abort?: Abort) {
      if (client.privacy.lacking.includes(record)) return FAILED
      const argument = { payload, instance, config: record.view.config, plugins: client.state.plugins, abort }
      return client.guard(() => (record.plugin[hook] as (argument: object) => unknown)(argument), hook, record)
    },
    run: (payload: Payload, details: Omit<Call, 'payload'>) => run(client, payload, details),
  } as Partial<Client> as Client
  client.privacy = connectPrivacy(client, platform, places)
  client.storage = client.privacy.storage
  client.seen = readUser(client.storage)
  client.session = createSession(client, options, (session) =>
    perform(client, { type: 'sessionStart', session }, 'named'),
  )
  const context = withClickIds(client, platform.context)
  client.context = () => Object.assign(context(), client.privacy.context())
  client.state = createState(client)
  client.delivery = connectDelivery(client, platform)
  enqueue(() => start(client))
  Object.assign(instance, createApi(client))
  bootstrap(client)
  open()
  return instance
}
