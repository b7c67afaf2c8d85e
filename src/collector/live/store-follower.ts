import type { IdentityOptions, Store, StoreStats } from '../store'
import { createBell } from './bell'
import { edgesOf } from './person-history'
import { createStatsFrames } from './stats-frames'

export interface StoreFollowerOptions {
  store: Store
  /** Where the reader stopped; null starts with the newest events. */
  cursor: string | null
  readStats: () => Promise<StoreStats>
  /** Who is who. */
  identity: IdentityOptions
  /** How many events a new reader gets at first. Default 200. */
  backlog?: number
  /** Silence after which a comment is sent. Default 15,000 ms. */
  heartbeatMs?: number
}

export interface StoreFollower {
  /** The next frame as soon as there is one; empty after `close`. Rejects when the store does, and can be asked again. */
  next(): Promise<string>
  /** Waits before the store is asked again after a failure. */
  pause(): Promise<void>
  /** Something was stored. */
  wake(): void
  close(): void
}

const batchEvents = 200
const storeRetryMs = 2_000

/** Follows the store and writes what it finds as frames of Server-Sent Events. */
export function createStoreFollower(options: StoreFollowerOptions): StoreFollower {
  const { store, heartbeatMs = 15_000 } = options
  const bell = createBell()
  const stats = createStatsFrames(options.readStats)
  const readBatch = createBatchReader(options)
  let behind = true
  let closed = false
  let lastFrameAt = Date.now()

  async function next(): Promise<string> {
    while (!closed) {
      if (behind) {
        behind = false
        const batch = await readBatch()
        // A page may be less than there is: only an empty one says that the end is reached.
        if (batch.events > 0) behind = true
        if (batch.events > 0 && store.pollMs !== undefined) stats.mark()
        if (batch.frame !== null) return batch.frame
        continue
      }
      const statsInMs = stats.dueInMs()
      if (statsInMs !== null && statsInMs <= 0) return frame('stats', await stats.read())
      const quietMs = lastFrameAt + heartbeatMs - Date.now()
      if (statsInMs === null && quietMs <= 0) return ': still here\n\n'
      const rang = await bell.wait(Math.min(statsInMs ?? quietMs, store.pollMs ?? Infinity))
      if (!rang && store.pollMs !== undefined) behind = true
    }
    return ''
  }

  function wake(): void {
    behind = true
    stats.mark()
    bell.ring()
  }

  return {
    async next() {
      try {
        const text = await next()
        lastFrameAt = Date.now()
        return text
      } catch (error) {
        wake()
        throw error
      }
    },
    async pause() {
      await bell.wait(storeRetryMs)
    },
    wake,
    close() {
      closed = true
      bell.ring()
    },
  }
}

/** Reads on from where it stopped; only the first frame may be without events. */
function createBatchReader({ store, identity, backlog = 200, ...options }: StoreFollowerOptions) {
  let { cursor } = options
  return async (): Promise<{ events: number; frame: string | null }> => {
    const first = cursor === null
    const page = cursor === null ? await store.latest(backlog) : await store.eventsAfter(cursor, batchEvents)
    const edges = await edgesOf(store, page.events, identity)
    cursor = page.cursor
    const events = page.events.length
    return { events, frame: events > 0 || first ? frame('events', { events: page.events, edges }, cursor) : null }
  }
}

export function frame(event: string, data: unknown, id?: string): string {
  // JSON has no raw line breaks, so one data line is enough.
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
