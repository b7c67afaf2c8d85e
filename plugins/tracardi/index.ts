import type { Event } from '../../src/core/event'
import type { DeliveryOverrides, Transport, TransportContext, TransportRequest } from '../../src/core/transport'
import { readEnvelope, readResult } from './answer'
import { propertiesOf, sessionContextOf, toTracardiEvent, typeOf } from './mapping'
import { sessionIdOf, visitorOf } from './session-id'

export interface TracardiOptions extends DeliveryOverrides {
  /** Where Tracardi's API is: `https://track.example.com`, or `/` behind the page's own origin. In Node absolute. */
  host: string
  /** Id of the event source. */
  sourceId: string
  /**
   * Tracardi's event types, by the name of a tracked event or by `page`, `screen`, `identify`, `group`, `alias`.
   * @default { page: 'page-view', screen: 'screen-view', identify: 'identification' }; else the name
   */
  types?: Record<string, string>
  /** Goes before `types`; `undefined` leaves it to them. */
  eventType?(event: Event): string | undefined
  /** Passed to the server with each request; `debugger` brings more into the answer that `on('delivery')` hears. */
  options?: { debugger?: boolean; saveSession?: boolean; saveEvents?: boolean }
  /** Sends events without a profile. One event: `options.integrations: { tracardi: { profileLess: true } }`. @default false */
  profileLess?: boolean
  /** Sends each event to `/collect/{type}/{source}` of a webhook source, without session and profile. @default false */
  webhook?: boolean
}

/** Sends to Tracardi. Throws where an option is missing or cannot be. */
export const tracardi = (settings = {} as TracardiOptions): Transport => {
  const { host, sourceId, types = {}, eventType, options = {}, ...more } = settings
  const { profileLess = false, webhook = false, ...delivery } = more
  checkSettings(settings)
  const base = host.replace(/\/+$/, '')
  const type = (event: Event) => eventType?.(event) ?? typeOf(event, types)
  const isProfileLess = ({ integrations }: Event): boolean => {
    const own = (integrations?.tracardi as { profileLess?: boolean } | undefined)?.profileLess
    return own === undefined ? profileLess : own
  }
  const stateKey = (event: Event) => `${base} ${visitorOf(event)}`

  const toTrack = (events: readonly Event[], context: TransportContext): Target => {
    const event = events[0] as Event
    const without = isProfileLess(event)
    const id = without ? null : profileOf(stateKey(event), context)
    return {
      path: `/track${without ? '?profile_less=true' : ''}`,
      body: {
        source: { id: sourceId },
        session: { id: sessionIdOf(event) },
        profile: id && { id },
        context: sessionContextOf(event.context),
        options,
        events: events.map((each) => toTracardiEvent(each, type(each))),
      },
    }
  }
  const toCollect = ([event]: readonly Event[]): Target => ({
    path: `/collect/${toSegment(type(event as Event))}/${encodeURIComponent(sourceId)}`,
    body: propertiesOf(event as Event),
  })

  return {
    name: 'tracardi',
    receiver: `${host} ${sourceId}`,
    deduplicates: false,
    delivery,
    ...(webhook
      ? { limits: { maxBatchEvents: 1 } }
      : {
          partition: (event) => `${visitorOf(event)} ${sessionIdOf(event)} ${isProfileLess(event)}`,
          // One after another, so that the second request of a visitor carries the profile that the first one got.
          lane: visitorOf,
        }),
    encode(events, context) {
      if (context.runtime === 'node' && !/^https?:/.test(base)) return { status: 'paused', reason: 'host-not-absolute' }
      const { path, body } = webhook ? toCollect(events) : toTrack(events, context)
      return toRequest(base + path, body)
    },
    decode(response, events, { state }) {
      const event = events[0] as Event
      const id = readEnvelope(response)?.profile?.id
      // Also another one than was sent: profiles that turn out to be one person's are merged, and one of them survives.
      if (id && typeof id === 'string' && !webhook && !isProfileLess(event) && state.get(stateKey(event)) !== id)
        state.set(stateKey(event), id)
      return readResult(response, events)
    },
  }
}

/**
 * The server takes an address apart after decoding it: a slash in a type would make another source of what follows.
 * Dots alone would be resolved away by whoever sends the request.
 */
const toSegment = (type: string): string => encodeURIComponent(type.replace(/[/\\]/g, '-').replace(/^\.{1,2}$/, '-'))

interface Target {
  path: string
  body: unknown
}

const toRequest = (url: string, body: unknown): TransportRequest => ({
  method: 'POST',
  url,
  // Tracardi refuses any other type with 422.
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  credentials: 'omit',
})

/** The profile that the server gave this visitor, or the one that Tracardi's own tracker left here. */
const profileOf = (key: string, { state, stored }: TransportContext): string | null => {
  const known = state.get(key)
  if (known) return known
  // Only the first visitor takes it over: after a log-out there is somebody else.
  const heir = state.get('heir')
  if (heir && heir !== key) return null
  const left = stored('tracardi-profile-id') || stored('__tr_pid')
  if (typeof left !== 'string') return null
  if (!heir) state.set('heir', key)
  return left
}

const fail = (message: string): never => {
  throw new Error(`[firsthand] ${message}`)
}

const checkSettings = ({ host, sourceId, types, eventType, options }: TracardiOptions): void => {
  if (typeof host !== 'string' || !host) fail("host: set it to Tracardi's API")
  if (typeof sourceId !== 'string' || !/^[^@\s/][^/]*$/.test(sourceId))
    fail('sourceId: set it to the id of an event source; those with @ are internal')
  if (types && Object.values(types).some((type) => typeof type !== 'string' || !type.trim()))
    fail('types: pass an object of texts')
  if (eventType && typeof eventType !== 'function') fail('eventType: pass a function of an event')
  if (options && typeof options !== 'object') fail('options: pass an object')
}
