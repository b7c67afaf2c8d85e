import { isFunction, isObject, toObject } from '../core/values'
import { currentLocation, warn } from './globals'

/** What the stub wrote down: first that a client was made, then each call of it. */
export type StubEntry = Creation | Call

type Creation = [client: object, config: never]

/** When it was called is in epoch milliseconds. */
type Call = [client: object, path: PropertyKey[], args: unknown[], settle: Settle, calledAt: number, href: string]

type Settle = (result: unknown) => void

/** The calls that make events. */
const eventCalls = /^(page|track|identify|group|alias|screen)$/

/**
 * Makes the clients that the stub promised, and all calls in their order. The objects that the page holds become real
 * clients; methods that it took off them go on working.
 */
export const replay = (queue: StubEntry[], init: (config: never) => object): void => {
  const failures = new Map<object, unknown>()

  function create([client, config]: Creation) {
    try {
      Object.setPrototypeOf(Object.assign(client, init(withTransports(config) as never)), Object.prototype)
    } catch (error) {
      failures.set(client, error)
      warn(`${error}`)
    }
  }
  function run(entry: StubEntry) {
    if (entry.length === 2) return create(entry)
    const [client, names, args, settle, calledAt, href] = entry
    const path = names.map(String)
    settle(
      new Promise((resolve) => {
        if (failures.has(client)) throw failures.get(client)
        resolve(make(client, path, dated(path, args, calledAt, href)))
      }),
    )
  }

  queue.push = (...entries) => {
    entries.forEach(run)
    return 0
  }
  queue.splice(0).forEach(run)
}

/** The stub gave functions for transports that it could not make yet. */
const withTransports = (config: unknown): unknown =>
  isObject(config) && Array.isArray(config.plugins)
    ? {
        ...config,
        plugins: config.plugins.map((plugin) => (isFunction(plugin) ? (plugin as () => unknown)() : plugin)),
      }
    : config

/** The stub cannot know which methods there are: no client has one for what the page's own tools look for. */
const make = (client: object, path: string[], args: unknown[]): unknown => {
  const method = path.reduce((parent: unknown, key) => toObject(parent)[key], client)
  return isFunction(method) ? method.apply(client, args as never) : warn(`no method ${path.join('.')}`)
}

/** The arguments with the time of the call and, where the page has moved on since, its address. */
const dated = (names: string[], args: unknown[], timestamp: number, href: string): unknown[] => {
  const name = names.join('.')
  if (!eventCalls.test(name)) return args
  const at = name === 'page' ? 1 : 2
  const result = [...args]
  const given = args[at]
  if (isFunction(given)) result.push(given)
  const options = (result[at] = { timestamp, ...toObject(given) }) as { context?: object }
  if (href !== currentLocation().href) {
    const { pathname: path, hash, search } = new URL(href)
    const url = href.replace(/#.*$/, '')
    options.context = { page: { url, path, search }, ...options.context }
    if (at < 2 && !isFunction(args[0])) result[0] = { title: undefined, url, path, hash, search, ...toObject(args[0]) }
  }
  return result
}
