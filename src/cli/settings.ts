import { resolve } from 'node:path'
import { type LogLevel, logLevels } from '../collector/log'
import type { CollectorOptions, ProjectOptions } from '../collector/options'
import { CliError } from './cli-error'
import { configDefaults, type FirsthandConfig } from './config'
import { readDatabaseUrl } from './database-url'
import type { OptionTable, OptionValues } from './define-command'

export interface ServeSettings {
  port: number
  host: string
  dataDir: string
  /** Goes before the store of `others`. */
  databaseUrl: string | null
  adminToken: string | null
  /** The first one is that of the site. */
  projects: [ProjectOptions, ...ProjectOptions[]]
  siteDir: string | null
  /** Does the first project take events from the collector's own origins? */
  ownOrigins: boolean
  /** What is handed to the collector as it is. */
  others: Partial<CollectorOptions>
}

export const serveOptions = {
  port: { type: 'string', value: '<port>', help: 'port to listen on, 0 for any that is free' },
  host: { type: 'string', value: '<address>', help: 'address to listen on; 0.0.0.0 is the whole network' },
  'data-dir': { type: 'string', value: '<dir>', help: 'directory of the store and of the tokens made here' },
  site: { type: 'string', value: '<dir>', help: 'also serve the static files of this directory' },
  origin: {
    type: 'string',
    multiple: true,
    value: '<origin>',
    help: 'accept events from pages of this origin; may be repeated',
  },
} as const satisfies OptionTable

type Environment = Readonly<Record<string, string | undefined>>

/** As `createCollector` asks for. */
const minSecretLength = 16

/** The project that is there when the file names none. */
export const defaultProject = { id: 'default', key: 'demo' } as const

/** Options go before the environment, that before the config file; throws `CliError` on wrong use. */
export function readSettings(
  options: OptionValues<typeof serveOptions>,
  env: Environment,
  config: FirsthandConfig = {},
  cwd = process.cwd(),
): ServeSettings {
  const { port: _port, host: _host, dataDir: _dataDir, databaseUrl: _databaseUrl, ...rest } = config
  const { site: _site, projects: _projects, ...others } = rest
  const site = options.site === undefined ? config.site : resolve(cwd, options.site)
  return {
    port: readPort(options.port, env.PORT) ?? config.port ?? configDefaults.port,
    // An empty variable is one that somebody meant to leave out.
    host: options.host ?? (env.HOST || (config.host ?? configDefaults.host)),
    dataDir: readDataDir(options['data-dir'], env, config, cwd),
    databaseUrl: readDatabaseUrl(env.DATABASE_URL, config),
    adminToken: readSecret('ADMIN_TOKEN', env.ADMIN_TOKEN) ?? config.adminToken ?? null,
    projects: readProjects(env, config, options.origin ?? []),
    siteDir: site ?? null,
    ownOrigins: config.projects === undefined || site !== undefined,
    others: { ...others, ...readLogLevel(env) },
  }
}

export function readDataDir(
  option: string | undefined,
  env: Environment,
  config: FirsthandConfig,
  cwd: string,
): string {
  const given = option ?? env.DATA_DIR
  return given ? resolve(cwd, given) : (config.dataDir ?? resolve(cwd, configDefaults.dataDir))
}

function readPort(option: string | undefined, variable: string | undefined): number | undefined {
  const text = option ?? (variable || undefined)
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new CliError(`${option === undefined ? 'PORT' : '--port'}: "${text}" is not a port, 0 to 65535`, 2)
}

/** The keys of the environment are those of the only project. */
function readProjects(
  env: Environment,
  { projects = [{ ...defaultProject, origins: [], allowNoOrigin: true }] }: FirsthandConfig,
  origins: readonly string[],
): ServeSettings['projects'] {
  const [first, ...rest] = projects
  if (first === undefined) throw new CliError('projects: the config file names none; leave the setting out', 2)
  const secretKey = readSecret('SECRET_KEY', env.SECRET_KEY)
  const name = env.PROJECT_KEY ? 'PROJECT_KEY' : secretKey ? 'SECRET_KEY' : null
  if (name && rest.length > 0)
    throw new CliError(`${name}: the config file has several projects; give their keys there`, 2)
  const keys = { key: env.PROJECT_KEY || first.key, secretKey: secretKey ?? first.secretKey }
  return [{ ...first, ...keys, origins: [...(first.origins ?? []), ...origins] }, ...rest]
}

function readLogLevel(env: Environment): { logLevel?: LogLevel } {
  const level = env.LOG_LEVEL
  if (!level) return {}
  const logLevel = logLevels.find((known) => known === level)
  if (logLevel) return { logLevel }
  throw new CliError(`LOG_LEVEL: "${level}" is none of ${logLevels.join(', ')}`, 2)
}

function readSecret(name: string, value: string | undefined): string | null {
  if (!value) return null
  if (value.length < minSecretLength)
    throw new CliError(`${name}: pass at least ${minSecretLength} characters that nobody can guess`, 2)
  return value
}
