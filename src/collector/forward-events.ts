import type { AcceptEvents, AcceptRequest } from './accept-events'
import type { Enricher } from './enrich/enricher'
import type { Log } from './log'
import type { Relay, RelayOutcome } from './relay'
import { unavailable } from './request-problem'
import type { StoredEvent } from './store'
import { type Rejection, validateItems } from './validate-items'

/** Less than the 29 s for which API gateways wait. */
const MAX_WAIT_MS = 25_000

export interface ForwardEventsDeps {
  relay: Relay
  log: Log
  enricher: Enricher
}

/**
 * The way of every event through a collector without a store: validate, complete, send on, wait for the answers.
 * Resolves when each transport has taken every event; throws a `RequestProblem` of status 503 where one has not.
 */
export function createForwardEvents({ relay, log, enricher }: ForwardEventsDeps): AcceptEvents {
  return async (request) => {
    const { events, rejected } = validateItems(request.intake, request)
    // Where nothing is stored there is nothing that an alias could join.
    await request.visit?.aliases(events)
    for (const event of events) enricher.cleanContext(event)
    const { headers, remoteAddress, owner } = request
    const clientOf = enricher.of({ headers, remoteAddress, keyKind: owner.keyKind })
    const timeoutMs = Math.min(request.timeoutMs ?? MAX_WAIT_MS, MAX_WAIT_MS)
    const outcomes = await relay.send(events, { timeoutMs, hasControl: (event) => clientOf(event).gpc })
    const missing = outcomes.flatMap((outcome) => (outcome.status === 'missing' ? outcome.reason : []))
    if (missing.length > 0) throw notAcknowledged(request, missing, log)
    const refused = refusalsOf(events, outcomes, validIndexes(request, rejected))
    return {
      accepted: outcomes.filter(({ status }) => status === 'taken').length,
      duplicates: outcomes.filter(({ status }) => status === 'known').length,
      rejected: [...rejected, ...refused].sort((a, b) => a.index - b.index),
    }
  }
}

function notAcknowledged({ owner }: AcceptRequest, reasons: readonly string[], log: Log) {
  const message = 'events were not acknowledged; their sender keeps them'
  const details = { project: owner.project.id, events: reasons.length, reason: [...new Set(reasons)].join(', ') }
  log({ level: 'warn', message, ...details })
  return unavailable('not-acknowledged', 'a receiver has not acknowledged the events; send them again')
}

/** Positions in the request of the events that are valid. */
function validIndexes({ intake }: AcceptRequest, rejected: readonly Rejection[]): number[] {
  const invalid = new Set(rejected.map(({ index }) => index))
  return [...intake.items.keys()].filter((index) => !invalid.has(index))
}

function refusalsOf(
  events: readonly StoredEvent[],
  outcomes: readonly RelayOutcome[],
  indexes: readonly number[],
): Rejection[] {
  return events.flatMap(({ messageId }, at) => {
    const outcome = outcomes[at]
    if (outcome?.status !== 'refused') return []
    const message = `a receiver will never take it: ${outcome.reason}`
    return { index: indexes[at] as number, messageId, code: 'refused-by-receiver', message }
  })
}
