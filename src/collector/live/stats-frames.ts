import type { StoreStats } from '../store'

const statsEveryMs = 1_000
/** Counting a large store takes long: it may cost a twentieth of the time at most. */
const statsShare = 20

export interface StatsFrames {
  /** The counters have changed. */
  mark(): void
  /** How long to wait for the next reading, 0 or less for none; null while the reader has the latest counters. */
  dueInMs(): number | null
  read(): Promise<StoreStats>
}

/** Decides when a reader gets new counters: soon after they have changed, but not more often than the store can bear. */
export function createStatsFrames(readStats: () => Promise<StoreStats>): StatsFrames {
  let changed = true
  let notBefore = 0
  return {
    mark() {
      changed = true
    },
    dueInMs: () => (changed ? notBefore - Date.now() : null),
    async read() {
      changed = false
      const startedAt = Date.now()
      const stats = await readStats()
      notBefore = Date.now() + Math.max(statsEveryMs, (Date.now() - startedAt) * statsShare)
      return stats
    },
  }
}
