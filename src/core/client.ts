import type { Analytics } from './analytics'
import { createApi } from './api'
import { type CallQueue, createCallQueue, drive } from './call-queue'
import { createEffects } from './effects'
import { createGuard, type Guard } from './guard'
import { createHandover, type Handover } from './handover'
import { createIdentity, type Identity, type User } from './identity'
import { type Call, createLifecycle, type LifecycleHost } from './lifecycle'
import { createListeners, type Listeners } from './listeners'
import { createMemoryStorage } from './memory-storage'
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './options'
import type { Payload } from './payload'
import type { KeyValueStorage, Platform } from './platform'
import type { PluginState } from './plugin'
import { createPluginQueue, type PluginQueue } from './plugin-queue'
import { createHookTable, isChosen, type PluginRecord, toRecord } from './plugin-registry'
import { createSession, type Session } from './session'
import { bootstrap, start } from './startup'
import { createState, type State } from './state'

/** An event that the client itself makes; `meta` is added. */
export type OwnEvent = { type: string; [key: string]: unknown }

/** The parts of a client, as they know each other. */
export interface Client extends Guard, Listeners, Pick<CallQueue, 'enqueue'>, Handover {
  options: ResolvedOptions
  platform: Platform
  instance: Analytics
  storage: KeyValueStorage
  records: readonly PluginRecord[]
  state: State
  identity: Identity
  session: Session
  queue: PluginQueue
  /** Set by `close`: no timer does anything any more. */
  isClosed?: boolean
  /** Resolves when the hooks that are running now are through. */
  running: Promise<unknown>
  /** The payload of `ready`, once it was told. */
  ready?: Payload
  /** Takes a call through the lifecycle; inside a job. */
  run(call: Call): void
  perform(event: OwnEvent, audience?: Call['audience']): void
  identify(call: Call): void
  isLoaded(record: PluginRecord): boolean
}

/** A client on this platform. Throws on misuse, naming the option. */
export function createClient(config: ClientOptions, platform: Platform): Analytics {
  const options = resolveOptions(config)
  const { enqueue, open } = createCallQueue()
  const listeners = createListeners()
  const guard = createGuard(options, platform, listeners)
  const client = { options, platform, instance: {}, enqueue, ...listeners, ...guard } as Client
  client.records = options.plugins.map(toRecord)
  client.state = createState(options, platform)
  client.storage = options.storage === undefined ? platform.storage : (options.storage ?? createMemoryStorage())
  client.running = Promise.resolve()
  addVisitor(client)
  addLifecycle(client)
  enqueue(() => start(client))
  Object.assign(client.instance, createApi(client))
  bootstrap(client)
  open()
  return client.instance
}

function addVisitor(client: Client) {
  const { options, platform, state, storage } = client
  client.perform = (event, audience) => {
    const meta = { rid: platform.id(), ts: platform.now() }
    client.run({ payload: { ...event, meta } as unknown as Payload, collected: [], audience })
  }
  const write = (key: string, value?: unknown) =>
    client.perform(
      value === undefined
        ? { type: 'removeItemStart', key, options: value }
        : { type: 'setItemStart', key, value, options: undefined },
    )
  client.identity = createIdentity(storage, platform.id, options.initialUser, write)
  client.identify = (call) =>
    client.identity.identify(call, (old: Partial<User>) => {
      const { userId, traits, options } = call.payload
      client.perform({ type: 'userIdChanged', old, new: { userId, traits }, options })
    })
  client.session = createSession(storage, platform.now, platform.id, options.sessionTimeoutMs, (session) => {
    state.context.sessionId = session.id
    client.perform({ type: 'sessionStart', session }, 'named')
  })
}

function addLifecycle(client: Client) {
  const { records, state, options, enqueue, emit, fail, guard } = client
  client.isLoaded = (record) =>
    !record.isBroken && guard(() => !!record.view.loaded({ config: record.view.config }), 'loaded', record) === true
  const isOpen = ({ name }: PluginRecord, type: string) => {
    const { loaded, enabled } = state.plugins[name] as PluginState
    return loaded && enabled && !(state.context.offline && /^(page|track|identify)/.test(type))
  }
  const runHook: LifecycleHost['runHook'] = (record, hook, payload, abort) => {
    const { plugin, view } = record
    const run = plugin[hook] as (argument: object) => unknown
    const argument = { payload, instance: client.instance, config: view.config, plugins: state.plugins, abort }
    return guard(() => run.call(plugin, argument), hook, record)
  }
  client.queue = createPluginQueue(state.queue.actions, options.pluginQueueLength, isOpen, { emit, runHook }, fail)
  Object.assign(client, createHandover(client))
  const lifecycle = createLifecycle({
    hooks: createHookTable(records),
    admits: (record, call) => isChosen(record, state.plugins, call.payload.options),
    emit,
    runHook,
    postpones: client.queue.postpones,
    deliver: client.deliver,
    affect: createEffects(client),
  })
  client.run = (call) => drive(settling(client, call, lifecycle(call)), enqueue)
}

/** Whatever goes wrong inside, the call ends. */
function* settling({ fail }: Client, call: Call, steps: ReturnType<ReturnType<typeof createLifecycle>>) {
  try {
    yield* steps
  } catch (error) {
    fail(error, call.payload.type)
  }
  call.settled?.(call.payload)
}
