import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exportCommand } from '../../../src/cli/commands/export'
import { importCommand } from '../../../src/cli/commands/import'
import type { StoredEvent } from '../../../src/collector'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { type CommandRunOptions, runCommand } from '../../helpers/command-run'
import { storedEvent } from '../../helpers/stored-event'

const track = { type: 'track', event: 'Hello', anonymousId: 'a1', timestamp: '2019-03-04T05:06:07.008Z' }

/** As Segment writes its archives. */
const archived = {
  ...{ channel: 'server', version: 2, projectId: 'x9', writeKey: 'w', messageId: 'seg-1', type: 'identify' },
  ...{ userId: 'u1', anonymousId: null, traits: { name: 'Maria' }, context: { ip: '203.0.113.9' }, integrations: {} },
  ...{ timestamp: '2018-01-02T03:04:05.000Z', originalTimestamp: '2018-01-02T03:04:04.900+00:00' },
  ...{ receivedAt: '2018-01-02T03:04:06.000Z', sentAt: '2018-01-02T03:04:05.900Z' },
}

describe('firsthand import', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'firsthand-import-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  const ndjson = (...lines: unknown[]) =>
    `${lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')}\n`

  const run = (args: string[], options: CommandRunOptions = {}) =>
    runCommand(importCommand, args, { env: { DATA_DIR: join(dir, 'data') }, cwd: dir, ...options })

  async function imported(stdin: string | Buffer, ...args: string[]) {
    const started = run(['--json', ...args], { stdin })
    const code = await started.code
    return { code, ...JSON.parse(started.stdout()), stderr: started.stderr() }
  }

  async function stored(): Promise<StoredEvent[]> {
    const store = sqliteStore({ path: join(dir, 'data/firsthand.db') })
    const { events } = await store.events({ limit: 1000 })
    await store.close()
    return events.reverse()
  }

  it('stores events with the times that they had', async () => {
    expect(await imported(ndjson({ ...track, messageId: 'm1' }))).toMatchObject({ code: 0, lines: 1, stored: 1 })
    expect(await stored()).toMatchObject([
      {
        messageId: 'm1',
        event: 'Hello',
        project: 'default',
        timestamp: track.timestamp,
        originalTimestamp: track.timestamp,
      },
    ])
  })

  it('takes archives of Segment: its version, its times, and nothing corrected twice', async () => {
    expect(await imported(ndjson(archived))).toMatchObject({ code: 0, stored: 1 })
    expect(await stored()).toMatchObject([
      {
        ...{ version: 1, messageId: 'seg-1', userId: 'u1', traits: { name: 'Maria' } },
        ...{ timestamp: '2018-01-02T03:04:05.000Z', receivedAt: '2018-01-02T03:04:06.000Z' },
        ...{ sentAt: '2018-01-02T03:04:05.900Z', originalTimestamp: '2018-01-02T03:04:04.900Z' },
      },
    ])
  })

  it('gives back to another store exactly what export took', async () => {
    const other = join(dir, 'other')
    const store = sqliteStore({ path: join(other, 'firsthand.db') })
    const context = {
      page: { url: 'https://shop.test/', path: '/', title: '', referrer: '' },
      session: { id: 's', number: 1, start: 1 },
    }
    await store.append([
      storedEvent({
        messageId: '1',
        type: 'page',
        context,
        properties: { a: [1, null, 'ü'] },
        receivedAt: '2026-08-01T12:00:01.000Z',
      }),
      storedEvent({ messageId: '2', type: 'alias', userId: 'u', previousId: 'p', sentAt: '2026-08-01T12:00:00.500Z' }),
    ])
    await store.close()
    const exporting = runCommand(exportCommand, ['--data-dir', other])
    await exporting.code
    expect(await imported(exporting.stdout(), '--project', 'default')).toMatchObject({ code: 0, stored: 2 })
    const before = exporting
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => ({ ...JSON.parse(line), project: 'default' }))
    expect(await stored()).toEqual(before)
  })

  it('is safe to repeat, also for lines without an id', async () => {
    const lines = ndjson({ ...track, messageId: 'm1' }, track, { ...track, event: 'Other' })
    expect(await imported(lines)).toMatchObject({ code: 0, stored: 3, duplicates: 0 })
    expect(await imported(lines)).toMatchObject({ code: 0, stored: 0, duplicates: 3 })
    const ids = (await stored()).map(({ messageId }) => messageId)
    expect(ids).toEqual([
      'm1',
      expect.stringMatching(/^line-[0-9a-f]{32}$/),
      expect.stringMatching(/^line-[0-9a-f]{32}$/),
    ])
  })

  it('stores the good lines, says what is wrong with the others by their number, and ends with 1', async () => {
    const deep = { ...track, properties: JSON.parse(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`) }
    const result = await imported(
      ndjson(
        track,
        '{broken',
        '',
        { ...track, type: 'nonsense' },
        { type: 'track', event: 'x', anonymousId: 'a' },
        deep,
        '[1]',
        {
          ...track,
          project: 'elsewhere',
        },
      ),
    )
    expect(result).toMatchObject({ code: 1, lines: 7, stored: 1, rejected: 6 })
    expect(result.stderr.split('\n')).toEqual([
      'stdin:2: is not a JSON object',
      expect.stringMatching(/^stdin:4: type must be page, track/),
      'stdin:5: timestamp is missing',
      'stdin:6: is nested too deeply',
      'stdin:7: is not a JSON object',
      'stdin:8: there is no project "elsewhere"',
      '',
    ])
  })

  it('shows twenty bad lines and counts the rest', async () => {
    const result = await imported(ndjson(...Array.from({ length: 1025 }, () => 'x')))
    expect(result).toMatchObject({ code: 1, rejected: 1025 })
    expect(result.stderr.split('\n')).toHaveLength(22)
    expect(result.stderr).toContain('\nand 1,005 more\n')
  })

  it('reads several files, packed ones too, by their bytes and not their names', async () => {
    await writeFile(join(dir, 'a.ndjson'), ndjson(track))
    const twoMembers = Buffer.concat(
      [
        { ...track, event: 'B' },
        { ...track, event: 'C' },
      ].map((line) => gzipSync(ndjson(line))),
    )
    await writeFile(join(dir, 'b.txt'), twoMembers)
    const started = run(['a.ndjson', 'b.txt'])
    expect(await started.code).toBe(0)
    expect(started.stdout()).toBe('3 lines: 3 stored, 0 known, 0 rejected\n')
    expect((await stored()).map(({ event }) => event)).toEqual(['Hello', 'B', 'C'])
  })

  it('says which packed file is broken', async () => {
    await writeFile(join(dir, 'cut.gz'), gzipSync(ndjson(track).repeat(100)).subarray(0, 60))
    await expect(run(['cut.gz']).code).rejects.toThrow(/^cut\.gz: /)
  })

  it('bounds its memory where a line never ends', async () => {
    const result = await imported(
      Buffer.concat([Buffer.alloc(5_000_000, 'x'), Buffer.from(`\n${JSON.stringify(track)}`)]),
    )
    expect(result).toMatchObject({ code: 1, stored: 1, rejected: 1, stderr: 'stdin:1: is too long for an event\n' })
  })

  it('keeps more than one batch apart and in order', async () => {
    const lines = Array.from({ length: 1201 }, (_, index) => ({ ...track, messageId: `m${index}` }))
    expect(await imported(ndjson(...lines))).toMatchObject({ code: 0, stored: 1201 })
  })

  it('takes the projects of the config file, and asks which where there are several', async () => {
    const projects = ['shop', 'app'].map((id) => ({ id, key: `pk_${id}`, origins: [] }))
    await writeFile(join(dir, 'firsthand.config.json'), JSON.stringify({ projects }))
    const result = await imported(ndjson(track, { ...track, project: 'app' }))
    expect(result).toMatchObject({ code: 1, stored: 1, stderr: 'stdin:1: project is missing: say --project\n' })
    expect(await imported(ndjson(track, { ...track, project: 'app' }), '--project', 'shop')).toMatchObject({
      code: 0,
      stored: 2,
    })
    await expect(run(['--project', 'shopp'], { stdin: '' }).code).rejects.toThrow(
      expect.objectContaining({ exitCode: 2, message: '--project: there is no project "shopp", only shop, app' }),
    )
  })

  it('knows the projects that were added to the store', async () => {
    const store = sqliteStore({ path: join(dir, 'data/firsthand.db') })
    const at = '2026-08-01T00:00:00.000Z'
    const added = {
      id: 'added',
      origins: [],
      allowNoOrigin: false,
      monthlyQuota: null,
      keys: [],
      createdAt: at,
      changedAt: at,
    }
    await store.saveProject(added)
    await store.close()
    expect(await imported(ndjson(track), '--project', 'added')).toMatchObject({ code: 0, stored: 1 })
  })

  it('says which file is not there, before it stores anything', async () => {
    await writeFile(join(dir, 'a.ndjson'), ndjson(track))
    await expect(run(['a.ndjson', 'b.ndjson']).code).rejects.toThrow('there is no file b.ndjson')
    await expect(readFile(join(dir, 'data/firsthand.db'))).rejects.toThrow('ENOENT')
  })

  it('shows on a terminal how far it is, and keeps bad lines readable beside it', async () => {
    await writeFile(join(dir, 'a.ndjson'), ndjson({ ...track, project: '\u001b]0;owned\u0007' }, track))
    const started = run(['a.ndjson'], { columns: 100 })
    expect(await started.code).toBe(1)
    expect(started.stderr()).toContain('####################  100 %  1 events')
    expect(started.stderr()).toContain('a.ndjson:1: there is no project "\ufffd]0;owned\ufffd"\n')
  })
})
