import { type AcceptEvents, createAcceptEvents } from './accept-events'
import { createFeed, type Feed } from './feed'
import { createForwardEvents } from './forward-events'
import type { ResolvedOptions } from './options'
import { createRelay } from './relay'
import { createRelayPlatform } from './relay-platform'
import { createTracardiProfiles, type TracardiProfiles } from './tracardi-profiles'

/** Where accepted events go: into the store, or straight on to other receivers. */
export interface Sink {
  acceptEvents: AcceptEvents
  profiles: TracardiProfiles
  feed: Feed
  /** Rejects where the store cannot be opened. */
  open(): Promise<void>
  close(): Promise<void>
}

export function createSink({ store, forward = [], log }: Pick<ResolvedOptions, 'store' | 'forward' | 'log'>): Sink {
  const feed = createFeed()
  if (!store) {
    const relay = createRelay(forward, createRelayPlatform())
    const acceptEvents = createForwardEvents({ relay, log })
    return { acceptEvents, profiles: claimedProfiles, feed, open: async () => {}, close: async () => {} }
  }
  return {
    acceptEvents: createAcceptEvents({ store, feed, log }),
    profiles: createTracardiProfiles(store),
    feed,
    open: () => store.open?.() ?? Promise.resolve(),
    close: () => store.close(),
  }
}

/** Without a store nobody knows better than the sender. */
const claimedProfiles: TracardiProfiles = {
  within: ({ profileId }, use) => use(profileId ?? crypto.randomUUID()),
}
