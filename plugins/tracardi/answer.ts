import type { Event } from '../../src/core/event'
import type { EventOutcome, TransportResponse, TransportResult } from '../../src/core/transport'

/** What `/track` and `/collect` answer when they have read the request. */
export interface Envelope {
  task: string
  profile?: { id?: string | null } | null
  errors?: unknown[]
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return
  }
}

export const readEnvelope = ({ status, body }: TransportResponse): Envelope | undefined => {
  const answer = parse(body) as Partial<Envelope> | null | undefined
  return status < 300 && answer?.task ? (answer as Envelope) : undefined
}

/** Older servers answer 500 where newer ones say 401. */
const SOURCE_PROBLEM = /invalid event source|source disabled|only bridges of types/i

export const readResult = (response: TransportResponse, events: readonly Event[]): TransportResult => {
  const { status, body } = response
  const reason = `http-${status}`
  const envelope = readEnvelope(response)
  if (envelope) return readErrors(envelope, events)
  // `null` means that the server saw no events in a request that had some.
  if (status < 300) return { status: 'retry', reason: body.trim() === 'null' ? 'nothing-taken' : 'not-tracardi' }
  // As a list, so that the request is not tried again in halves.
  if (/traffic from bot/i.test(body)) return events.map(() => ({ status: 'rejected', reason: 'bot', answer: body }))
  if (status === 401 || SOURCE_PROBLEM.test(body)) return { status: 'paused', reason: 'source', answer: body }
  if (status < 400 || status >= 500 || [408, 425, 429].includes(status))
    return { status: 'retry', reason, answer: body }
  if (status === 403 || status === 404) return { status: 'paused', reason, answer: body }
  return readRefusals(status, body, events) ?? { status: 'rejected', reason, answer: body }
}

/** 226: the events are taken, but not without errors, and no one knows which. A repeat would count the others twice. */
const readErrors = (answer: Envelope, events: readonly Event[]): EventOutcome[] =>
  events.map(() =>
    answer.errors?.length ? { status: 'rejected', reason: 'errors', answer } : { status: 'delivered', answer },
  )

/** A 422 names each event that is not as it must be; the others go again at once. */
const readRefusals = (status: number, body: string, events: readonly Event[]): EventOutcome[] | undefined => {
  const { detail } = (parse(body) ?? {}) as { detail?: unknown }
  if (status !== 422 || !Array.isArray(detail)) return
  const refused = new Map<unknown, unknown>()
  for (const { loc, msg } of detail as { loc?: unknown[]; msg?: unknown }[]) {
    if (loc?.[1] !== 'events' || typeof loc[2] !== 'number') return
    refused.set(loc[2], msg)
  }
  return events.map((_, index) =>
    refused.has(index)
      ? { status: 'rejected', reason: 'http-422', answer: refused.get(index) }
      : { status: 'retry', reason: 'neighbour', afterMs: 0 },
  )
}
