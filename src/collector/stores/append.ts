import type { NewEvent, RejectionCount } from '../store'

/** What one call of `append` wants written. */
export interface Append {
  events: readonly NewEvent[]
  rejected: readonly RejectionCount[]
}
