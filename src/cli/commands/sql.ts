import { text as readText } from 'node:stream/consumers'
import type { SqlResult } from '../../collector/store'
import { CliError } from '../cli-error'
import type { CommandContext } from '../command'
import { csvRecord } from '../csv'
import { defineCommand } from '../define-command'
import { openStore, storeOptions } from '../event-source'
import { counted } from '../progress'
import { textTable } from '../text-table'

const defaultMaxRows = 1_000
const defaultTimeoutS = 30

export const sqlCommand = defineCommand({
  name: 'sql',
  summary: 'ask the store with one SELECT',
  usage: '[options] ["<select>"]',
  maxOperands: 1,
  options: {
    format: { type: 'string', short: 'f', value: '<format>', help: 'table, csv, or json: one object a row (table)' },
    'max-rows': { type: 'string', value: '<count>', help: `rows at most (${defaultMaxRows})` },
    timeout: { type: 'string', value: '<seconds>', help: `give up after this long (${defaultTimeoutS})` },
    formulas: { type: 'boolean', help: 'leave cells of a CSV that a spreadsheet would run' },
    ...storeOptions,
  },
  notes: `Reads the SELECT from the standard input where none is given. Nothing is changed, and
a running collector does not wait. docs/store.md describes tables and columns.

Examples
  firsthand sql "SELECT type, count(*) AS events FROM events GROUP BY type"
  firsthand sql --format csv < report.sql > report.csv`,
  async run({ options, operands, ...context }) {
    const { stdout, stderr, env, cwd } = context
    const format = readFormat(options.format ?? 'table')
    const maxRows = readNumber('--max-rows', options['max-rows'], defaultMaxRows)
    const timeoutMs = readNumber('--timeout', options.timeout, defaultTimeoutS) * 1_000
    const sql = operands[0] ?? (await readInput(context))
    const { store } = await openStore({ options, env, cwd })
    try {
      const outcome = await store.query(sql, { maxRows, timeoutMs })
      if (outcome.status === 'refused') throw new CliError(outcome.reason)
      if (outcome.status === 'timeout') throw new CliError(`it took longer than ${timeoutMs / 1_000} s: say --timeout`)
      stdout.write(writers[format](outcome.result, { stdout, formulas: options.formulas ?? false }))
      if (outcome.result.truncated) stderr.write(`only the first ${counted(maxRows)} rows: say --max-rows\n`)
      return 0
    } finally {
      await store.close()
    }
  },
})

type Format = 'table' | 'csv' | 'json'

const writers: Record<
  Format,
  (result: SqlResult, how: Pick<CommandContext, 'stdout'> & { formulas: boolean }) => string
> = {
  table({ columns, rows }, { stdout }) {
    const width = stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY
    return `${textTable(columns, rows, width)}\n`
  },
  csv: ({ columns, rows }, { formulas }) => [columns, ...rows].map((cells) => csvRecord(cells, { formulas })).join(''),
  json: ({ columns, rows }) =>
    rows
      .map((row) => `${JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index]])))}\n`)
      .join(''),
}

function readFormat(text: string): Format {
  if (Object.hasOwn(writers, text)) return text as Format
  throw new CliError(`--format: "${text}" is none of ${Object.keys(writers).join(', ')}`, 2)
}

async function readInput({ stdin }: Pick<CommandContext, 'stdin'>): Promise<string> {
  const sql = stdin.isTTY ? '' : (await readText(stdin)).trim()
  if (sql === '') throw new CliError('say what to ask, as in: firsthand sql "SELECT count(*) FROM events"', 2)
  return sql
}

function readNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new CliError(`${name}: "${text}" is no whole number from 1 to 9999999`, 2)
}
