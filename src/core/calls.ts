import type { Callback, CallResult } from './analytics'
import type { Client } from './client'
import { toIdentifier } from './identifier'
import { anonymousIdOf } from './identity'
import type { Call } from './lifecycle'
import type { CallOptions, Payload, PayloadMeta } from './payload'
import { newMeta, perform } from './perform'
import { isFunction, isObject, toObject } from './values'

// Arguments as in `analytics`: the first function is the callback.

/** Runs a call as a job. The promise settles however its hooks end. */
function start(
  client: Client,
  args: unknown[],
  build: (meta: PayloadMeta) => object,
  more?: Partial<Call>,
): Promise<CallResult> {
  const callback = args.find(isFunction) as Callback | undefined
  let isSettled = false
  const settle = (payload: Payload, resolve: (result: CallResult) => void) => {
    isSettled = true
    client.guard(() => callback?.({ payload }), 'callback')
    resolve({ payload })
  }
  const promise = new Promise<CallResult>((resolve, reject) =>
    client.enqueue(() => {
      try {
        const meta = newMeta(client)
        meta.hasCallback = true
        const payload = build(meta) as Payload
        payload.meta = meta
        client.run(payload, { ...more, settled: (result) => settle(result, resolve) })
      } catch (error) {
        reject(error)
      }
    }),
  )
  if (!isSettled) client.running = Promise.allSettled([client.running, promise])
  return promise
}

/** A call that makes an event. `build` gives the keys of its own. */
const startEvent = (client: Client, args: unknown[], build: () => object): Promise<CallResult> =>
  start(client, args, (meta) => {
    const options: CallOptions = toObject(args[1])
    const { messageId } = options
    const anonymousId = anonymousIdOf(client)
    // Properties are set one by one, since V8 is slow to spread into the middle of an object.
    const payload = build() as Payload
    payload.options = options
    if (!payload.traits) payload.userId = client.state.user.userId ?? toIdentifier(payload.properties?.userId)
    payload.anonymousId = anonymousId
    meta.messageId = (typeof messageId === 'string' && messageId.length <= 100 && messageId) || meta.rid
    meta.context = Object.assign(client.context(), toObject(options.context))
    meta.session = client.session.touch()
    return payload
  })

export const page = (client: Client, args: unknown[]): Promise<CallResult> =>
  startEvent(client, args, () => ({
    type: 'pageStart',
    properties: Object.assign(client.pageProperties(), toObject(args[0])),
  }))

export function track(client: Client, [name, ...args]: unknown[]): Promise<CallResult> {
  const event = isObject(name) ? name.event : name
  if (!event || typeof event !== 'string') return Promise.reject(new Error('EventMissing'))
  const properties = toObject(isObject(name) ? name : args[0])
  return startEvent(client, args, () => ({ type: 'trackStart', event, properties }))
}

export function identify(client: Client, [id, ...args]: unknown[]): Promise<CallResult> {
  const traits = toObject(isObject(id) ? id : args[0])
  return startEvent(client, isFunction(id) ? [id] : args, () => {
    if (typeof id === 'string' && !toIdentifier(id)) client.fail('invalid user id', 'identify')
    const previousId = client.state.user.userId
    const userId = toIdentifier(id) ?? toIdentifier(traits.userId) ?? previousId
    return { type: 'identifyStart', userId, traits, ...(previousId && previousId !== userId && { previousId }) }
  })
}

export const reset = (client: Client, callback: unknown): Promise<CallResult> =>
  start(client, [callback], () => ({ type: 'resetStart' }))

/** Names of plugins that there are; the others are told. */
const known = (client: Client, names: unknown): string[] =>
  ([] as string[]).concat(names as string[]).filter((name) => {
    const isKnown = client.records.some((record) => record.name === name)
    if (!isKnown) client.fail(`no plugin named ${name}`, 'plugins')
    return isKnown
  })

export function enable(client: Client, names: unknown, callback: unknown): Promise<CallResult> {
  const plugins = known(client, names)
  let fresh: string[]
  const build = () => {
    perform(client, { type: 'enablePlugin', plugins })
    fresh = plugins.filter((name) => !client.state.plugins[name]?.initialized)
    return { type: 'initializeStart', plugins, disabled: [], fromEnable: true }
  }
  return start(client, [callback], build, { admits: ({ name }) => fresh.includes(name) })
}

export const disable = (client: Client, names: unknown, callback: unknown): Promise<CallResult> =>
  start(client, [callback], () => ({ type: 'disablePlugin', plugins: known(client, names) }))
