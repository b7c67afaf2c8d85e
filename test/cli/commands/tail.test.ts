import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tailCommand } from '../../../src/cli/commands/tail'
import { createCollector, type Store } from '../../../src/collector'
import { serve } from '../../../src/collector/node/serve'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { type CommandRunOptions, runCommand } from '../../helpers/command-run'
import { storedEvent } from '../../helpers/stored-event'

const adminToken = 'token-for-the-tail'

describe('firsthand tail', () => {
  let dir: string
  let store: Store
  let stop: AbortController
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'firsthand-tail-'))
    store = sqliteStore({ path: join(dir, 'firsthand.db') })
    stop = new AbortController()
    const events = Array.from({ length: 12 }, (_, index) =>
      storedEvent({ messageId: `${index}`, event: `Event ${index}` }),
    )
    await store.append(events)
  })
  afterEach(async () => {
    await store.close()
    await rm(dir, { recursive: true })
  })

  const run = (args: string[], options: CommandRunOptions = {}) =>
    runCommand(tailCommand, args, { env: { DATA_DIR: dir }, stopped: stop.signal, ...options })
  const names = (text: string) => text.match(/Event \d+/g)

  it('begins with the last ten', async () => {
    const once = run(['--no-follow'])
    expect(await once.code).toBe(0)
    expect(names(once.stdout())).toEqual(Array.from({ length: 10 }, (_, index) => `Event ${index + 2}`))
  })

  it('begins with as many as it is told, of those that pass the filter', async () => {
    const once = run(['-n', '2', '--no-follow', '--json', '--event', 'Event 3'])
    expect(await once.code).toBe(0)
    expect(JSON.parse(once.stdout())).toMatchObject({ messageId: '3', event: 'Event 3', project: 'shop' })
    const none = run(['--lines=0', '--no-follow'])
    await none.code
    expect(none.stdout()).toBe('')
  })

  it('shows what comes, until it is stopped', async () => {
    const following = run(['-n', '1', '--project', 'shop'])
    await following.until(/Event 11/)
    await store.append([storedEvent({ messageId: 'a', event: 'Event 98', project: 'app' })])
    await store.append([storedEvent({ messageId: 'b', event: 'Event 99' })])
    await following.until(/Event 99/)
    stop.abort()
    expect(await following.code).toBe(0)
    expect(names(following.stdout())).toEqual(['Event 11', 'Event 99'])
  })

  it('follows a collector over HTTP, and goes on after it was away', async () => {
    const projects = [{ id: 'shop', key: 'pk_shop', origins: [] }]
    const open = () =>
      createCollector({ projects, store: sqliteStore({ path: join(dir, 'firsthand.db') }), adminToken })
    const first = await serve(open(), { port: 0 })
    const following = run(['-n', '1', '--url', first.url, '--token', adminToken], { env: {} })
    await following.until(/Event 11/)
    await first.close()
    await following.until(/cannot be reached: .*; trying again\n/)
    const second = await serve(open(), { port: Number(new URL(first.url).port) })
    await store.append([storedEvent({ messageId: 'b', event: 'Event 99' })])
    await following.until(/Event 99/)
    stop.abort()
    expect(await following.code).toBe(0)
    await second.close()
  })

  it('keeps to the width of a terminal, and to plain text in a pipe', async () => {
    await store.append([storedEvent({ messageId: 'x', event: 'Wide', properties: { text: 'x'.repeat(200) } })])
    const narrow = run(['-n', '1', '--no-follow'], { columns: 60 })
    await narrow.code
    // oxlint-disable-next-line no-control-regex
    const plain = narrow.stdout().replaceAll(/\u001b\[\d+m/g, '')
    expect(plain.trimEnd()).toHaveLength(60)
    expect(narrow.stdout()).toContain('\u001b[32mtrack\u001b[39m')
    const piped = run(['-n', '1', '--no-follow'])
    await piped.code
    expect(piped.stdout()).not.toContain('\u001b')
    expect(piped.stdout()).toContain('x'.repeat(200))
    const uncolored = run(['-n', '1', '--no-follow'], { columns: 60, env: { DATA_DIR: dir, NO_COLOR: '1' } })
    await uncolored.code
    expect(uncolored.stdout()).not.toContain('\u001b')
  })

  it('leaves out the date and the project where there is no room', async () => {
    const narrow = run(['-n', '1', '--no-follow'], { columns: 60, env: { DATA_DIR: dir, NO_COLOR: '1' } })
    await narrow.code
    expect(narrow.stdout()).toBe('12:00:00  track     Event 11          anon-1      \n')
    const wide = run(['-n', '1', '--no-follow'], { columns: 100, env: { DATA_DIR: dir, NO_COLOR: '1' } })
    await wide.code
    expect(wide.stdout()).toMatch(/^2026-08-01 12:00:00\.000  shop        track     Event 11 /)
  })

  it.each([['-1'], ['1001'], ['ten']])('refuses %s lines as wrong use', async (lines) => {
    await expect(run([`--lines=${lines}`]).code).rejects.toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})
