import { execFile, execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface PostgresServer {
  /** Directory of the server's socket: `{ host, user, database }` of the store. */
  connection: { host: string; port: number; user: string; database: string }
  start(): Promise<void>
  /** `fast` ends sessions properly, `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  dispose(): Promise<void>
}

const versions = '/usr/lib/postgresql'

function findPrograms(): string | null {
  const installed = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : []
  return (
    installed.map((version) => join(versions, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null
  )
}

const programs = findPrograms()

/** False where no Postgres is installed; then it is said once, and CI fails. */
export const hasPostgres = programs !== null

if (!hasPostgres) {
  const message = 'tests with Postgres are left out: install the package postgresql'
  if (process.env.CI) throw new Error(message)
  console.warn(message)
}

/** A server must not run as root: it then runs as the user `postgres` that its package has made. */
function identity(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {}
  const ask = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: ask('-u'), gid: ask('-g') }
}

/** Starts a server of its own in a temporary directory, reached by a socket there. */
export async function startPostgres(): Promise<PostgresServer> {
  const owner = identity()
  const directory = mkdtempSync(join(tmpdir(), 'firsthand-pg-'))
  if (owner.uid !== undefined) chownSync(directory, owner.uid, owner.gid)
  const data = join(directory, 'data')
  const run = (program: string, args: string[]) =>
    promisify(execFile)(join(programs ?? '', program), args, { ...owner, cwd: directory })
  const start = async () => {
    // The tests end processes and servers, not machines: what a commit wrote need not reach the disk.
    const options = `-c listen_addresses='' -c unix_socket_directories='${directory}' -c fsync=off -c max_connections=60`
    await run('pg_ctl', ['-D', data, '-l', join(directory, 'log'), '-w', '-t', '120', '-o', options, 'start'])
  }
  const stop = async (mode = 'fast') => {
    await run('pg_ctl', ['-D', data, '-w', '-m', mode, 'stop'])
  }
  await run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  await start()
  return {
    connection: { host: directory, port: 5432, user: 'postgres', database: 'postgres' },
    start,
    stop,
    async dispose() {
      await stop('immediate').catch(() => {})
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
