import type { StoredEvent } from './store'

export type FeedListener = (events: readonly StoredEvent[]) => void

/** Tells listeners in this process what was stored, after the commit. */
export interface Feed {
  /** Newly stored events, in order; repeats are not among them. */
  publish(events: readonly StoredEvent[]): void
  /** The returned function ends the subscription. */
  subscribe(listener: FeedListener): () => void
}

export function createFeed(): Feed {
  const listeners = new Set<FeedListener>()
  return {
    publish(events) {
      for (const listener of listeners) listener(events)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
