import type { Decoded, JsonObject } from './intake'
import { malformed } from './intake'

export interface PixelSurroundings {
  /** Stands for a visitor of whom the query names no id. */
  visitorId: string
  /** Where the image stands, as far as the browser tells. */
  pageUrl: string | null
}

const ownParameters = new Set([
  'projectKey',
  'writeKey',
  'type',
  'event',
  'name',
  'messageId',
  'anonymousId',
  'userId',
  'sessionId',
  'timestamp',
  'url',
  'path',
  'title',
  'referrer',
])

/**
 * The query of the pixel: `type` is `page` or `track` (`track` where there is an `event`), parameters that have no
 * meaning here become properties. Of a repeated parameter the first counts.
 */
export function decodePixel(query: URLSearchParams, { visitorId, pageUrl }: PixelSurroundings): Decoded {
  const text = (name: string) => query.get(name) || undefined
  const type = text('type') ?? (text('event') ? 'track' : 'page')
  if (type !== 'page' && type !== 'track') return malformed('invalid-event', 'type must be page or track')
  const page = given({
    url: text('url') ?? pageUrl ?? undefined,
    path: text('path'),
    title: text('title'),
    referrer: text('referrer'),
  })
  const sessionId = text('sessionId')
  const others = [...query].reverse().filter(([name]) => !ownParameters.has(name))
  const candidate = {
    type,
    event: type === 'track' ? text('event') : undefined,
    name: type === 'page' ? text('name') : undefined,
    messageId: text('messageId'),
    timestamp: text('timestamp'),
    userId: text('userId'),
    anonymousId: text('anonymousId') ?? (text('userId') ? undefined : visitorId),
    properties: Object.fromEntries(others),
    context: given({ page, session: sessionId && { id: sessionId } }),
  }
  return { status: 'decoded', intake: { format: 'pixel', items: [{ candidate, sentAt: null }], shared: {} } }
}

function given(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
