import type { Project } from '../project-directory'
import { RequestProblem, unavailable } from '../request-problem'
import type { Store } from '../store'
import { rateLimitFields } from './rate-limit-fields'

export interface Quotas {
  /**
   * Sets events aside before they are stored. Throws a `RequestProblem` of status 429 where the month's quota is used
   * up, of 503 where the store cannot say.
   */
  reserve(project: Project, events: number): Promise<Reservation>
}

export interface Reservation {
  /** Gives back what was set aside; `stored` events have become part of the month. Call it once, whatever happens. */
  settle(stored: number): void
  /** What is left, as header fields; none without a quota. */
  fields(): Record<string, string>
}

export interface QuotaOptions {
  store: Pick<Store, 'usage'>
  /** Epoch milliseconds. */
  now?: () => number
}

interface Month {
  /** Stored before this collector counted. */
  before: number
  /** Stored by this collector since. */
  own: number
  /** Stored by others on the same store since, as far as it is known. */
  others: number
  /** Events of requests under way. */
  pending: number
  readAtMs: number
}

/** How long the events of other collectors on the same store stay unseen. */
const rereadMs = 5_000
/** Clients ask no later, and a raised quota should not wait for the next month. */
const maxRetryAfterS = 3_600

const unlimited: Reservation = { settle() {}, fields: () => ({}) }

/** Where nothing is stored there is nothing to count. */
export const noQuotas: Quotas = { reserve: async () => unlimited }

/**
 * Counts the stored events of each project and calendar month (UTC). Counting starts from the store, so that a
 * restart forgets nothing; the events of other collectors on the same store are read again and again.
 */
export function createQuotas({ store, now = Date.now }: QuotaOptions): Quotas {
  const monthOf = createMonths({ store, now })
  return {
    async reserve({ id, monthlyQuota }, events) {
      if (monthlyQuota === null) return unlimited
      const month = await monthOf(id)
      const fields = () => fieldsOf(monthlyQuota, month, now())
      const used = usedIn(month)
      if (used + month.pending >= monthlyQuota) throw exhausted(used >= monthlyQuota, fields(), now())
      month.pending += events
      return {
        settle(stored) {
          month.pending -= events
          month.own += stored
        },
        fields,
      }
    },
  }
}

/** The present month of a project: whoever comes first in it has it read from the store, all others share that. */
function createMonths({ store, now }: Required<QuotaOptions>): (project: string) => Promise<Month> {
  const months = new Map<string, { name: string; month: Promise<Month> }>()
  const rereads = new Set<Month>()

  async function read(project: string, name: string): Promise<number> {
    const rows = await store.usage({ project, by: 'month', since: `${name}-01` })
    return rows.find(({ period }) => period === name)?.stored ?? 0
  }

  async function start(project: string, name: string): Promise<Month> {
    const readAtMs = now()
    return { before: await read(project, name), own: 0, others: 0, pending: 0, readAtMs }
  }

  /** Behind the answer: what this collector has stored itself is known without it. */
  async function reread(project: string, name: string, month: Month): Promise<void> {
    if (rereads.has(month)) return
    rereads.add(month)
    try {
      const stored = await read(project, name)
      // Events under way may have been read already; they are counted once they are settled.
      month.others = Math.max(month.others, stored - month.before - month.own - month.pending)
      month.readAtMs = now()
    } catch {
      // The old number holds; where the store is gone, storing will say so.
    } finally {
      rereads.delete(month)
    }
  }

  return async (project) => {
    const name = monthName(now())
    const known = months.get(project)
    const entry = known?.name === name ? known : { name, month: start(project, name) }
    months.set(project, entry)
    try {
      const month = await entry.month
      if (now() - month.readAtMs >= rereadMs) void reread(project, name, month)
      return month
    } catch {
      if (months.get(project) === entry) months.delete(project)
      throw unavailable('store-unavailable', 'the quota could not be read; send the events again')
    }
  }
}

/** Requests under way may turn out to be repeats, which count for nothing: then there is room in a moment. */
function exhausted(isSure: boolean, fields: Record<string, string>, nowMs: number): RequestProblem {
  const retryAfterS = isSure ? Math.min(secondsLeft(nowMs), maxRetryAfterS) : 1
  return new RequestProblem(429, 'quota-exceeded', 'the project has used up its events of this month; keep them', {
    headers: { 'Retry-After': String(retryAfterS), ...fields },
  })
}

function usedIn({ before, own, others }: Month): number {
  return before + own + others
}

function fieldsOf(quota: number, month: Month, nowMs: number): Record<string, string> {
  const windowS = Math.round((monthStart(nowMs, 1) - monthStart(nowMs, 0)) / 1_000)
  return rateLimitFields({
    name: 'month',
    quota,
    windowS,
    remaining: quota - usedIn(month) - month.pending,
    resetS: secondsLeft(nowMs),
  })
}

function secondsLeft(nowMs: number): number {
  return Math.max(1, Math.ceil((monthStart(nowMs, 1) - nowMs) / 1_000))
}

function monthStart(nowMs: number, offset: number): number {
  const date = new Date(nowMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset)
}

function monthName(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 7)
}
