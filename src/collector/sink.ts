import { type AcceptEvents, createAcceptEvents } from './accept-events'
import { createEnricher } from './enrich/enricher'
import { createFeed, type Feed } from './feed'
import { createForwardEvents } from './forward-events'
import { createQuotas, noQuotas, type Quotas } from './limits/quotas'
import type { ResolvedOptions } from './options'
import { createRelay } from './relay'
import { createRelayPlatform } from './relay-platform'
import { createTracardiProfiles, type TracardiProfiles } from './tracardi-profiles'

type SinkOptions = Pick<ResolvedOptions, 'store' | 'forward' | 'log' | 'ip' | 'geo'>

/** Where accepted events go: into the store, or straight on to other receivers. */
export interface Sink {
  acceptEvents: AcceptEvents
  profiles: TracardiProfiles
  quotas: Quotas
  feed: Feed
  /** Rejects where the store cannot be opened. */
  open(): Promise<void>
  close(): Promise<void>
}

export function createSink({ store, forward = [], log, ip, geo }: SinkOptions): Sink {
  const feed = createFeed()
  const enricher = createEnricher({ ip, geo })
  if (!store) {
    const relay = createRelay(forward, createRelayPlatform())
    const acceptEvents = createForwardEvents({ relay, log, enricher })
    return {
      acceptEvents,
      profiles: claimedProfiles,
      quotas: noQuotas,
      feed,
      open: async () => {},
      close: async () => {},
    }
  }
  return {
    acceptEvents: createAcceptEvents({ store, feed, log, enricher }),
    profiles: createTracardiProfiles(store),
    quotas: createQuotas({ store }),
    feed,
    open: () => store.open?.() ?? Promise.resolve(),
    close: () => store.close(),
  }
}

/** Without a store nobody knows better than the sender. */
const claimedProfiles: TracardiProfiles = {
  within: ({ profileId }, use) => use(profileId ?? crypto.randomUUID()),
}
