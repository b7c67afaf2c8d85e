import type { Callback, CallResult } from './analytics'
import type { Client } from './client'
import { hold } from './handover'
import { anonymousIdOf, identify as becomeUser, reloadUser } from './identity'
import { toIdentifier } from './identifier'
import type { Call } from './lifecycle'
import type { CallOptions, Payload, PayloadMeta } from './payload'
import { perform } from './perform'
import { isFunction, isObject, toObject } from './values'

// Arguments as in `analytics`: the first function is the callback.

const newMeta = ({ platform }: Client): PayloadMeta => ({ rid: platform.id(), ts: platform.now(), hasCallback: true })

/** Runs a call as a job. The promise settles however its hooks end. */
function start(client: Client, args: unknown[], build: () => Payload, more?: Partial<Call>): Promise<CallResult> {
  const callback = args.find(isFunction) as Callback | undefined
  let isSettled = false
  const promise = new Promise<CallResult>((resolve, reject) => {
    const settled = (payload: Payload) => {
      isSettled = true
      client.guard(() => callback?.({ payload }), 'callback')
      resolve({ payload })
    }
    client.enqueue(() => {
      try {
        client.run({ payload: build(), collected: [], settled, ...more })
      } catch (error) {
        reject(error)
      }
    })
  })
  if (!isSettled) client.running = Promise.allSettled([client.running, promise])
  return promise
}

/** A call that makes an event. `toPayload` gives the keys of its own; the order of keys is that of `analytics`. */
function startEvent(client: Client, args: unknown[], type: string, toPayload: () => object): Promise<CallResult> {
  const { platform, session, state } = client
  const options: CallOptions = toObject(args[1])
  const { messageId } = options
  let asCalled: Payload
  // Properties are set one by one, since V8 is slow to spread into the middle of an object.
  const build = () => {
    if (reloadUser(client)) session.forget()
    const anonymousId = anonymousIdOf(client)
    const payload = toPayload() as Payload
    payload.options = options
    if (!payload.traits) payload.userId = state.user.userId ?? toIdentifier(payload.properties?.userId)
    payload.anonymousId = anonymousId
    const meta = newMeta(client)
    const isOwnId = typeof messageId === 'string' && messageId.length <= 100 && messageId
    meta.messageId = isOwnId || meta.rid
    meta.context = Object.assign(platform.context(), toObject(options.context))
    meta.session = session.touch()
    payload.meta = meta
    asCalled = payload
    return payload
  }
  const suspended = (call: Call) => {
    if (type === 'identify') becomeUser(client, call)
    hold(client, call, { ...asCalled, type })
  }
  return start(client, args, build, { suspended })
}

type System = () => { type: string; [key: string]: unknown }

const startSystem = (client: Client, callback: unknown, toFields: System, more?: Partial<Call>): Promise<CallResult> =>
  start(client, [callback], () => ({ ...toFields(), meta: newMeta(client) }) as unknown as Payload, more)

export const page = (client: Client, args: unknown[]): Promise<CallResult> =>
  startEvent(client, args, 'page', () => ({
    type: 'pageStart',
    properties: Object.assign(client.platform.pageProperties(), toObject(args[0])),
  }))

export function track(client: Client, [name, ...args]: unknown[]): Promise<CallResult> {
  const event = isObject(name) ? name.event : name
  if (!event || typeof event !== 'string') return Promise.reject(new Error('EventMissing'))
  const properties = toObject(isObject(name) ? name : args[0])
  return startEvent(client, args, 'track', () => ({ type: 'trackStart', event, properties }))
}

export function identify(client: Client, [id, ...args]: unknown[]): Promise<CallResult> {
  const traits = toObject(isObject(id) ? id : args[0])
  return startEvent(client, isFunction(id) ? [id] : args, 'identify', () => {
    if (typeof id === 'string' && !toIdentifier(id)) client.fail('invalid user id', 'identify')
    const previousId = client.state.user.userId
    const userId = toIdentifier(id) ?? toIdentifier(traits.userId) ?? previousId
    return { type: 'identifyStart', userId, traits, ...(previousId && previousId !== userId && { previousId }) }
  })
}

export const reset = (client: Client, callback: unknown): Promise<CallResult> =>
  startSystem(client, callback, () => ({ type: 'resetStart' }))

/** Names of plugins that there are; the others are told. */
const known = ({ records, fail }: Client, names: unknown): string[] =>
  ([] as unknown[]).concat(names).flatMap((name) => {
    const record = records.find((other) => other.name === name)
    if (!record) fail(`no plugin named ${name}`, 'plugins')
    return record ? record.name : []
  })

export function enable(client: Client, names: unknown, callback: unknown): Promise<CallResult> {
  const plugins = known(client, names)
  let fresh: string[]
  const toFields = () => {
    perform(client, { type: 'enablePlugin', plugins })
    fresh = plugins.filter((name) => !client.state.plugins[name]?.initialized)
    return { type: 'initializeStart', plugins, disabled: [], fromEnable: true }
  }
  return startSystem(client, callback, toFields, { admits: ({ name }) => fresh.includes(name) })
}

export const disable = (client: Client, names: unknown, callback: unknown): Promise<CallResult> =>
  startSystem(client, callback, () => ({ type: 'disablePlugin', plugins: known(client, names) }))
