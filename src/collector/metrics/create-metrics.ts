import { LIBRARY } from '../../core/version'
import type { AcceptEvents } from '../accept-events'
import { RequestProblem } from '../request-problem'
import type { Store, UsageRow } from '../store'
import { createCounter } from './counter'
import { createHistogram } from './histogram'
import { type MetricFamily, toPrometheus } from './prometheus'

export interface RequestMeasure {
  method: string
  /** The pattern of the route, never the path: paths have keys and ids in them. */
  route: string
  status: number
  seconds: number
}

export interface Metrics {
  countRequest(measure: RequestMeasure): void
  /** Counts what becomes of the events that pass through. */
  measured(acceptEvents: AcceptEvents): AcceptEvents
  /** The text of `/metrics`; `more` is what only the edge knows. */
  text(more: readonly MetricFamily[]): Promise<string>
}

export interface MetricsOptions {
  store?: Pick<Store, 'usage'>
  /** Monotonic, in ms. @default performance.now */
  now?: () => number
  /** Epoch milliseconds. @default Date.now */
  wallClock?: () => number
}

const secondBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const batchBounds = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500]
const dayMs = 86_400_000

export function createMetrics(options: MetricsOptions): Metrics {
  const { store, now = () => performance.now(), wallClock = Date.now } = options
  const requests = createCounter('firsthand_http_requests_total', 'Requests that were answered.')
  const durations = createHistogram(
    'firsthand_http_request_duration_seconds',
    'Time until the answer begins.',
    secondBounds,
  )
  const events = createCounter(
    'firsthand_events_total',
    'Events of this process by what became of them; unavailable ones will come again.',
  )
  const waits = createHistogram(
    'firsthand_accept_duration_seconds',
    'Time from a decoded request to its commit, or to the answer of every receiver.',
    secondBounds,
  )
  const sizes = createHistogram('firsthand_request_events', 'Events of one request.', batchBounds)

  return {
    countRequest({ method, route, status, seconds }) {
      requests.add({ method, route, status: String(status) }, 1)
      durations.observe({ route }, seconds)
    },
    measured: (acceptEvents) => async (request) => {
      const project = request.owner.project.id
      const start = now()
      sizes.observe({}, request.intake.items.length)
      try {
        const acceptance = await acceptEvents(request)
        events.add({ project, outcome: 'stored' }, acceptance.accepted)
        events.add({ project, outcome: 'duplicate' }, acceptance.duplicates)
        events.add({ project, outcome: 'rejected' }, acceptance.rejected.length)
        return acceptance
      } catch (error) {
        // Any other problem is the sender's: a request with too many events is not sent again as it is.
        const outcome = error instanceof RequestProblem && error.status !== 503 ? 'rejected' : 'unavailable'
        events.add({ project, outcome }, request.intake.items.length)
        throw error
      } finally {
        waits.observe({}, (now() - start) / 1_000)
      }
    },
    async text(more) {
      const yesterday = new Date(wallClock() - dayMs).toISOString().slice(0, 10)
      const rows = await store?.usage({ by: 'day', since: yesterday }).catch(() => null)
      const measured = [requests, durations, events, waits, sizes].map((metric) => metric.family())
      return toPrometheus([buildInfo, ...measured, ...storeFamilies(rows), ...more])
    },
  }
}

const buildInfo: MetricFamily = {
  name: 'firsthand_build_info',
  help: 'The release that runs.',
  type: 'gauge',
  samples: [{ labels: { version: LIBRARY.version }, value: 1 }],
}

/** Undefined without a store, null where it cannot be read. */
function storeFamilies(rows: readonly UsageRow[] | null | undefined): MetricFamily[] {
  if (rows === undefined) return []
  const up: MetricFamily = {
    name: 'firsthand_store_up',
    help: 'Can the store be read?',
    type: 'gauge',
    samples: [{ value: rows ? 1 : 0 }],
  }
  if (!rows) return [up]
  const days = rows.flatMap(({ project, period: day, stored, duplicates, rejected, gaps }) =>
    Object.entries({ stored, duplicate: duplicates, rejected, missing: gaps }).map(([outcome, value]) => ({
      labels: { project, day, outcome },
      value,
    })),
  )
  const help =
    'Events of a project and UTC day in the store, whichever process took them; missing ones are gaps in the numbering of their pages.'
  return [up, { name: 'firsthand_day_events', help, type: 'gauge', samples: days }]
}
