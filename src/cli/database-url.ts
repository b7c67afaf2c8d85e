import { CliError } from './cli-error'
import type { FirsthandConfig } from './config'

/**
 * The address of the Postgres to keep events in, null where none is named. `variable` is `DATABASE_URL`, which goes
 * before the config file.
 */
export function readDatabaseUrl(variable: string | undefined, config: FirsthandConfig): string | null {
  const address = variable || config.databaseUrl
  if (!address) return null
  const url = parse(address)
  // What belongs to a password must not be taken for a host or a database, which are shown.
  if (url && !`${url.pathname}${url.search}${url.hash}`.includes('@')) return address
  // Without the value: it holds a password.
  throw new CliError(
    `${variable ? 'DATABASE_URL' : 'databaseUrl'}: pass an address such as postgres://user:password@host:5432/events; signs such as @ / # ? in the password are written as %40 %2F %23 %3F`,
    2,
  )
}

/** Host and database, without user and password. */
export function shownDatabase(address: string): string {
  const url = parse(address)
  const host = url?.searchParams.get('host') ?? url?.host
  return `Postgres at ${host || 'localhost'}${url?.pathname ?? ''}`
}

/** Without a host it is a socket of this machine, as in `postgres://user@/events?host=/run/postgresql`. */
function parse(address: string): URL | null {
  if (!/^postgres(ql)?:\/\//.test(address)) return null
  try {
    return new URL(address.replace('@/', '@localhost/'))
  } catch {
    return null
  }
}
