import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { projectCommand } from '../../../src/cli/commands/project'
import { findCommand } from '../../../src/cli/find-command'
import type { ProjectView } from '../../../src/collector/projects/project-view'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { runCommand } from '../../helpers/command-run'

describe('firsthand project', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'firsthand-project-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  function run(...words: string[]) {
    const { command, args } = findCommand(['project', ...words], [projectCommand])
    return runCommand(command, args, { env: { DATA_DIR: dir }, cwd: dir })
  }
  async function answer(...words: string[]): Promise<string> {
    const started = run(...words)
    expect(await started.code).toBe(0)
    return started.stdout()
  }
  const json = async (...words: string[]) => JSON.parse(await answer(...words, '--json'))
  const listed = async (id: string): Promise<ProjectView> =>
    (await json('list')).find((project: ProjectView) => project.id === id)

  it('add makes the store where it is missing, and shows both keys', async () => {
    const text = await answer('add', 'shop', '--origin', 'https://shop.example', '--origin', 'https://*.shop.example')
    expect(text).toMatch(/^project {5}shop\npublic key {2}pk_[\w-]{32}\nsecret key {2}sk_[\w-]{32}\n$/)
    const [, secret = ''] = /(sk_\S+)/.exec(text) ?? []
    expect(await listed('shop')).toMatchObject({
      ...{ origins: ['https://shop.example', 'https://*.shop.example'], allowNoOrigin: false, monthlyQuota: null },
    })
    expect(JSON.stringify(await json('list'))).not.toContain(secret)
    const store = sqliteStore({ path: join(dir, 'firsthand.db') })
    expect(JSON.stringify(await store.projects())).not.toContain(secret)
    await store.close()
  })

  it('add takes quota and allow-no-origin', async () => {
    await answer('add', 'app', '--allow-no-origin', '--quota', '1000')
    expect(await listed('app')).toMatchObject({ allowNoOrigin: true, monthlyQuota: 1000 })
  })

  it('list shows those of the settings too, and no secret key', async () => {
    const { keys } = await json('add', 'shop', '--origin', 'https://shop.example', '--quota', '5')
    const lines = (await answer('list')).split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toMatch(/^id +public key +secret keys +origins +no origin +quota +changed$/)
    expect(lines[2]).toMatch(/^default +demo +0 +yes +in the settings$/)
    expect(lines[3]).toMatch(new RegExp(`^shop +${keys.public} +1 +https://shop.example +no +5 +\\d{4}-`))
  })

  it('set changes what is named', async () => {
    await json('add', 'shop', '--origin', 'https://shop.example', '--quota', '5')
    expect(await json('set', 'shop', '--origin', 'https://new.example', '--allow-no-origin', 'yes')).toEqual({
      ...{ id: 'shop', origins: ['https://new.example'], allowNoOrigin: true, monthlyQuota: 5 },
    })
    expect(await json('set', 'shop', '--quota', 'none', '--allow-no-origin', 'no')).toEqual({
      ...{ id: 'shop', origins: ['https://new.example'], allowNoOrigin: false, monthlyQuota: null },
    })
    expect(await answer('set', 'shop', '--quota', '0')).toBe('project shop is changed\n')
  })

  it('rotate gives a new key; the old one ends at once, or after the grace', async () => {
    const { keys } = await json('add', 'shop')
    const { key } = await json('rotate', 'shop', '--kind', 'public', '--grace', '24h')
    const [old, secret, fresh] = (await listed('shop')).keys
    expect([old?.key, secret?.kind, fresh?.key, fresh?.expiresAt]).toEqual([keys.public, 'secret', key, null])
    expect(Date.parse(old?.expiresAt ?? '') - Date.now()).toBeGreaterThan(86_000_000)
    expect(await answer('rotate', 'shop', '--kind', 'public')).toMatch(/^public key {2}pk_[\w-]{32}\n$/)
    expect((await listed('shop')).keys).toHaveLength(2)
  })

  it('revoke ends keys, and leaves the project', async () => {
    await json('add', 'shop')
    expect(await json('revoke', 'shop', '--kind', 'secret')).toEqual({ id: 'shop', revoked: 'secret' })
    expect((await listed('shop')).keys.map(({ kind }) => kind)).toEqual(['public'])
    expect(await answer('revoke', 'shop')).toBe('all keys of shop have ended\n')
    expect((await listed('shop')).keys).toEqual([])
  })

  it.each([
    [['add'], 'say which project'],
    [['add', 'a', 'b'], '"b"'],
    [['add', '../a'], 'id'],
    [['add', 'a', '--origin', 'shop.example'], 'origins[0]'],
    [['add', 'a', '--origin', 'https://*.github.io'], 'origins[0]: "https://*.github.io" would let in strangers'],
    [['set', 'shop', '--origin', 'https://*.co.uk'], 'origins[0]: "https://*.co.uk" would let in strangers'],
    [['add', 'a', '--quota', '-5'], '--quota'],
    [['add', 'a', '--quota', 'many'], '--quota'],
    [['add', 'a', '--colour', 'red'], '--colour'],
    [['set', 'shop'], 'say what to change'],
    [['set', 'shop', '--allow-no-origin', 'maybe'], '--allow-no-origin'],
    [['rotate', 'shop'], '--kind'],
    [['rotate', 'shop', '--kind', 'both'], '--kind'],
    [['rotate', 'shop', '--kind', 'public', '--grace', 'soon'], '--grace'],
    [['rotate', 'shop', '--kind', 'public', '--grace', '365d'], 'graceMs'],
    [['revoke', 'shop', '--kind', 'both'], '--kind'],
  ])('ends with 2 for %j', async (words, message) => {
    await answer('add', 'shop')
    await expect(run(...words).code).rejects.toThrow(
      expect.objectContaining({ name: 'CliError', exitCode: 2, message: expect.stringContaining(message) }),
    )
  })

  it.each([
    [['add', 'shop'], 'already'],
    [['add', 'default'], 'already'],
    [['set', 'nobody', '--quota', '1'], 'no project "nobody"'],
    [['set', 'default', '--quota', '1'], 'settings'],
    [['rotate', 'nobody', '--kind', 'public'], 'no project "nobody"'],
    [['revoke', 'default'], 'settings'],
  ])('ends with 1 for %j', async (words, message) => {
    await answer('add', 'shop')
    await expect(run(...words).code).rejects.toThrow(
      expect.objectContaining({ name: 'CliError', exitCode: 1, message: expect.stringContaining(message) }),
    )
  })

  it('ends with 1 where there is no store to look into, and where the file is none', async () => {
    await expect(run('list').code).rejects.toThrow(expect.objectContaining({ exitCode: 1 }))
    await writeFile(join(dir, 'firsthand.db'), 'no database, but long enough to be looked at as one'.repeat(100))
    await expect(run('list').code).rejects.toThrow(
      expect.objectContaining({ exitCode: 1, message: expect.stringContaining('the store could not be used') }),
    )
  })
})
