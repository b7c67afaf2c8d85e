import type { Analytics } from './analytics'
import { createApi } from './api'
import { type CallQueue, createCallQueue } from './call-queue'
import type { Delivery } from './delivery/delivery'
import type { EventSequence } from './event'
import { createGuard, type Guard } from './guard'
import { connectDelivery } from './handover'
import { readUser, type User } from './identity'
import { type Abort, type Call, run } from './lifecycle'
import { createListeners, type Listeners } from './listeners'
import { createMemoryStorage } from './memory-storage'
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './options'
import type { Payload } from './payload'
import { perform } from './perform'
import type { Platform } from './platform'
import { createHookTable, type HookEntry, type PluginRecord, toRecord } from './plugin-registry'
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
  delivery: Delivery
  /** The visitor as storage had it when it was last looked at. */
  seen: User
  /** Last number given to an event, for each combination of transports. */
  sequences: Record<string, EventSequence>
  /** Resolves when the hooks that are running now are through. */
  running: Promise<unknown>
  /** The payload of `ready`, once it was told. */
  ready?: Payload
  /** Set by `close`: no timer does anything any more. */
  isClosed?: boolean
  hooks(type: string): readonly HookEntry[]
  /** What a hook comes to, or a promise of that, which never rejects. `FAILED` where it threw or was too slow. */
  runHook(record: PluginRecord, hook: string, payload: object, abort?: Abort): unknown
  /** Takes a call through the lifecycle; inside a job. */
  run(payload: Payload, details: Omit<Call, 'payload'>): void
}

/** A client on this platform. Throws on misuse, naming the option. */
export function createClient(config: ClientOptions, platform: Platform): Analytics {
  const options = resolveOptions(config)
  const { enqueue, open } = createCallQueue()
  const listeners = createListeners()
  const instance = {} as Analytics
  const storage = options.storage === undefined ? platform.storage : (options.storage ?? createMemoryStorage())
  const records = options.plugins.map(toRecord)
  const client: Client = {
    ...platform,
    ...listeners,
    ...createGuard(options, platform, listeners),
    options,
    instance,
    storage,
    records,
    enqueue,
    seen: readUser(storage),
    sequences: {},
    running: Promise.resolve(),
    hooks: createHookTable(records),
    runHook(record: PluginRecord, hook: string, payload: object, abort?: Abort) {
      const { plugin, view } = record
      const argument = { payload, instance, config: view.config, plugins: client.state.plugins, abort }
      return client.guard(() => (plugin[hook] as (argument: object) => unknown)(argument), hook, record)
    },
    run: (payload: Payload, details: Omit<Call, 'payload'>) => run(client, payload, details),
    session: createSession(storage, platform.now, platform.id, options.sessionTimeoutMs, (session) =>
      perform(client, { type: 'sessionStart', session }, 'named'),
    ),
  } as Partial<Client> as Client
  client.state = createState(client)
  client.delivery = connectDelivery(client, platform)
  enqueue(() => start(client))
  Object.assign(instance, createApi(client))
  bootstrap(client)
  open()
  return instance
}
