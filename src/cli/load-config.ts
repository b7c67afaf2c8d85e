import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { collectorOptionNames } from '../collector/options'
import { CliError } from './cli-error'
import type { FirsthandConfig } from './config'

export const configOption = {
  config: { type: 'string', value: '<file>', help: 'config file (firsthand.config.* of this directory)' },
} as const

const names = ['ts', 'mts', 'js', 'mjs', 'json'].map((end) => `firsthand.config.${end}`)

const notForFiles = ['forward', 'script']
const ownNames = ['port', 'host', 'dataDir', 'databaseUrl', 'site']

/** The settings of a file, its paths absolute; none where no file is named and none is there. */
export async function loadConfig(named: string | undefined, cwd: string): Promise<FirsthandConfig> {
  const path = named === undefined ? findConfig(cwd) : resolve(cwd, named)
  if (path === null) return {}
  if (!existsSync(path)) throw new CliError(`--config: there is no file ${named}`, 2)
  const config = await read(path)
  check(config, basename(path))
  const absolute = (part: string | undefined) => part && resolve(dirname(path), part)
  return { ...config, dataDir: absolute(config.dataDir), site: absolute(config.site) }
}

function findConfig(cwd: string): string | null {
  const found = names.filter((name) => existsSync(join(cwd, name)))
  if (found.length > 1) throw new CliError(`${found.join(' and ')} are both here: keep one, or say --config`, 2)
  return found[0] === undefined ? null : join(cwd, found[0])
}

async function read(path: string): Promise<FirsthandConfig> {
  const name = basename(path)
  try {
    if (extname(path) === '.json') return JSON.parse(await readFile(path, 'utf8'))
    if (/\.[cm]?ts$/.test(path)) requireTypeStripping(name)
    const module = await import(pathToFileURL(path).href)
    return module.default
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Bundling a compiler for older versions would make the package many times as large. */
function requireTypeStripping(name: string): void {
  if ((process.features as { typescript?: unknown }).typescript) return
  throw new CliError(
    `${name}: Node ${process.version} does not read TypeScript. Use Node 22.18 or later, or rename it to firsthand.config.mjs and take the types out`,
  )
}

function check(config: unknown, name: string): asserts config is FirsthandConfig {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw new CliError(`${name}: export the settings as default, as in: export default { port: 8080 }`, 2)
  for (const key of Object.keys(config)) {
    const known = [...ownNames, ...collectorOptionNames.filter((option) => !notForFiles.includes(option))]
    if (!known.includes(key)) throw new CliError(`${name}: there is no setting "${key}", only ${known.join(', ')}`, 2)
  }
  const { port, host, dataDir, databaseUrl, site, store } = config as FirsthandConfig
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw new CliError(`${name}: port: pass a whole number from 0 to 65535`, 2)
  for (const [key, value] of Object.entries({ host, dataDir, databaseUrl, site })) {
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw new CliError(`${name}: ${key}: pass a text`, 2)
  }
  if (databaseUrl !== undefined && store !== undefined)
    throw new CliError(`${name}: databaseUrl and store both say where events are kept: leave one out`, 2)
}
