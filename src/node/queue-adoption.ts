import { acceptedAtMs } from '../core/delivery/event-key'
import type { JournalEntry } from '../core/delivery/journal-entry'
import type { Event } from '../core/event'
import type { Transport } from '../core/transport'
import type { EventQueueOptions, TicketExtra } from './queue'
import type { FileEventStore } from './file-event-store'

/** Under this name an entry waits for the transport. */
export const claimOf = ({ name, receiver }: Transport): string => (receiver ? `${name} ${receiver}` : name)

interface Adopter {
  corrupt(count: number): void
  refuse(event: Event, reason: string, transports: readonly string[]): void
  enqueue(event: Event, extra: TicketExtra): void
}

/** Queues what processes have left that are gone. */
export function adoptEntries(
  { limits, platform, transports }: EventQueueOptions,
  store: FileEventStore,
  { corrupt, refuse, enqueue }: Adopter,
): void {
  const names = new Map(transports.map((transport) => [claimOf(transport), transport.name]))
  const adopt = (key: string, { event, pending }: JournalEntry) => {
    const own = Object.keys(pending).flatMap((claim) => names.get(claim) ?? [])
    const foreign = Object.fromEntries(Object.entries(pending).filter(([claim]) => !names.has(claim)))
    if (platform.now() - acceptedAtMs(key) > limits.maxAgeMs) {
      store.remove(key)
      refuse(event, 'too-old', own.length ? own : Object.keys(foreign))
    } else if (own.length) {
      const rest = Object.keys(foreign).length ? foreign : undefined
      enqueue(event, { isShort: false, key, transports: own, tally: undefined, foreign: rest })
    }
  }
  store.adopt((entries, count) => {
    if (count) corrupt(count)
    for (const [key, entry] of entries) adopt(key, entry)
  })
}
