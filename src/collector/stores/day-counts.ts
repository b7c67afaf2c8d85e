import type { NewEvent } from '../store'
import type { Append } from './append'

/** Of one project and one UTC day of arrival. */
export interface DayCount {
  project: string
  day: string
  /** Events, whether they are new or not. */
  offered: number
  rejected: number
}

/**
 * Days of a commit of nothing, as readiness asks for: their rows are written, because only a write shows a full disk,
 * and taken away in the same transaction.
 */
export function emptyDays(counts: readonly DayCount[]): DayCount[] {
  return counts.filter(({ offered, rejected }) => offered + rejected === 0)
}

export function countDays(appends: readonly Append[]): DayCount[] {
  const today = new Date().toISOString()
  const counts = new Map<string, DayCount>()
  const countOf = (project: string, time: string): DayCount => {
    const day = time.slice(0, 10)
    const key = `${day} ${project}`
    const count = counts.get(key) ?? { project, day, offered: 0, rejected: 0 }
    counts.set(key, count)
    return count
  }
  for (const { events, rejected } of appends) {
    let last: NewEvent['event'] | undefined
    let count: DayCount | undefined
    for (const { event } of events) {
      // Events of one request came at the same time.
      if (!count || event.receivedAt !== last?.receivedAt || event.project !== last.project)
        count = countOf(event.project, event.receivedAt)
      last = event
      count.offered++
    }
    for (const { project, count } of rejected) countOf(project, today).rejected += count
  }
  return [...counts.values()]
}
