import type { Append } from './append'

/** Of one project and one UTC day of arrival. */
export interface DayCount {
  project: string
  day: string
  /** Events, whether they are new or not. */
  offered: number
  rejected: number
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
    for (const { event } of events) countOf(event.project, event.receivedAt).offered++
    for (const { project, count } of rejected) countOf(project, today).rejected += count
  }
  return [...counts.values()]
}
