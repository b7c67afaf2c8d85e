import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportCommand } from '../../../src/cli/commands/export'
import { createCollector, type Store } from '../../../src/collector'
import { type Served, serve } from '../../../src/collector/node/serve'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { storedEvent } from '../../helpers/stored-event'
import { type CommandRunOptions, runCommand } from '../../helpers/command-run'

const adminToken = 'token-for-the-export'

describe('firsthand export', () => {
  let dir: string
  let store: Store
  let served: Served

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'firsthand-export-'))
    store = sqliteStore({ path: join(dir, 'firsthand.db') })
    const page = { url: 'https://shop.test/a', path: '/a', title: 'A', referrer: '' }
    await store.append([
      storedEvent({ messageId: '1', type: 'page', timestamp: '2026-08-01T00:00:00.000Z', context: { page } }),
      storedEvent({ messageId: '2', event: 'Order Completed', timestamp: '2026-08-02T00:00:00.000Z' }),
      storedEvent({ messageId: '3', event: 'Other', project: 'app', timestamp: '2026-08-03T00:00:00.000Z' }),
    ])
    const projects = [{ id: 'shop', key: 'pk_shop', origins: [] }]
    // The collector holds the store open, as it does while somebody exports.
    served = await serve(createCollector({ projects, store, adminToken, log: () => {} }), { port: 0 })
  })
  afterAll(async () => {
    await served.close()
    await rm(dir, { recursive: true })
  })

  const run = (args: string[], options: CommandRunOptions = {}) =>
    runCommand(exportCommand, args, { env: { DATA_DIR: dir }, ...options })

  async function exported(args: string[], options: CommandRunOptions = {}): Promise<string> {
    const started = run(args, options)
    expect(await started.code).toBe(0)
    return started.stdout()
  }

  const ids = (ndjson: string) =>
    ndjson
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).messageId)

  it('writes whole events, one a line, in the order of storing', async () => {
    const lines = (await exported([])).split('\n')
    const { events } = await store.events({ limit: 9 })
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line))).toEqual(events.reverse())
  })

  it.each([
    [['--project', 'app'], ['3']],
    [['--type', 'page'], ['1']],
    [['--event', 'Order Completed'], ['2']],
    [
      ['--since', '2026-08-02'],
      ['2', '3'],
    ],
    [['--until', '2026-08-02T00:00Z'], ['1']],
    [['--since', '2026-08-02', '--until', '2026-08-03'], ['2']],
    [['--since', '1h'], []],
  ])('filters by %j', async (args, expected) => {
    expect(ids(await exported(args))).toEqual(expected)
  })

  it('reads the same over HTTP', async () => {
    const fromUrl = await exported(['--url', served.url], { env: { ADMIN_TOKEN: adminToken } })
    expect(fromUrl).toBe(await exported([]))
    expect(ids(await exported(['--url', `${served.url}/`, '--token', adminToken, '--type', 'page']))).toEqual(['1'])
  })

  it('writes CSV with a head, texts quoted, and JSON in its cells', async () => {
    const lines = (await exported(['--format', 'csv'])).split('\r\n')
    expect(lines[0]).toMatch(/^project,messageId,type,event,/)
    expect(lines[1]).toContain('shop,1,page,,')
    expect(lines[1]).toContain(',https://shop.test/a,/a,A,,')
    expect(lines[1]).toContain('"{""page"":{""url"":""https://shop.test/a""')
    expect(lines).toHaveLength(5)
  })

  it('writes a file that only its owner can read, and none where it fails', async () => {
    const out = join(dir, 'all.ndjson.gz')
    const started = run(['--out', 'all.ndjson.gz'], { cwd: dir, env: { DATA_DIR: dir } })
    expect(await started.code).toBe(0)
    expect([started.stdout(), started.stderr()]).toEqual(['', '3 events exported\n'])
    expect(gunzipSync(readFileSync(out)).toString()).toBe(await exported([]))
    expect((await stat(out)).mode & 0o777).toBe(0o600)
    await expect(run(['--out', join(dir, 'no/where.csv')]).code).rejects.toThrow(/^--out: ENOENT/)
    await expect(run(['-o', join(dir, 'x'), '--url', 'http://127.0.0.1:1', '--token', 't']).code).rejects.toThrow(
      /127\.0\.0\.1:1 cannot be reached: /,
    )
    expect([existsSync(join(dir, 'x')), existsSync(join(dir, 'x.part'))]).toEqual([false, false])
  })

  it('shows on a terminal how far it is, and says at the end how much it was', async () => {
    const started = run(['--type', 'track'], { columns: 100 })
    expect(await started.code).toBe(0)
    expect(started.stderr()).toContain('####################  100 %  2 events')
    expect(started.stderr()).toMatch(/\r\u001b\[K2 events exported\n$/)
  })

  it.each([
    [['--format', 'xml'], /^--format: "xml"/],
    [['--type', 'pages'], /^--type: "pages"/],
    [['--since', 'yesterday'], /^--since: "yesterday"/],
    [['--url', 'http://127.0.0.1:1'], /^--url needs the admin token/],
    [['--url', 'example.com', '--token', 'x'], /^--url: "example.com" is no address/],
  ])('refuses %j as wrong use', async (args, message) => {
    await expect(run(args).code).rejects.toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }),
    )
  })

  it('says what is wrong with the token, the address and the directory', async () => {
    await expect(run(['--url', served.url, '--token', 'wrong']).code).rejects.toThrow('does not take this admin token')
    await expect(run(['--url', `${served.url}/x`, '--token', adminToken]).code).rejects.toThrow('is not there')
    const empty = join(dir, 'empty')
    await expect(run(['--data-dir', empty]).code).rejects.toThrow(`there is no store at ${join(empty, 'firsthand.db')}`)
    expect(existsSync(empty)).toBe(false)
  })

  it('takes directory and store of the config file', async () => {
    await writeFile(join(dir, 'settings.json'), '{ "dataDir": "." }')
    expect(ids(await exported(['--config', join(dir, 'settings.json')], { env: {} }))).toEqual(['1', '2', '3'])
  })
})
