import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../helpers/bundle'
import { hasPostgres, type PostgresServer, startPostgres } from '../helpers/postgres'
import { type CliRun, runCli } from '../helpers/run-cli'

describe('firsthand without the package pg', () => {
  it.each([['serve'], ['sql', 'SELECT 1'], ['project', 'list']])('says what to install: %s', async (...args) => {
    const bundled = await bundle({ cli: 'src/cli/index.ts' })
    const { dir } = bundled
    const env = {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: dir,
      DATABASE_URL: 'postgres://u:geheim@localhost/events',
    }
    // It is looked for beside the program and in the working directory.
    const ended = spawnSync(process.execPath, [join(dir, 'cli.mjs'), ...args], { cwd: dir, env, encoding: 'utf8' })
    bundled.remove()
    const message = 'firsthand: postgresStore: the package pg is missing. Run: npm install pg@8\n'
    expect([ended.status, ended.stdout, ended.stderr]).toEqual([1, '', message])
  })
})

describe.skipIf(!hasPostgres)('firsthand with DATABASE_URL', () => {
  let server: PostgresServer
  let cli: string
  let dir: string
  let remove: () => void
  let env: Record<string, string>
  const running: CliRun[] = []

  beforeAll(async () => {
    const bundled = await bundle({ cli: 'src/cli/index.ts' })
    remove = bundled.remove
    cli = join(bundled.dir, 'cli.mjs')
    dir = mkdtempSync(join(bundled.dir, 'data-'))
    server = await startPostgres()
    const { host, user, database } = server.connection
    env = { PORT: '0', DATA_DIR: dir, DATABASE_URL: `postgres://${user}:geheim@/${database}?host=${host}` }
  })
  afterEach(async () => {
    for (const run of running.splice(0)) if (run.process.exitCode === null) await run.stop()
  })
  afterAll(async () => {
    await server?.dispose()
    remove?.()
  })

  const run = (args: string[], more: Record<string, string> = {}) => {
    const started = runCli(cli, args, { ...env, ...more })
    running.push(started)
    return started
  }

  /** What it prints; it must end with 0. */
  async function answer(args: string[], more?: Record<string, string>): Promise<string> {
    const started = run(args, more)
    expect(await started.exit, started.output()).toBe(0)
    return started.output()
  }

  it('keeps events there, and its other commands work on them', async () => {
    const { keys } = JSON.parse(await answer(['project', 'add', 'shop', '--allow-no-origin', '--json']))
    const serving = run(['serve'])
    const [, endpoint = ''] = await serving.until(/endpoint +(\S+)[^]+Ctrl/)
    const { host, database } = server.connection
    expect(serving.output()).toContain(`store      Postgres at ${host}/${database}\n`)
    expect(serving.output()).not.toContain('geheim')

    const event = { type: 'track', event: 'Hello', anonymousId: 'a1', messageId: 'm1', timestamp: new Date() }
    const sent = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${keys.public}:`)}` },
      body: JSON.stringify({ batch: [event] }),
    })
    expect(await sent.json()).toMatchObject({ accepted: 1 })
    expect(await serving.stop()).toBe(0)
    expect(existsSync(join(dir, 'firsthand.db'))).toBe(false)

    const exported = await answer(['export'])
    expect(JSON.parse(exported)).toMatchObject({ project: 'shop', messageId: 'm1', event: 'Hello' })
    expect(await answer(['tail', '--no-follow'])).toContain('Hello')
    expect(await answer(['sql', '-f', 'json', 'SELECT message_id FROM events'])).toBe('{"message_id":"m1"}\n')
    const file = join(dir, 'more.ndjson')
    writeFileSync(file, `${exported}${exported.replace('"m1"', '"m2"')}`)
    expect(await answer(['import', file])).toContain('2 lines: 1 stored, 1 known, 0 rejected')
    // An option goes before the environment.
    expect(await answer(['import', file, '--project', 'default', '--data-dir', dir])).toContain('2 stored')
    expect(existsSync(join(dir, 'firsthand.db'))).toBe(true)
  }, 60_000)

  it('takes the address from the config file, and says in a line that nobody answers there', async () => {
    const config = join(dir, 'firsthand.config.json')
    writeFileSync(config, JSON.stringify({ databaseUrl: 'postgres://user:geheim@/events?host=/nowhere' }))
    const failed = run(['sql', 'SELECT 1', '--config', config], { DATABASE_URL: '' })
    expect(await failed.exit).toBe(1)
    expect(failed.output()).toMatch(/^firsthand: the database could not be used: .*\/nowhere.*\n$/)
    expect(failed.output()).not.toContain('geheim')
  }, 30_000)
})
