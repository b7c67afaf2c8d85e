// A Postgres of its own, with the settings that its package has: what is committed is on disk.
import { execFile, execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const versions = '/usr/lib/postgresql'

/** A server must not run as root: it then runs as the user `postgres` that its package has made. */
function identity() {
  if (process.getuid() !== 0) return {}
  const ask = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: ask('-u'), gid: ask('-g') }
}

/** Null where none is installed. */
export async function startPostgres() {
  const version = existsSync(versions) && readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0]
  if (!version) return null
  const owner = identity()
  const directory = mkdtempSync(join(tmpdir(), 'firsthand-bench-pg-'))
  if (owner.uid !== undefined) chownSync(directory, owner.uid, owner.gid)
  const data = join(directory, 'data')
  const run = (program, args) =>
    promisify(execFile)(join(versions, version, 'bin', program), args, { ...owner, cwd: directory })
  await run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const options = `-c listen_addresses='' -c unix_socket_directories='${directory}'`
  await run('pg_ctl', ['-D', data, '-l', join(directory, 'log'), '-w', '-t', '120', '-o', options, 'start'])
  return {
    options: JSON.stringify({ host: directory, port: 5432, user: 'postgres', database: 'postgres' }),
    async stop() {
      await run('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop'])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
