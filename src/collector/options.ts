import type { Transport } from '../core/transport'
import {
  checkGeo,
  type GeoOptions,
  type IpOptions,
  type IpPolicy,
  ipDefaults,
  type ResolvedIpOptions,
  resolveIp,
} from './enrich/options'
import { type IdentityTrust, resolveIdentity } from './identity-trust'
import { type Log, type LogLevel, logLevels, logToConsole } from './log'
import { fail } from './misuse'
import { parsePattern } from './origin-list'
import type { Store } from './store'
import { type CookieOptions, checkCookies } from './visitor/options'

export interface ProjectOptions {
  /** Name of the project in the store; never changes. */
  id: string
  /** Public key, for web pages and apps. */
  key: string
  /** For servers: needs no Origin and may send events of any age. At least 16 characters. */
  secretKey?: string
  /**
   * Where events of the public key may come from: `https://example.com`, or `https://*.example.com` for any one label
   * in place of the asterisk. A page's address inside an event must be on the list as well.
   */
  origins: readonly string[]
  /**
   * Accept requests of the public key that carry no Origin header, as apps and command lines send them.
   * @default false
   */
  allowNoOrigin?: boolean
  /**
   * Events of a calendar month (UTC) that are stored; then requests are answered 429 until the next month. Needs `store`.
   * @default null
   */
  monthlyQuota?: number | null
}

export interface CollectorLimits {
  /**
   * Bytes of one request; a larger one is answered 413.
   * @default 1048576
   */
  maxBodyBytes: number
  /**
   * Events of one request; more are answered 413.
   * @default 2500
   */
  maxBatchEvents: number
  /**
   * Bytes of one event as JSON, what it shares with its batch included; a larger one is rejected.
   * @default 32768
   */
  maxEventBytes: number
  /**
   * Levels of objects and lists in one event; a deeper one is rejected.
   * @default 16
   */
  maxEventDepth: number
  /**
   * Keys and list items in one event, all levels together; an event with more is rejected.
   * @default 2000
   */
  maxEventKeys: number
  /**
   * How far back an event of a public key may lie, after its clock was corrected. The time of an older one is moved
   * to this limit; `originalTimestamp` keeps what the client said.
   * @default 2592000000
   */
  maxEventAgeMs: number
  /**
   * Requests with the keys of one kind, public or secret, of one project; more are answered 429.
   * @default 1000
   */
  keyRequestsPerSecond: number
  /**
   * Requests of a key that may come at once after a pause.
   * @default 10000
   */
  keyRequestBurst: number
  /**
   * Requests from one address with public keys or wrong ones; more are answered 429. Private addresses have no
   * limit, as proxies have them. IPv6 is counted by its first 64 bits.
   * @default 100
   */
  addressRequestsPerSecond: number
  /**
   * Requests of an address that may come at once after a pause.
   * @default 1000
   */
  addressRequestBurst: number
}

