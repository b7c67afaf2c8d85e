import type { Feed } from '../feed'
import { createStoreFollower, frame, type StoreFollowerOptions } from './store-follower'

export interface EventStreamOptions extends StoreFollowerOptions {
  feed: Feed
  /** Ends the stream, so that a collector that closes need not wait for its viewers. */
  signal?: AbortSignal
}

/**
 * Server-Sent Events that follow the store: `events` (its id is the cursor behind them), `stats`, `unavailable`.
 * The feed only wakes the reader; the events are read from the store when the reader has room for them, so a slow
 * reader costs one batch of memory however far it lags, and a reader that comes back misses nothing.
 */
export function createEventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { feed, signal } = options
  const encoder = new TextEncoder()
  const follower = createStoreFollower(options)
  const unsubscribe = feed.subscribe(follower.wake)
  let closed = false
  let stop = () => {}

  function end(): void {
    closed = true
    signal?.removeEventListener('abort', stop)
    unsubscribe()
    follower.close()
  }

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const send = (text: string) => closed || controller.enqueue(encoder.encode(text))
    try {
      send(await follower.next())
    } catch (error) {
      send(frame('unavailable', { reason: error instanceof Error ? error.message : String(error) }))
      await follower.pause()
    }
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      stop = () => {
        end()
        controller.close()
      }
      if (signal?.aborted) return stop()
      signal?.addEventListener('abort', stop, { once: true })
      // Tells EventSource how soon to come back, and opens the connection while the store is still being read.
      controller.enqueue(encoder.encode('retry: 1000\n\n'))
    },
    pull,
    cancel: end,
  })
}
