import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { matches } from '../../collector/event-filter'
import type { StoredEvent } from '../../collector/store'
import { CliError } from '../cli-error'
import { csvRecord } from '../csv'
import { defineCommand } from '../define-command'
import { cellsOf, columnNames } from '../event-columns'
import { filterOptions, readFilter } from '../event-filter-options'
import { type EventPage, type EventSource, openSource, sourceOptions } from '../event-source'
import { counted, createProgress } from '../progress'

const pageEvents = 1_000

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'write events as NDJSON or CSV',
  usage: '[options]',
  options: {
    format: {
      type: 'string',
      value: '<format>',
      help: 'ndjson, which import reads, or csv, for spreadsheets (ndjson)',
    },
    out: { type: 'string', short: 'o', value: '<file>', help: 'write to this file; packed where its name ends in .gz' },
    formulas: { type: 'boolean', help: 'leave cells that a spreadsheet would run' },
    ...filterOptions,
    ...sourceOptions,
  },
  notes: `Events come in the order of storing, also beside a running collector. A file is
there when it is whole.

Examples
  firsthand export --since 7d --out week.ndjson.gz
  firsthand export --format csv --type track --event "Order Completed" > orders.csv`,
  async run({ options, ...context }) {
    const filter = readFilter(options)
    const line = lineWriter(options.format ?? 'ndjson', options.formulas ?? false)
    const source = await openSource({ options, env: context.env, cwd: context.cwd })
    const progress = createProgress(context.stderr)
    const tally = { events: 0 }
    async function* lines() {
      if (line.head) yield line.head
      for await (const { events, share } of pagesOf(source)) {
        const texts = events.filter((event) => matches(event, filter)).map(line.write)
        tally.events += texts.length
        progress.update({ events: tally.events, share })
        if (texts.length > 0) yield texts.join('')
      }
    }
    try {
      if (options.out === undefined) await pipeline(Readable.from(lines()), context.stdout, { end: false })
      else await writeFile(resolve(context.cwd, options.out), lines())
    } finally {
      progress.clear()
      await source.close()
    }
    if (options.out !== undefined || context.stderr.isTTY)
      context.stderr.write(`${counted(tally.events)} events exported\n`)
    return 0
  },
})

function lineWriter(format: string, formulas: boolean): { head?: string; write(event: StoredEvent): string } {
  if (format === 'ndjson') return { write: (event) => `${JSON.stringify(event)}\n` }
  if (format === 'csv')
    return { head: csvRecord(columnNames), write: (event) => csvRecord(cellsOf(event), { formulas }) }
  throw new CliError(`--format: "${format}" is neither ndjson nor csv`, 2)
}

/** All pages up to what was there at the start, one in memory at a time. */
async function* pagesOf(source: EventSource) {
  const last = Number((await source.latest(1)).cursor)
  let cursor: string | null = null
  for (;;) {
    const page: EventPage = await source.eventsAfter(cursor, pageEvents)
    if (page.events.length === 0) return
    cursor = page.cursor
    yield { events: page.events, share: last > 0 ? Number(cursor) / last : null }
    // What comes meanwhile could keep a slow reader going for ever.
    if (Number(cursor) >= last) return
  }
}

async function writeFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const part = `${path}.part`
  const packing = path.endsWith('.gz') ? [createGzip()] : []
  try {
    // Events are personal data: the file is its owner's alone.
    await pipeline([Readable.from(lines), ...packing, createWriteStream(part, { mode: 0o600 })])
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    if ((error as NodeJS.ErrnoException).syscall) throw new CliError(`--out: ${(error as Error).message}`)
    throw error
  }
}