export interface CollectorOptions {
  /** Those that never change. With `store` there may be others, added while it runs; then they can be left out. */
  projects?: readonly ProjectOptions[]
  /**
   * Where events are kept, such as `sqliteStore({ path })` or `postgresStore({ connectionString })`. The collector closes it when it is closed itself.
   * Either this or `forward`.
   */
  store?: Store
  /**
   * In place of `store`: receivers to which events go straight on, such as `stitch({ token })`. Nothing is kept; 2xx is
   * answered when each of them has acknowledged every event, else 503.
   */
  forward?: readonly Transport[]
  /** Opens `/admin` and `/live`; both do not exist without it. Needs `store`. At least 16 characters. */
  adminToken?: string
  limits?: Partial<CollectorLimits>
  /** Whom the collector believes which browsers and devices are one person's. */
  identity?: Partial<IdentityTrust>
  /**
   * What is stored of visitors' addresses, and where they are found: a policy alone, or `{ policy, trustedHops, header }`.
   * @default shortened addresses; no proxy is trusted
   */
  ip?: IpPolicy | IpOptions
  /** Headers of your proxy that name country and region: `{ countryHeader, regionHeader }`. Without it neither is stored. */
  geo?: GeoOptions
  /**
   * Re-sets the SDK's cookies by `Set-Cookie`, so that Safari keeps them for longer than 7 days: `true`, or `{ domain }`.
   * Only those that the browser has sent, for visitors whose events allow it; docs/cookies.md.
   * @default false
   */
  cookies?: boolean | CookieOptions
  /**
   * Path below which all routes lie, such as `/metrics-of-ours`; begins with a slash and ends without one.
   * @default ''
   */
  basePath?: string
  /** Text of the SDK's script, served under `scriptName`; not served without it. */
  script?: string
  /**
   * File name of the script; blockers know the usual one.
   * @default 'firsthand.js'
   */
  scriptName?: string
  /**
   * Takes structured log entries.
   * @default JSON lines on the console's error stream
   */
  log?: Log
  /**
   * Least serious level that `log` gets: `debug` (a line for each request), `info`, `warn` or `error`.
   * @default 'info'
   */
  logLevel?: LogLevel
  /**
   * Who may read `/metrics`, which names projects: whoever has the admin token, everybody (`open`), or nobody (`off`).
   * @default 'token'
   */
  metrics?: 'token' | 'open' | 'off'
}

export const collectorDefaults = {
  limits: {
    maxBodyBytes: 1_048_576,
    maxBatchEvents: 2_500,
    maxEventBytes: 32_768,
    maxEventDepth: 16,
    maxEventKeys: 2_000,
    maxEventAgeMs: 2_592_000_000,
    keyRequestsPerSecond: 1_000,
    keyRequestBurst: 10_000,
    addressRequestsPerSecond: 100,
    addressRequestBurst: 1_000,
  },
  ip: ipDefaults,
  cookies: false,
  basePath: '',
  scriptName: 'firsthand.js',
  log: logToConsole,
  logLevel: 'info',
  metrics: 'token',
} satisfies Omit<ResolvedOptions, 'projects'>

export const projectDefaults = { allowNoOrigin: false, monthlyQuota: null } satisfies Partial<ProjectOptions>

export interface ResolvedOptions extends CollectorOptions {
  projects: readonly ProjectOptions[]
  limits: CollectorLimits
  ip: ResolvedIpOptions
  cookies: boolean | CookieOptions
  basePath: string
  scriptName: string
  log: Log
  logLevel: LogLevel
  metrics: 'token' | 'open' | 'off'
}

export const collectorOptionNames =
  'projects store forward adminToken limits identity ip geo cookies basePath script scriptName log logLevel metrics'.split(
    ' ',
  )

const metricsAccess = ['token', 'open', 'off']

const minSecretLength = 16

/** Applies defaults; throws `[firsthand] <option>: what to do` on misuse. */
export function resolveOptions(options: CollectorOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) fail('options', 'pass { projects, store }')
  for (const name of Object.keys(options)) {
    if (!collectorOptionNames.includes(name)) fail(name, 'there is no such option')
  }
  const { projects = [], store, forward, adminToken, script, log = collectorDefaults.log } = options
  const { basePath = collectorDefaults.basePath, scriptName = collectorDefaults.scriptName } = options
  checkProjects(projects)
  if (forward !== undefined) checkForward(projects, options)
  else if (typeof store?.append !== 'function') fail('store', 'pass a store, such as sqliteStore({ path })')
  if (adminToken !== undefined) checkSecret('adminToken', adminToken)
  resolveIdentity(options.identity)
  if (typeof log !== 'function') fail('log', 'pass a function that takes log entries')
  if (!/^(\/[\w.~-]+)*$/.test(basePath)) fail('basePath', 'pass a path such as /e, without a slash at its end')
  if (script !== undefined && typeof script !== 'string') fail('script', "pass the script's text")
  if (!/^[\w-][\w.-]*\.js$/.test(scriptName)) fail('scriptName', 'pass a file name that ends in .js')
  const { cookies = collectorDefaults.cookies } = options
  checkGeo(options.geo)
  checkCookies(cookies)
  const limits = resolveLimits(options.limits ?? {})
  const watching = resolveWatching(options, log)
  return { ...options, projects, ...watching, basePath, scriptName, limits, ip: resolveIp(options.ip), cookies }
}

