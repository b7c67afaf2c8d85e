import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Feed } from './feed'
import type { Intake } from './intake/intake'
import type { Log } from './log'
import { unavailable } from './request-problem'
import type { Arrival, NewEvent, Store } from './store'
import { type IntakeOrigin, type Rejection, validateItems } from './validate-items'

export interface Acceptance {
  /** Events that are now stored and were not before. */
  accepted: number
  /** Events that were stored already. */
  duplicates: number
  rejected: Rejection[]
}

export interface AcceptRequest extends IntakeOrigin {
  intake: Intake
  origin: string | null
  userAgent: string | null
  /** The format's HTTP status for a request of which this many events were rejected. */
  statusOf: StatusOf
  /** How long the answer may take, where the edge says so. */
  timeoutMs?: number
}

export type StatusOf = (rejected: number, events: number) => ContentfulStatusCode

export type AcceptEvents = (request: AcceptRequest) => Promise<Acceptance>

const maxHeaderLength = 512

/**
 * The way of every event, whatever format it came in: validate, complete, store, announce.
 * Resolves after the commit; throws a `RequestProblem` of status 503 where nothing was stored.
 */
export function createAcceptEvents({ store, feed, log }: { store: Store; feed: Feed; log: Log }): AcceptEvents {
  return async (request) => {
    const { events, rejected } = validateItems(request.intake, request)
    const arrival = arrivalOf(request, rejected.length)
    const newEvents = events.map((event): NewEvent => ({ event, arrival }))
    const project = request.owner.project.id
    const result = await store.append(newEvents, rejected.length > 0 ? [{ project, count: rejected.length }] : [])
    if (result.status === 'unavailable') {
      log({ level: 'warn', message: 'events were not stored', reason: result.reason, events: events.length, project })
      throw unavailable('store-unavailable', 'the events could not be stored; send them again')
    }
    const stored = events.filter((_, index) => result.outcomes[index] === 'stored')
    announce(feed, stored, log)
    return { accepted: stored.length, duplicates: events.length - stored.length, rejected }
  }
}

function arrivalOf({ intake, owner, origin, userAgent, statusOf }: AcceptRequest, rejected: number): Arrival {
  const events = intake.items.length
  return {
    request: {
      format: intake.format,
      origin: origin?.slice(0, maxHeaderLength) ?? null,
      userAgent: userAgent?.slice(0, maxHeaderLength) ?? null,
      keyKind: owner.keyKind,
    },
    response: { status: statusOf(rejected, events), events, rejected },
  }
}

/** The events are stored by now: a listener that fails must not make the sender repeat them. */
function announce(feed: Feed, stored: NewEvent['event'][], log: Log): void {
  if (stored.length === 0) return
  try {
    feed.publish(stored)
  } catch (error) {
    log({ level: 'error', message: 'a listener of the feed failed', error: String(error) })
  }
}
