import type { differences } from './differences'

export type DifferenceId = (typeof differences)[number]['id']

/** The part of the API that both have, loosely typed: the cases also call it wrongly. */
export interface CommonClient {
  page(...args: unknown[]): Promise<Result>
  track(...args: unknown[]): Promise<Result>
  identify(...args: unknown[]): Promise<Result>
  reset(...args: unknown[]): Promise<Result>
  ready(callback?: unknown): unknown
  on(name: unknown, listener?: unknown): unknown
  once(name: unknown, listener?: unknown): unknown
  user(key?: string): unknown
  getState(path?: string): unknown
  dispatch(action: unknown): void
  enablePlugin(names: unknown, callback?: unknown): Promise<Result>
  disablePlugin(names: unknown, callback?: unknown): Promise<Result>
  plugins: {
    enable(names: unknown, callback?: unknown): Promise<Result>
    disable(names: unknown, callback?: unknown): Promise<Result>
  } & Record<string, Record<string, (...args: unknown[]) => unknown>>
  storage: {
    setItem(key: string, value: unknown, options?: unknown): void
    getItem(key: string, options?: unknown): unknown
    removeItem(key: string, options?: unknown): void
  }
  setAnonymousId(id: string, options?: unknown): void
  events: { core: string[]; plugins: string[] }
}

export type Values = Record<string, unknown>

export interface Result {
  payload: Values
}

/** What a hook or a listener gets. */
export interface Told {
  payload: Values
  instance: CommonClient
  config: Values
  plugins: Record<string, Values>
  abort(reason?: string, plugins?: string[]): unknown
}

export type CreateClient = (config?: Values) => CommonClient

/** What the package exports, with the client's function in the place of its types. */
export interface Library {
  Analytics: CreateClient
  init: CreateClient
  default: unknown
  EVENTS: Record<string, string | ((name: string) => string)>
  CONSTANTS: Record<string, string>
}

/** The same calls on both libraries; what comes of them is plain data, so that it can leave a page. */
export interface Case {
  name: string
  run(create: CreateClient, library: Library): unknown
  /** What `analytics` comes to, as the contract says, and ours too unless they differ. */
  gives?: unknown
  /** The row of the table by which the two differ. */
  differs?: DifferenceId
  /** Where they differ: what ours comes to, or how that follows from theirs. */
  ours?: unknown
  /**
   * Default: everywhere. `page` needs an address, a document and storage, `browser` also the build of `analytics` that
   * knows of networks.
   */
  only?: 'page' | 'node' | 'browser'
}

/** Long enough for `analytics` to come to rest, also on a machine that is busy: then timers are late, and it waits again. */
export async function pause(ms = 20): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const start = performance.now()
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (performance.now() - start < ms + 10) return
  }
}

/** A log, and hooks and listeners that write into it. */
export function createLog() {
  const lines: string[] = []
  const say = (line: string) => void lines.push(line)
  return {
    lines,
    say,
    /** A hook or callback that writes its name and goes on to `then`. */
    hook:
      (line: string, then: (told: Told) => unknown = () => {}) =>
      (told: Told) => {
        say(line)
        return then(told)
      },
    /** A plugin that writes each of its hooks into the log. */
    plugin(name: string, hooks: string, more: Values = {}): Values {
      const own = hooks
        .split(' ')
        .filter(Boolean)
        .map((hook) => [hook, () => say(`${name}.${hook}`)])
      return { name, ...Object.fromEntries(own), ...more }
    },
    /** Everything that is told by name and by `*`, but the storage events, whose order is another. */
    listen(client: CommonClient, names = '*') {
      for (const name of names.split(' ')) {
        client.on(name, ({ payload }: Told) => {
          if (!/^(set|remove)Item/.test(`${payload.type}`)) say(`on ${name}${name === '*' ? ` ${payload.type}` : ''}`)
        })
      }
    },
  }
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const nanoid = /^[\w-]{21}$/

/** Hides what differs from run to run, what ours has under `meta`, and the other engine's key `_`. */
export function plain(value: unknown, key = ''): unknown {
  if (value === undefined) return '(undefined)'
  if (typeof value === 'function') return '(function)'
  if (value instanceof Error) return `(error) ${value.message}`
  if (typeof value === 'string') return uuid.test(value) || nanoid.test(value) ? '(id)' : value
  if (key === 'ts' && typeof value === 'number') return '(time)'
  if (Array.isArray(value)) return value.map((item) => plain(item))
  if (!value || typeof value !== 'object') return value
  const entries = Object.entries(key === 'meta' ? metaOf(value as Values) : value)
  const shown = entries.filter(([name]) => name !== '_').sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(shown.map(([name, item]) => [name, plain(item, name)]))
}

const metaOf = ({ rid, ts, hasCallback }: Values) => ({ rid, ts, ...(hasCallback ? { hasCallback } : {}) })

/** What a promise comes to within a while. */
export const outcome = (promise: Promise<Result>, ms = 60): Promise<unknown> =>
  Promise.race([
    promise.then(
      ({ payload }) => payload,
      (error: Error) => `rejected: ${error.message}`,
    ),
    pause(ms).then(() => 'pending'),
  ])