/** What the owner sees of the collector at work. */
function resolveWatching(options: CollectorOptions, log: Log): Pick<ResolvedOptions, 'log' | 'logLevel' | 'metrics'> {
  const { logLevel = collectorDefaults.logLevel, metrics = collectorDefaults.metrics } = options
  if (!logLevels.includes(logLevel)) fail('logLevel', `pass one of ${logLevels.join(', ')}`)
  if (!metricsAccess.includes(metrics)) fail('metrics', `pass one of ${metricsAccess.join(', ')}`)
  return { log, logLevel, metrics }
}

function resolveLimits(given: Partial<CollectorLimits>): CollectorLimits {
  const limits: CollectorLimits = { ...collectorDefaults.limits }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(limits, name)) fail(`limits.${name}`, 'there is no such limit')
    if (value === undefined) continue
    if (!Number.isSafeInteger(value) || value <= 0) fail(`limits.${name}`, 'pass a whole number above 0')
    limits[name as keyof CollectorLimits] = value
  }
  return limits
}

function checkForward(
  projects: readonly ProjectOptions[],
  { forward = [], store, adminToken }: CollectorOptions,
): void {
  if (projects.length === 0)
    fail('projects', 'pass at least one { id, key, origins }: without a store there are no others')
  const limited = projects.findIndex(({ monthlyQuota }) => monthlyQuota != null)
  if (limited >= 0) fail(`projects[${limited}].monthlyQuota`, 'leave it out: without a store nothing is counted')
  if (store !== undefined) fail('forward', 'pass either a store or transports')
  if (adminToken !== undefined) fail('adminToken', 'leave it out: without a store there is nothing to read')
  if (!Array.isArray(forward) || forward.length === 0) fail('forward', 'pass at least one transport')
  const names = new Set<unknown>()
  for (const [index, transport] of forward.entries()) {
    if (typeof transport?.encode !== 'function')
      fail(`forward[${index}]`, 'pass a transport, such as stitch({ token })')
    if (names.has(transport.name)) fail(`forward[${index}]`, `"${transport.name}" is there twice`)
    names.add(transport.name)
  }
}

function checkProjects(projects: readonly ProjectOptions[]): void {
  if (!Array.isArray(projects)) fail('projects', 'pass a list of { id, key, origins }')
  const ids = new Set<string>()
  const keys = new Set<string>()
  for (const [index, project] of projects.entries()) {
    const at = `projects[${index}]`
    if (!isText(project?.id)) fail(`${at}.id`, 'pass a name for the project')
    if (ids.has(project.id)) fail(`${at}.id`, `"${project.id}" is taken by another project`)
    ids.add(project.id)
    if (!isText(project.key)) fail(`${at}.key`, 'pass the public key of the project')
    if (project.secretKey !== undefined) checkSecret(`${at}.secretKey`, project.secretKey)
    for (const name of ['key', 'secretKey'] as const) {
      const key = project[name]
      if (key !== undefined && keys.has(key)) fail(`${at}.${name}`, 'is used twice; every key needs its own value')
      if (key !== undefined) keys.add(key)
    }
    checkOrigins(`${at}.origins`, project.origins)
    const { monthlyQuota: quota } = project
    if (quota != null && !(Number.isSafeInteger(quota) && quota >= 0))
      fail(`${at}.monthlyQuota`, 'pass a whole number, or null for no limit')
  }
}

function checkOrigins(at: string, origins: readonly string[]): void {
  if (!Array.isArray(origins)) fail(at, 'pass a list of origins such as https://example.com')
  for (const [index, origin] of origins.entries()) {
    try {
      parsePattern(String(origin))
    } catch (error) {
      fail(`${at}[${index}]`, (error as Error).message)
    }
  }
}

function checkSecret(at: string, value: unknown): void {
  if (typeof value !== 'string' || value.length < minSecretLength) {
    fail(at, `pass at least ${minSecretLength} characters that nobody can guess`)
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
