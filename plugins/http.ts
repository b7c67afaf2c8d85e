import type { Event } from '../src/core/event'
import type {
  DeliveryOverrides,
  Transport,
  TransportContext,
  TransportRequest,
  TransportResponse,
  TransportResult,
} from '../src/core/transport'

export interface HttpOptions extends DeliveryOverrides {
  /** Where to: `/events` on the page's own origin, or `https://example.com/events`. In Node absolute. */
  url: string
  /** Name of the plugin; give each its own where there are several. @default 'http' */
  name?: string
  /** @default 'POST' */
  method?: 'POST' | 'PUT' | 'PATCH'
  /**
   * Added to a content type of `text/plain` in browsers and `application/json` in Node. In browsers any other header
   * or content type costs a preflight on another origin: events then cannot leave at the end of the page, and wait
   * for the next visit.
   */
  headers?: Record<string, string>
  /**
   * What is sent: a text as it is, anything else as JSON; `undefined` rejects the events, as an error does.
   * With a promise events cannot leave at the end of the page, and wait for the next visit.
   * @default the list of events; with `batch: false` the event
   */
  body?(events: readonly Event[], context: TransportContext): unknown
  /** `false` sends each event in a request of its own. @default true */
  batch?: boolean
  /**
   * What became of the events, where the status does not tell; `undefined` falls back to the status. An error that
   * it throws counts as `retry`.
   * @default 2xx delivered; 401, 403, 404 paused; 3xx, 408, 425, 429, 5xx retry; else rejected
   */
  result?(response: TransportResponse, events: readonly Event[]): TransportResult | undefined
  /** Does the receiver remove repeats by `messageId`? @default false */
  deduplicates?: boolean
}

/** Sends to any endpoint of your own. Throws where an option is missing or cannot be. */
export const http = (options = {} as HttpOptions): Transport => {
  const {
    url,
    name = 'http',
    method = 'POST',
    headers = {},
    batch = true,
    deduplicates = false,
    body = (events, { texts }) => (!batch ? events[0] : texts ? `[${texts.whole()}]` : events),
    result = () => undefined,
    ...delivery
  } = options
  check({ url, name }, 'string')
  check({ batch, deduplicates }, 'boolean')
  check({ headers }, 'object')
  check({ body, result }, 'function')
  if (!/^(POST|PUT|PATCH)$/.test(method)) fail('method', 'POST, PUT or PATCH')
  return {
    name,
    receiver: fingerprint(url),
    deduplicates,
    joins: batch && !options.body && !options.result,
    limits: batch ? {} : { maxBatchEvents: 1 },
    delivery,
    encode(events, context) {
      const inNode = context.runtime === 'node'
      if (inNode && !/^https?:/.test(url)) return { status: 'paused', reason: 'url-not-absolute' }
      const own: Record<string, string> = { 'content-type': inNode ? 'application/json' : 'text/plain' }
      for (const header in headers) own[header.toLowerCase()] = headers[header] as string
      const toRequest = (made: unknown): TransportRequest => {
        if (made === undefined) fail('body', 'something')
        return { method, url, headers: own, body: typeof made === 'string' ? made : JSON.stringify(made) }
      }
      const made = body(events, context)
      return made instanceof Promise ? made.then(toRequest) : toRequest(made)
    },
    decode: (response, events) => result(response, events) ?? byStatus(response),
  }
}

export interface CustomEventsOptions extends Omit<HttpOptions, 'url' | 'method' | 'body' | 'batch'> {
  /** Where the collector is mounted: `/` on the page's own origin, or `https://collect.example.com`. */
  endpoint: string
  /** The project's public key. */
  projectKey: string
}

/** The custom event API of the collector, or of a service that speaks it: `POST <endpoint>/events`, one event each. */
export const customEvents = (options = {} as CustomEventsOptions): Transport => {
  const { endpoint, projectKey, ...rest } = options
  check({ endpoint, projectKey }, 'string')
  const transport = http({
    name: 'custom-events',
    ...rest,
    url: `${endpoint.replace(/\/+$/, '')}/events`,
    batch: false,
    body: ([event]) => ({ projectKey, ...toCustomEvent(event as Event) }),
  })
  return { ...transport, receiver: `${endpoint} ${projectKey}` }
}

/** Any webhook that takes one JSON object per event: an API Gateway, a Stitch or Zapier hook. */
export const webhook = (options: Omit<HttpOptions, 'batch'>): Transport =>
  http({ name: 'webhook', ...options, batch: false })

const fail = (name: string, hint: string): never => {
  throw new Error(`[firsthand] ${name}: must be ${hint}`)
}

const check = (options: object, type: 'string' | 'boolean' | 'object' | 'function'): void => {
  for (const [name, value] of Object.entries(options)) if (typeof value !== type || value === '') fail(name, type)
}

/** Tells receivers apart in the journal without the address: secrets are in addresses. */
const fingerprint = (text: string): string => {
  let hash = 0
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x1000193)
  return `${hash}`
}

const byStatus = ({ status, body }: TransportResponse): TransportResult => {
  const reason = `http-${status}`
  if (status < 300) return { status: 'delivered', answer: body }
  if (/-([35]|408|42[59])/.test(reason)) return { status: 'retry', reason }
  return { status: /40[134]/.test(reason) ? 'paused' : 'rejected', reason, answer: body }
}

const toCustomEvent = ({ context, messageId, timestamp, anonymousId, userId, ...event }: Event) => ({
  event_name: event.event ?? event.type,
  event_data: event.properties ?? event.traits ?? {},
  url: context.page?.url,
  page_title: context.page?.title,
  page_path: context.page?.path,
  referrer: context.page?.referrer,
  userAgent: context.userAgent,
  sessionId: context.session?.id,
  timestamp,
  messageId,
  anonymousId,
  userId,
})
