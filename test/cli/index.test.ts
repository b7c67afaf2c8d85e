import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../src/cli/command-table'
import { bundle } from '../helpers/bundle'
import { type CliRun, runCli } from '../helpers/run-cli'

const siteDir = 'examples/marketing-site'
const event = {
  ...{ type: 'track', event: 'Hello', anonymousId: 'a1', messageId: 'm1' },
  timestamp: new Date().toISOString(),
}

describe('firsthand', () => {
  let cli: string
  let dir: string
  let remove: () => void
  const running: CliRun[] = []

  beforeAll(async () => {
    const bundled = await bundle({ cli: 'src/cli/index.ts' })
    remove = bundled.remove
    cli = join(bundled.dir, 'cli.mjs')
    writeFileSync(join(bundled.dir, 'firsthand.min.js'), '/* the SDK */')
    dir = mkdtempSync(join(bundled.dir, 'data-'))
  })
  afterEach(async () => {
    for (const run of running.splice(0)) if (run.process.exitCode === null) await run.stop()
  })
  afterAll(() => remove?.())

  const run = (args: string[], env: Record<string, string> = {}) => {
    const started = runCli(cli, args, env)
    running.push(started)
    return started
  }

  async function serve(args: string[] = [], env: Record<string, string> = {}) {
    const started = run(['serve', ...args], { PORT: '0', DATA_DIR: join(dir, 'data'), ...env })
    const [, live = ''] = await started.until(/live view +(\S+)/)
    return { run: started, live, origin: new URL(live).origin, token: new URL(live).searchParams.get('token') ?? '' }
  }

  const post = (origin: string, key = 'demo', headers: Record<string, string> = {}) =>
    fetch(`${origin}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${key}:`)}`, ...headers },
      body: JSON.stringify({ batch: [event] }),
    })

  it.each([['--help'], ['-h'], ['help']])('lists its commands with %s', async (...args) => {
    const help = run(args)
    expect(await help.exit).toBe(0)
    for (const { name, summary } of commands) {
      expect(help.output()).toMatch(new RegExp(`^  firsthand ${name} +${summary}$`, 'm'))
    }
  })

  const all = commands.flatMap((command) => [command, ...(command.commands ?? [])])

  it.each(all.map(({ name }) => name))('explains %s, and how it ends', async (name) => {
    const words = name.split(' ')
    for (const args of [
      [...words, '--help'],
      [...words, 'x', '-h'],
      ['help', ...words],
    ]) {
      const help = run(args)
      expect(await help.exit).toBe(0)
      expect(help.output()).toContain(`firsthand ${name} - `)
      expect(help.output()).toContain('Exit codes: 0')
    }
  })

  it('keeps its help to the width of a terminal', () => {
    const tooLong = all.flatMap(({ help }) => help.split('\n').filter((line) => line.length > 90))
    expect(tooLong).toEqual([])
  })

  it('explains options and environment of serve', async () => {
    const help = run(['serve', '--help'])
    expect(await help.exit).toBe(0)
    for (const name of ['serve', '--site', 'PORT', 'HOST', 'DATA_DIR', 'ADMIN_TOKEN', 'PROJECT_KEY', 'SECRET_KEY']) {
      expect(help.output()).toContain(name)
    }
  })

  it.each([
    [['surve'], 'unknown command "surve"'],
    [['help', 'surve'], 'unknown command "surve"'],
    [['project'], 'firsthand project add'],
    [['project', 'ad'], 'unknown command "project ad"'],
    [['project', 'add'], 'say which project'],
    [[], 'firsthand serve'],
    [['serve', '--sight', 'x'], '--sight'],
  ])('ends with 2 and a clear message for %j', async (args, message) => {
    const wrong = run(args)
    expect(await wrong.exit).toBe(2)
    expect(wrong.output()).toContain(message)
    expect(wrong.output()).not.toContain('    at ')
  })

  it.each([
    [['--site', 'no-such-directory'], {}, '--site'],
    [['--origin', 'not an origin'], {}, 'origins'],
  ])('ends with 1 and a clear message for %j %j', async (args, env, message) => {
    const failed = run(['serve', ...args], { PORT: '0', DATA_DIR: join(dir, 'unused'), ...(env as object) })
    expect(await failed.exit).toBe(1)
    expect(failed.output()).toContain(message)
    expect(failed.output()).not.toContain('    at ')
  })

  it.skipIf(process.getBuiltinModule?.('node:sqlite'))('ends with 1 where no SQLite is there to store with', () => {
    // `libsql` is looked for beside the program and in the working directory.
    const env = { PATH: process.env.PATH, PORT: '0', DATA_DIR: join(dir, 'unused') }
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'serve'], { cwd: dir, env, encoding: 'utf8' })
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^firsthand: sqliteStore: .*npm install libsql@0\.5\n$/)
  })

  it('prints the address to send events to where there is no site', async () => {
    const { run: started, origin } = await serve()
    expect(started.output()).toContain(`endpoint   ${origin}/v1/batch`)
  })

  it('takes its settings from a file, where the environment and options do not say otherwise', async () => {
    const config = join(dir, 'settings.json')
    const project = { id: 'shop', key: 'pk_file', origins: ['https://shop.test'] }
    const settings = { port: 1, dataDir: 'kept', basePath: '/e', scriptName: 'app.js', projects: [project] }
    writeFileSync(config, JSON.stringify(settings))
    const { run: started, origin, live } = await serve(['--config', config], { PORT: '0', DATA_DIR: '' })
    expect(started.output()).toContain(`endpoint   ${origin}/e/v1/batch`)
    expect(started.output()).toContain(`store      ${join(dir, 'kept', 'firsthand.db')}`)
    expect((await fetch(`${origin}/e/app.js`)).status).toBe(200)
    expect((await fetch(live, { redirect: 'manual' })).headers.get('location')).toBe('/e/live')
    expect((await post(`${origin}/e`, 'pk_file', { origin: 'https://shop.test' })).status).toBe(200)
    expect((await post(`${origin}/e`, 'pk_file', { origin })).status).toBe(403)
  })

  it('refuses a setting that there is not, by name', async () => {
    const config = join(dir, 'wrong.json')
    writeFileSync(config, '{ "dataDirectory": "x" }')
    const wrong = run(['serve', '--config', config])
    expect(await wrong.exit).toBe(2)
    expect(wrong.output()).toMatch(/^firsthand: wrong\.json: there is no setting "dataDirectory"/)
  })

  it('says which port is in use', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    const failed = run(['serve'], { PORT: String(port), DATA_DIR: join(dir, 'unused') })
    expect(await failed.exit).toBe(1)
    expect(failed.output()).toContain(`port ${port} of 127.0.0.1 is in use`)
    other.close()
  })

  it('serves the site and the collector from one origin, and prints both links', async () => {
    const { run: started, live, origin } = await serve(['--site', siteDir])
    expect(started.output()).toContain(`site       ${origin}/`)
    expect(await (await fetch(`${origin}/`)).text()).toContain('<script src="/firsthand.min.js">')
    expect(await (await fetch(`${origin}/firsthand.min.js`)).text()).toBe('/* the SDK */')
    expect(await (await fetch(`${origin}/config.js`)).text()).toContain('FIRSTHAND_PROJECT_KEY = "demo"')
    const opened = await fetch(live, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/live'])
    const missing = await fetch(`${origin}/nothing`, { headers: { accept: 'text/html' } })
    expect([missing.status, (await missing.text()).includes('Kiln')]).toEqual([404, true])
  })

  it('serves the script, and prints its hash beside an address that never changes', async () => {
    const { run: started, origin } = await serve()
    expect(started.output()).toContain(`script     ${origin}/firsthand.js`)
    const [, pinned = '', integrity] = await started.until(/pinned +(\S+)\s+integrity="(\S+)"/)
    const response = await fetch(pinned)
    expect(response.headers.get('cache-control')).toContain('immutable')
    const hash = createHash('sha384')
      .update(await response.text())
      .digest('base64')
    expect(integrity).toBe(`sha384-${hash}`)
  })

  it('takes the events of a project that is added beside it, and no more where its keys are revoked', async () => {
    const env = { DATA_DIR: join(dir, 'projects') }
    const { origin } = await serve([], env)
    const project = (...args: string[]) => run(['project', ...args], env)
    const added = project('add', 'beside', '--origin', 'https://beside.test', '--json')
    expect(await added.exit).toBe(0)
    const { keys } = JSON.parse(added.output())
    await expect.poll(async () => (await post(origin, keys.secret)).status, { timeout: 10_000 }).toBe(200)
    expect((await post(origin, keys.public, { origin: 'https://beside.test' })).status).toBe(200)
    expect((await post(origin, keys.public, { origin: 'https://evil.test' })).status).toBe(403)
    expect(await project('revoke', 'beside').exit).toBe(0)
    await expect.poll(async () => (await post(origin, keys.secret)).status, { timeout: 10_000 }).toBe(401)
  })

  it('takes events without an Origin and from its own origins, and from no other', async () => {
    const { origin } = await serve(['--origin', 'https://shop.test'])
    expect((await post(origin)).status).toBe(200)
    expect((await post(origin, 'demo', { origin })).status).toBe(200)
    expect((await post(origin, 'demo', { origin: origin.replace('localhost', '127.0.0.1') })).status).toBe(200)
    expect((await post(origin, 'demo', { origin: 'https://shop.test' })).status).toBe(200)
    expect((await post(origin, 'demo', { origin: 'https://evil.test' })).status).toBe(403)
    expect((await post(origin, 'wrong')).status).toBe(401)
  })

  it('keeps its token and its events over a restart', async () => {
    const first = await serve()
    await post(first.origin)
    expect(await first.run.stop()).toBe(0)
    const second = await serve()
    expect(second.token).toBe(first.token)
    const headers = { authorization: `Bearer ${second.token}` }
    const { events } = await (await fetch(`${second.origin}/admin/events`, { headers })).json()
    expect(events).toMatchObject([{ messageId: 'm1', event: 'Hello' }])
  })

  it('takes keys and token from the environment, and prints that token', async () => {
    const env = { ADMIN_TOKEN: 'my-own-admin-token', PROJECT_KEY: 'pk_shop', SECRET_KEY: 'sk_shop_0123456789' }
    const { origin, token } = await serve(['--site', siteDir], env)
    expect(token).toBe('my-own-admin-token')
    expect((await post(origin, 'demo')).status).toBe(401)
    expect((await post(origin, 'pk_shop')).status).toBe(200)
    expect((await post(origin, 'sk_shop_0123456789')).status).toBe(200)
    expect(await (await fetch(`${origin}/config.js`)).text()).toContain('"pk_shop"')
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 on %s, also while somebody watches the live view',
    async (signal) => {
      const { run: started, origin, token } = await serve()
      const watched = await fetch(`${origin}/live/events`, { headers: { authorization: `Bearer ${token}` } })
      const reader = watched.body?.getReader()
      await reader?.read()
      started.process.kill(signal)
      expect(await started.exit).toBe(0)
      await reader?.cancel().catch(() => {})
    },
  )
})
