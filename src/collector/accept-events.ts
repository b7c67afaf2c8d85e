import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Enricher, hasSignal } from './enrich/enricher'
import type { Feed } from './feed'
import type { Intake } from './intake/intake'
import type { Log } from './log'
import { unavailable } from './request-problem'
import type { Arrival, NewEvent, Store } from './store'
import { type IntakeOrigin, type Rejection, validateItems } from './validate-items'
import type { Visit } from './visitor/visitors'

export interface Acceptance {
  /** Events that are now stored and were not before. */
  accepted: number
  /** Events that were stored already. */
  duplicates: number
  rejected: Rejection[]
  /** The visitor's id by the cookie, where the page has used another. */
  anonymousId?: string
}

export interface AcceptRequest extends IntakeOrigin {
  intake: Intake
  headers: Headers
  /** Address of the peer that opened the connection. */
  remoteAddress?: string
  /** The visitor's cookies; null where the answer sets none. */
  visit: Visit | null
  /** The format's HTTP status for a request of which this many events were rejected. */
  statusOf: StatusOf
  /** How long the answer may take, where the edge says so. */
  timeoutMs?: number
}

export type StatusOf = (rejected: number, events: number) => ContentfulStatusCode

export type AcceptEvents = (request: AcceptRequest) => Promise<Acceptance>

const maxHeaderLength = 512

export interface AcceptEventsDeps {
  store: Store
  feed: Feed
  log: Log
  enricher: Enricher
}

/**
 * The way of every event, whatever format it came in: validate, complete, enrich, store, announce.
 * Resolves after the commit; throws a `RequestProblem` of status 503 where nothing was stored.
 */
export function createAcceptEvents({ store, feed, log, enricher }: AcceptEventsDeps): AcceptEvents {
  return async (request) => {
    const { events, rejected } = validateItems(request.intake, request)
    const arrival = arrivalOf(request, rejected.length)
    const clientOf = enricher.of({ ...request, keyKind: request.owner.keyKind })
    const aliases = (await request.visit?.aliases(events)) ?? []
    const newEvents = [...events, ...aliases].map((event): NewEvent => {
      enricher.cleanContext(event)
      return { event, arrival, client: clientOf(event) }
    })
    const project = request.owner.project.id
    const result = await store.append(newEvents, rejected.length > 0 ? [{ project, count: rejected.length }] : [])
    if (result.status === 'unavailable') {
      log({ level: 'warn', message: 'events were not stored', reason: result.reason, events: events.length, project })
      throw unavailable('store-unavailable', 'the events could not be stored; send them again')
    }
    const stored = newEvents.flatMap(({ event }, index) => (result.outcomes[index] === 'stored' ? event : []))
    announce(feed, stored, log)
    const accepted = result.outcomes.slice(0, events.length).filter((outcome) => outcome === 'stored').length
    return { accepted, duplicates: events.length - accepted, rejected }
  }
}

/** Never an address, and no cookies. */
function arrivalOf({ intake, owner, headers, statusOf }: AcceptRequest, rejected: number): Arrival {
  const events = intake.items.length
  const header = (name: string) => headers.get(name)?.slice(0, maxHeaderLength) ?? null
  return {
    request: {
      format: intake.format,
      origin: header('origin'),
      referer: header('referer'),
      userAgent: header('user-agent'),
      acceptLanguage: header('accept-language'),
      gpc: hasSignal(headers),
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
