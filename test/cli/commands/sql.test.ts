import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqlCommand } from '../../../src/cli/commands/sql'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { type CommandRunOptions, runCommand } from '../../helpers/command-run'
import { storedEvent } from '../../helpers/stored-event'

describe('firsthand sql', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'firsthand-sql-'))
    const store = sqliteStore({ path: join(dir, 'firsthand.db') })
    await store.append([storedEvent({ messageId: '1', event: '=A' }), storedEvent({ messageId: '2', event: 'B' })])
    await store.close()
  })
  afterAll(() => rm(dir, { recursive: true }))

  const run = (args: string[], options: CommandRunOptions = {}) =>
    runCommand(sqlCommand, args, { env: { DATA_DIR: dir }, ...options })
  async function answer(args: string[], options: CommandRunOptions = {}): Promise<string> {
    const started = run(args, options)
    expect(await started.code).toBe(0)
    return started.stdout()
  }

  const select = 'SELECT message_id, event FROM events ORDER BY id'

  it('prints a table, CSV or JSON', async () => {
    expect(await answer([select])).toBe('message_id  event\n----------  -----\n1           =A\n2           B\n')
    expect(await answer(['-f', 'csv', select])).toBe("message_id,event\r\n1,'=A\r\n2,B\r\n")
    expect(await answer(['-f', 'csv', '--formulas', select])).toBe('message_id,event\r\n1,=A\r\n2,B\r\n')
    expect(await answer(['--format=json', select])).toBe(
      '{"message_id":"1","event":"=A"}\n{"message_id":"2","event":"B"}\n',
    )
  })

  it('reads the SELECT from the standard input', async () => {
    expect(await answer(['-f', 'json'], { stdin: 'SELECT 1 AS one\n' })).toBe('{"one":1}\n')
  })

  it('says that there is more, beside the answer', async () => {
    const started = run(['-f', 'json', '--max-rows', '1', select])
    expect(await started.code).toBe(0)
    expect([started.stdout(), started.stderr()]).toEqual([
      '{"message_id":"1","event":"=A"}\n',
      'only the first 1 rows: say --max-rows\n',
    ])
  })

  it.each(['DELETE FROM events', 'SELEKT 1', 'SELECT 1; SELECT 2', "ATTACH '/tmp/x' AS x"])(
    'ends with 1 for %s',
    async (sql) => {
      await expect(run([sql]).code).rejects.toThrow(expect.objectContaining({ name: 'CliError', exitCode: 1 }))
    },
  )

  it('gives up in time', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
    await expect(run(['--timeout', '1', endless]).code).rejects.toThrow('it took longer than 1 s')
  })

  it.each([
    [['-f', 'xml', select]],
    [['--max-rows', '0', select]],
    [['--timeout', 'x', select]],
    [[]],
    [[select, 'x']],
  ])('refuses %j as wrong use', async (args) => {
    await expect(run(args).code).rejects.toThrow(expect.objectContaining({ name: 'CliError', exitCode: 2 }))
  })
})
