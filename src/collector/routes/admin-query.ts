import { parseTime } from '../event-schema'
import { RequestProblem } from '../request-problem'

const defaultLimit = 100
const maxLimit = 1_000

export function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit
  throw invalid('limit', `pass a whole number from 1 to ${maxLimit}`)
}

export function readCursor(text: string | undefined, name = 'cursor'): string | undefined {
  if (text === undefined || /^\d{1,15}$/.test(text)) return text
  throw invalid(name, 'pass `next` of the page before')
}

/** Times in the store are UTC with milliseconds, so that they compare as texts. */
export function readTime(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = parseTime(text)
  if (time === null) throw invalid(name, 'pass an ISO 8601 time')
  return new Date(time).toISOString()
}

/** `YYYY-MM-DD`, a day that there is: no 30th of February. */
export function readDay(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? parseTime(text) : null
  if (time !== null && new Date(time).toISOString().startsWith(text)) return text
  throw invalid(name, 'pass a day such as 2026-01-31')
}

export function invalid(name: string, whatToDo: string): RequestProblem {
  return new RequestProblem(400, 'invalid-parameter', `${name}: ${whatToDo}`)
}
