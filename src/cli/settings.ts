import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CliError } from './cli-error'

export interface ServeSettings {
  port: number
  host: string
  dataDir: string
  adminToken: string | null
  projectKey: string
  secretKey: string | null
  siteDir: string | null
  /** Beside the collector's own. */
  origins: string[]
}

/** As `createCollector` asks for. */
const minSecretLength = 16

const defaults = { port: '8080', host: '127.0.0.1', dataDir: 'data', projectKey: 'demo' }

/** Reads arguments and environment of `serve`; throws `CliError` on wrong use. */
export function readSettings(args: string[], env: Record<string, string | undefined>): ServeSettings {
  const { site, origin = [] } = parseOptions(args)
  // An empty variable is one that somebody meant to leave out.
  const portText = env.PORT || defaults.port
  const port = Number(portText)
  if (!/^\d{1,5}$/.test(portText) || port > 65_535)
    throw new CliError(`PORT: "${portText}" is not a port, 0 to 65535`, 2)
  return {
    port,
    host: env.HOST || defaults.host,
    dataDir: resolve(env.DATA_DIR || defaults.dataDir),
    adminToken: readSecret('ADMIN_TOKEN', env.ADMIN_TOKEN),
    projectKey: env.PROJECT_KEY || defaults.projectKey,
    secretKey: readSecret('SECRET_KEY', env.SECRET_KEY),
    siteDir: site === undefined ? null : resolve(site),
    origins: origin,
  }
}

function readSecret(name: string, value: string | undefined): string | null {
  if (!value) return null
  if (value.length < minSecretLength)
    throw new CliError(`${name}: pass at least ${minSecretLength} characters that nobody can guess`, 2)
  return value
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, options: { site: { type: 'string' }, origin: { type: 'string', multiple: true } } }).values
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : String(error), 2)
  }
}

/** Every origin under which a browser may reach this address. */
export function ownOrigins(host: string, port: number): string[] {
  const everywhere = host === '0.0.0.0' || host === '::'
  const addresses = everywhere ? Object.values(networkInterfaces()).flatMap((list) => list ?? []) : []
  const names = ['localhost', '127.0.0.1', ...(everywhere ? addresses.map(({ address }) => address) : [host])]
  // A zone (`fe80::1%eth0`) cannot be written in the address of a page.
  const usable = new Set(names.filter((name) => !name.includes('%')))
  return Array.from(usable, (name) => originOf(name, port))
}

/** The origin to show: one that a browser on this machine can open. */
export function shownOrigin(host: string, port: number): string {
  return originOf(['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host, port)
}

function originOf(name: string, port: number): string {
  return new URL(`http://${name.includes(':') ? `[${name}]` : name}:${port}`).origin
}
