import type { Callback, CallResult } from './analytics'
import type { Client } from './client'
import { toIdentifier } from './identifier'
import type { Call } from './lifecycle'
import type { CallOptions, Payload, PayloadMeta } from './payload'
import { isFunction, isObject, toObject } from './values'

/** The calls that go through the lifecycle. Arguments as in `analytics`: the first function is the callback. */
export function createCalls(client: Client) {
  const { platform, identity, session, enqueue, guard } = client
  const newMeta = () => ({ rid: platform.id(), ts: platform.now(), hasCallback: true }) as PayloadMeta

  /** Runs a call as a job. The promise settles however its hooks end. */
  function start(args: unknown[], build: () => Payload, more: Partial<Call> = {}): Promise<CallResult> {
    const callback = args.find(isFunction) as Callback | undefined
    let isSettled = false
    const promise = new Promise<CallResult>((resolve, reject) => {
      const settled = (payload: Payload) => {
        isSettled = true
        guard(() => callback?.({ payload }), 'callback')
        resolve({ payload })
      }
      enqueue(() => {
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
  function startEvent(args: unknown[], type: string, toPayload: () => Partial<Payload>): Promise<CallResult> {
    const options: CallOptions = toObject(args[1])
    const { messageId } = options
    let asCalled: Payload
    // Properties are set one by one, since V8 is slow to spread into the middle of an object.
    const build = () => {
      const anonymousId = identity.anonymousId()
      const payload = toPayload() as Payload
      payload.options = options
      if (!payload.traits) payload.userId = identity.user().userId ?? toIdentifier(payload.properties?.userId)
      payload.anonymousId = anonymousId
      const meta: PayloadMeta = newMeta()
      const isOwnId = typeof messageId === 'string' && messageId.length <= 100 && messageId
      meta.messageId = isOwnId || meta.rid
      meta.context = Object.assign(platform.context(), toObject(options.context))
      meta.session = session.touch()
      payload.meta = meta
      asCalled = payload
      return payload
    }
    const suspended = (call: Call) => {
      if (type === 'identify') client.identify(call)
      client.hold(call, { ...asCalled, type })
    }
    return start(args, build, { suspended })
  }

  const startSystem = (args: unknown[], fields: () => { type: string; [key: string]: unknown }, more?: Partial<Call>) =>
    start(args, () => ({ ...fields(), meta: newMeta() }) as unknown as Payload, more)

  const known = (names: unknown) =>
    ([] as unknown[]).concat(names).flatMap((name) => {
      const record = client.records.find((other) => other.name === name)
      if (!record) client.fail(`no plugin named ${name}`, 'plugins')
      return record ? record.name : []
    })

  return {
    page: (...args: unknown[]) =>
      startEvent(args, 'page', () => ({
        type: 'pageStart',
        properties: Object.assign(platform.pageProperties(), toObject(args[0])),
      })),
    track(name: unknown, ...args: unknown[]) {
      const event = isObject(name) ? name.event : name
      if (!event || typeof event !== 'string') return Promise.reject(new Error('EventMissing'))
      const properties = toObject(isObject(name) ? name : args[0])
      return startEvent(args, 'track', () => ({ type: 'trackStart', event, properties }))
    },
    identify(id: unknown, ...args: unknown[]) {
      const traits = toObject(isObject(id) ? id : args[0])
      return startEvent(args, 'identify', () => {
        if (typeof id === 'string' && !toIdentifier(id)) client.fail('invalid user id', 'identify')
        const previousId = identity.user().userId
        const userId = toIdentifier(id) ?? toIdentifier(traits.userId) ?? previousId
        return { type: 'identifyStart', userId, traits, ...(previousId && previousId !== userId && { previousId }) }
      })
    },
    reset: (callback?: unknown) => startSystem([callback], () => ({ type: 'resetStart' })),
    enable(names: unknown, callback?: unknown) {
      const plugins = known(names)
      let fresh: string[]
      const fields = () => {
        client.perform({ type: 'enablePlugin', plugins })
        fresh = plugins.filter((name) => !client.state.plugins[name]?.initialized)
        return { type: 'initializeStart', plugins, disabled: [], fromEnable: true }
      }
      return startSystem([callback], fields, { admits: ({ name }) => fresh.includes(name) })
    },
    disable: (names: unknown, callback?: unknown) =>
      startSystem([callback], () => ({ type: 'disablePlugin', plugins: known(names) })),
  }
}
