import type { Analytics, Callback, CallResult, PluginManagement } from './analytics'
import type { Client } from './client'
import { coreEvents } from './event-names'
import { toIdentifier } from './identifier'
import { anonymousIdOf, reloadUser } from './identity'
import type { Call } from './lifecycle'
import type { CallOptions, Payload, PayloadMeta } from './payload'
import { newMeta, perform } from './perform'
import { atPath, isFunction, isObject, toObject } from './values'

type Calls = Pick<Analytics, 'identify' | 'track' | 'page' | 'user' | 'reset'> & PluginManagement

/** Arguments as in `analytics`: the first function is the callback. */
export const createCalls = (client: Client): Calls => {
  return {
    identify(id, ...args) {
      const traits = toObject(isObject(id) ? id : args[0])
      return startEvent(client, isFunction(id) ? [id] : args, () => {
        if (typeof id === 'string' && !toIdentifier(id)) client.fail('invalid user id', 'identify')
        const previousId = client.state.user.userId
        const userId = toIdentifier(id) ?? toIdentifier(traits.userId) ?? previousId
        client.claimedId = userId
        return { type: 'identifyStart', userId, traits, ...(previousId && previousId !== userId && { previousId }) }
      })
    },
    track(name, ...args) {
      const event = isObject(name) ? name.event : name
      if (!event || typeof event !== 'string') return Promise.reject(new Error('EventMissing'))
      const properties = toObject(isObject(name) ? name : args[0])
      return startEvent(client, args, () => ({ type: 'trackStart', event, properties }))
    },
    page: (...args) =>
      startEvent(client, args, () => ({
        type: 'pageStart',
        properties: Object.assign(client.pageProperties(), toObject(args[0])),
      })),
    user: (path?: string) => userOf(client, path) as never,
    reset: (callback) => start(client, [callback], () => ({ type: 'resetStart' })),
    enable(names, callback) {
      const plugins = knownOf(client, names)
      let fresh: string[]
      const build = () => {
        perform(client, { type: 'enablePlugin', plugins })
        fresh = plugins.filter((name) => !client.state.plugins[name]?.initialized)
        return { type: 'initializeStart', plugins, disabled: [], fromEnable: true }
      }
      return start(client, [callback], build, ({ name }) => fresh.includes(name))
    },
    disable: (names, callback) =>
      start(client, [callback], () => ({ type: 'disablePlugin', plugins: knownOf(client, names) })),
  } as Calls
}

const userOf = (client: Client, path?: string): unknown => {
  if (path === 'userId' || path === 'id') return client.state.user.userId ?? client.claimedId ?? null
  return atPath(client.state.user, path === 'anonId' ? 'anonymousId' : path)
}

/** A call that makes an event. `build` gives the keys of its own; options are the second of these arguments. */
export const startEvent = (client: Client, args: unknown[], build: () => object): Promise<CallResult> =>
  start(client, args, (meta) => {
    const options: CallOptions = toObject(args[1])
    const { messageId } = options
    // A tab in the background is not told that another one logged out: its events would be of the user before.
    reloadUser(client)
    const anonymousId = anonymousIdOf(client)
    // Properties are set one by one, since V8 is slow to spread into the middle of an object.
    const payload = build() as Payload
    payload.options = options
    if (payload.userId === undefined)
      payload.userId = client.state.user.userId ?? toIdentifier(payload.properties?.userId)
    payload.anonymousId = anonymousId
    meta.messageId = (typeof messageId === 'string' && messageId.length <= 100 && messageId) || meta.rid
    meta.context = Object.assign(client.context(), toObject(options.context))
    meta.session = client.session.touch()
    client.state.context.sessionId = meta.session.id
    if (payload.event) client.options.schemas?.validate(client as never, payload as never, meta as never)
    return payload
  })

/** Names of plugins that there are; the others are told. */
const knownOf = (client: Client, names: string | readonly string[]): string[] =>
  ([] as string[]).concat(names).filter((name) => {
    const isKnown = client.records.some((record) => record.name === name)
    if (!isKnown) client.fail(`no plugin named ${name}`, 'plugins')
    return isKnown
  })

/** Runs a call as a job. The promise settles however its hooks end. */
const start = (
  client: Client,
  args: unknown[],
  build: (meta: PayloadMeta) => object,
  admits?: Call['admits'],
): Promise<CallResult> => {
  const callback = args.find(isFunction) as Callback | undefined
  let isSettled: boolean | undefined
  const promise = new Promise<CallResult>((resolve, reject) => {
    const settled = (payload: Payload) => {
      isSettled = true
      client.guard(() => callback?.({ payload }), 'callback')
      resolve({ payload })
    }
    client.enqueue(() => {
      try {
        const meta = newMeta(client)
        meta.hasCallback = true
        const payload = build(meta) as Payload
        payload.meta = meta
        client.run(payload, {
          settled,
          admits,
          audience: coreEvents.includes(payload.type as 'page') ? 'all' : 'named',
        })
      } catch (error) {
        reject(error)
      }
    })
  })
  if (!isSettled) client.running = Promise.allSettled([client.running, promise])
  return promise
}
