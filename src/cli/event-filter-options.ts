import type { EventFilter } from '../collector/event-filter'
import { parseTime } from '../collector/event-schema'
import { CliError } from './cli-error'
import type { OptionValues } from './define-command'

export const filterOptions = {
  project: { type: 'string', value: '<id>', help: 'events of this project' },
  type: { type: 'string', value: '<type>', help: 'page, track, identify, group, alias or screen' },
  event: { type: 'string', value: '<name>', help: 'tracked events of this name' },
  since: {
    type: 'string',
    value: '<time>',
    help: 'not before 2026-08-01, 2026-08-01T12:00Z, or 7d, 24h, 30m ago',
  },
  until: { type: 'string', value: '<time>', help: 'before, written likewise' },
} as const

const types = ['page', 'track', 'identify', 'group', 'alias', 'screen']
const unitMs = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

export function readFilter(options: OptionValues<typeof filterOptions>, nowMs = Date.now()): EventFilter {
  const { project, type, event } = options
  if (type !== undefined && !types.includes(type))
    throw new CliError(`--type: "${type}" is none of ${types.join(', ')}`, 2)
  return {
    ...{ project, type, event },
    since: readTime('--since', options.since, nowMs),
    until: readTime('--until', options.until, nowMs),
  }
}

function readTime(name: string, text: string | undefined, nowMs: number): string | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const time = count === undefined ? parseTime(text) : nowMs - Number(count) * (unitMs.get(unit) ?? 0)
  if (time === null) throw new CliError(`${name}: "${text}" is no time, such as 2026-08-01 or 24h`, 2)
  return new Date(time).toISOString()
}
