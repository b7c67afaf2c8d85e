// @ts-check
/** @typedef {import('../../store').StoredEvent} StoredEvent */

/** An event that took longer than this to arrive is marked as late: it waited for a network or for the next visit. */
const lateMs = 10_000

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })
const full = new Intl.DateTimeFormat(undefined, {
  ...{ year: 'numeric', month: 'short', day: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' },
})

/** @param {string | number} time ISO 8601 or epoch milliseconds; the day is left out when it is today */
export function shortTime(time) {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return String(time)
  const today = date.toDateString() === new Date().toDateString()
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`
}

/** @param {string | number} time ISO 8601 or epoch milliseconds */
export function fullTime(time) {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return String(time)
  return full.format(date)
}

/** @param {StoredEvent} event milliseconds between the event and its arrival, never negative */
export function lagMs(event) {
  const lag = Date.parse(event.receivedAt) - Date.parse(event.timestamp)
  return Number.isFinite(lag) ? Math.max(0, lag) : 0
}

/** @param {StoredEvent} event */
export function isLate(event) {
  return lagMs(event) > lateMs
}

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} days`
}

/** @param {StoredEvent} event what a person would call it */
export function nameOf(event) {
  const { type, properties = {} } = event
  if (type === 'track') return event.event || '(no name)'
  if (type === 'identify') return event.userId ? `is ${event.userId}` : 'traits'
  if (type === 'group') return event.groupId || '(no group)'
  if (type === 'alias') return `${event.previousId ?? '?'} is ${event.userId ?? '?'}`
  return event.name || text(properties.title) || text(event.context.page?.title) || pathOf(event) || '(no title)'
}

/** @param {StoredEvent} event path and query of the page where it happened */
export function pathOf(event) {
  const { properties = {}, context } = event
  const path = text(properties.path) || text(context.page?.path)
  const search = text(properties.search) || text(context.page?.search)
  if (path) return path + (search && !search.startsWith('?') ? `?${search}` : search)
  const url = urlOf(event)
  if (!url) return ''
  try {
    const { pathname, search } = new URL(url)
    return pathname + search
  } catch {
    return url
  }
}

/** @param {StoredEvent} event */
export function urlOf(event) {
  return text(event.properties?.url) || text(event.context.page?.url)
}

/** @param {StoredEvent} event the referring page, if any */
export function referrerOf(event) {
  return text(event.properties?.referrer) || text(event.context.page?.referrer)
}

/** @param {StoredEvent} event unique among all projects */
export function keyOf(event) {
  return `${event.project}\n${event.messageId}`
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : ''
}
