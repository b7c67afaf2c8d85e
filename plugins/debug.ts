import type { Event } from '../src/core/event'
import type { DeliveryOverrides, Transport } from '../src/core/transport'

export interface DebugOptions extends DeliveryOverrides {
  /** Which events; all where it is not given. */
  only?(event: Event): boolean
  /** Prints elsewhere: `title` is one line, `details` are what belongs to it. @default a group in the console, folded in browsers */
  print?(title: string, details: Record<string, unknown>): void
}

/** Prints each event as a transport gets it, after all hooks; sends nothing. Throws where an option cannot be. */
export const debug = ({ only, print = toConsole, ...delivery }: DebugOptions = {}): Transport => {
  for (const [name, option] of Object.entries({ only, print }))
    if (option && typeof option !== 'function') throw new Error(`[firsthand] ${name}: pass a function`)
  return {
    name: 'debug',
    deduplicates: true,
    // Nothing leaves the page.
    purposes: [],
    delivery: { flushIntervalMs: 0, ...delivery },
    ...(only && { accepts: only }),
    encode(events, { urgent }) {
      // At the end of a page only what was sent is done with: it would be printed again at the next visit.
      if (!urgent) for (const event of events) print(titleOf(event), detailsOf(event))
      return { status: 'delivered' }
    },
    decode: () => ({ status: 'delivered' }),
  }
}

/** `track "Order Completed"  14:19:12.000  user-1 (anonymous a1)` */
const titleOf = ({ type, event, name, groupId, timestamp, userId, anonymousId }: Event): string => {
  const what = event ?? name ?? groupId
  const who = userId && anonymousId ? `${userId} (anonymous ${anonymousId})` : (userId ?? `anonymous ${anonymousId}`)
  return `${type}${what ? ` "${what}"` : ''}  ${timestamp.slice(11, 23)}  ${who}`
}

const detailsOf = ({ properties, traits, previousId, integrations, context, messageId }: Event) => {
  const details = { properties, traits, previousId, integrations, context, messageId }
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined))
}

const toConsole = (title: string, details: Record<string, unknown>): void => {
  console.groupCollapsed(`[firsthand] ${title}`)
  for (const [name, value] of Object.entries(details)) console.log(name, value)
  console.groupEnd()
}
