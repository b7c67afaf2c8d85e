import type { FlushResult } from '../core/delivery/delivery'

interface Counted {
  number: number
  isDropped: boolean
}

/** Counts what becomes of some events. */
export interface Tally {
  begin(): void
  finish(ticket: Counted): void
  /** Hears why one is lost, for those who want to know. */
  lose(ticket: Counted, status: string, reason: string): void
  pending(): number
  result(): FlushResult
}

/** Of all events up to this number, `pending` of which are under way already. */
export function createTally(upTo = Infinity, pending = 0, lose: Tally['lose'] = () => {}): Tally {
  const counts = { delivered: 0, pending, dropped: 0 }
  return {
    begin() {
      if (upTo === Infinity) counts.pending++
    },
    finish({ number, isDropped }) {
      if (number > upTo) return
      counts.pending--
      counts[isDropped ? 'dropped' : 'delivered']++
    },
    lose,
    pending: () => counts.pending,
    result: () => ({ ...counts }),
  }
}
