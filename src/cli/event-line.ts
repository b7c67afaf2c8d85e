import type { StoredEvent } from '../collector/store'
import { printable } from './printable'

export interface EventLineOptions {
  /** Characters of the line; what does not fit is cut. */
  width: number
  color: boolean
  /** Show the project, where there are several. */
  project: boolean
}

const typeWidth = 8
/** A narrow terminal gets no date, no milliseconds and no project. */
const wideFrom = 96

/** One event as one line: when, what, who, where, and the rest as far as it fits. */
export function eventLine(event: StoredEvent, { width, color, project }: EventLineOptions): string {
  const who = event.userId ?? event.anonymousId ?? ''
  const detail = event.properties ?? event.traits ?? {}
  const wide = width >= wideFrom
  const time = wide ? event.timestamp.slice(0, 23).replace('T', ' ') : event.timestamp.slice(11, 19)
  const cells = [
    ...(project && wide ? [time, fit(event.project, 10)] : [time]),
    ...[fit(event.type, typeWidth), fit(event.event ?? event.name ?? '', wide ? 24 : 16), fit(who, wide ? 22 : 12)],
    ...[event.context.page?.path ?? '', Object.keys(detail).length > 0 ? JSON.stringify(detail) : ''],
  ]
  const line = cut(
    cells
      .filter((cell) => cell !== '')
      .map(printable)
      .join('  '),
    width,
  )
  return color ? paint(line, time.length, event.type) : line
}

function fit(text: string, width: number): string {
  return cut(text, width).padEnd(width)
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
}

const colors: Record<string, number> = { page: 36, track: 32, identify: 35, group: 34, alias: 33, screen: 36 }

/** The time steps back, the type stands out. */
function paint(line: string, timeLength: number, type: string): string {
  const time = line.slice(0, timeLength)
  const rest = line.slice(timeLength).replace(type, `\u001b[${colors[type] ?? 39}m${type}\u001b[39m`)
  return `\u001b[2m${time}\u001b[22m${rest}`
}
