import { setTimeout as sleep } from 'node:timers/promises'
import { matches } from '../../collector/event-filter'
import type { StoredEvent } from '../../collector/store'
import { CliError } from '../cli-error'
import type { CommandContext } from '../command'
import { defineCommand } from '../define-command'
import { filterOptions, readFilter } from '../event-filter-options'
import { eventLine } from '../event-line'
import { type EventSource, openSource, sourceOptions } from '../event-source'

const pollMs = 500
const pageEvents = 500
const maxLatest = 1_000

export const tailCommand = defineCommand({
  name: 'tail',
  summary: 'show events as they come',
  usage: '[options]',
  options: {
    lines: { type: 'string', short: 'n', value: '<count>', help: 'begin with the last ones, as many as this (10)' },
    json: { type: 'boolean', help: 'print whole events, one JSON object a line' },
    'no-follow': { type: 'boolean', help: 'end after the last ones that are there' },
    ...filterOptions,
    ...sourceOptions,
  },
  notes: `Ctrl+C ends it. Times are UTC.

Examples
  firsthand tail --type track
  firsthand tail --json --url https://events.example.com | jq .event`,
  exitCodes: '0 ended by you, 1 could not read, 2 wrong use',
  async run(call) {
    const { options, env, cwd, stdout } = call
    const filter = readFilter(options)
    const count = readCount(options.lines ?? '10')
    const source = await openSource({ options, env, cwd })
    const show = (events: readonly StoredEvent[]) => {
      const shown = events.filter((event) => matches(event, filter))
      if (shown.length > 0) stdout.write(shown.map((event) => `${lineOf(event, options.json, call)}\n`).join(''))
    }
    try {
      // Filters may leave out many of the last ones, so more of them are looked at.
      const latest = await source.latest(maxLatest)
      show(count === 0 ? [] : latest.events.filter((event) => matches(event, filter)).slice(-count))
      if (!options['no-follow'])
        await follow(source, latest.cursor, show, { stopped: call.catchStop(), stderr: call.stderr })
      return 0
    } finally {
      await source.close()
    }
  },
})

/** A collector that restarts, or a store that is locked, is asked again. */
async function follow(
  source: EventSource,
  from: string,
  show: (events: readonly StoredEvent[]) => void,
  { stopped, stderr }: Pick<CommandContext, 'stderr'> & { stopped: AbortSignal },
): Promise<void> {
  let cursor = from
  let failed = false
  while (!stopped.aborted) {
    let read = 0
    try {
      const page = await source.eventsAfter(cursor, pageEvents)
      show(page.events)
      read = page.events.length
      cursor = page.cursor
      failed = false
    } catch (error) {
      if (!failed) stderr.write(`firsthand: ${(error as Error).message}; trying again\n`)
      failed = true
    }
    if (read < pageEvents) await sleep(pollMs, undefined, { signal: stopped }).catch(() => {})
  }
}

function lineOf(event: StoredEvent, json: boolean | undefined, { stdout, env, options }: Shown): string {
  if (json) return JSON.stringify(event)
  const width = stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY
  const color = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return eventLine(event, { width, color, project: options.project === undefined })
}

type Shown = Pick<CommandContext, 'stdout' | 'env'> & { options: { project?: string } }

function readCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count <= maxLatest) return count
  throw new CliError(`--lines: "${text}" is no number from 0 to ${maxLatest}`, 2)
}
