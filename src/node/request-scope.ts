import { CONSTANTS, SESSION_KEY } from '../core/constants'
import type { EventContext, EventSession, EventType } from '../core/event'
import { toIdentifier } from '../core/identifier'
import { createSession } from '../core/session'
import { type RequestInfo, type RequestInfoOptions, type RequestLike, readRequest } from './request-info'
import type { Accepted } from './server-api'
import type { CallExtras, ServerCall } from './server-call'

export interface RequestOptions extends RequestInfoOptions {
  /** Who is signed in, as the program has checked it. */
  userId?: string | number | null
  /** Domain of the cookies, as the SDK in browsers has it; '' is this host alone. */
  cookieDomain?: string
  /** A visit ends after this long without an event. */
  sessionTimeoutMs?: number
  /** Keeps an edge runtime alive until the events of this request are sent. */
  waitUntil?: (promise: Promise<unknown>) => void
}

type Properties = Record<string, unknown>

/** The calls of one request. Nothing of it outlives the request or is seen by another one. */
export interface RequestScope {
  /** From the cookie, or a new one, which `setCookie` gives to the browser. */
  readonly anonymousId: string
  /** Who is signed in: what the caller said, or `identify` since. */
  readonly userId: string | null
  /** The visit that the request belongs to. */
  readonly session: EventSession
  /** Values of `Set-Cookie` headers, one each; empty where the browser has everything. */
  readonly setCookie: readonly string[]
  track(event: string, properties?: Properties, extras?: CallExtras): Accepted
  track(call: CallExtras & { event: string; properties?: Properties }): Accepted
  page(name?: string, properties?: Properties, extras?: CallExtras): Accepted
  page(call: CallExtras & { name?: string; properties?: Properties }): Accepted
  screen(name?: string, properties?: Properties, extras?: CallExtras): Accepted
  screen(call: CallExtras & { name?: string; properties?: Properties }): Accepted
  /** The user of this call and of those after it in this request. */
  identify(userId: string | number, traits?: Properties, extras?: CallExtras): Accepted
  identify(call: CallExtras & { userId?: string | number; traits?: Properties }): Accepted
  group(groupId: string | number, traits?: Properties, extras?: CallExtras): Accepted
  group(call: CallExtras & { groupId: string | number; traits?: Properties }): Accepted
  /** `previousId` is the anonymous id where it is not given. */
  alias(userId: string | number, previousId?: string | number, extras?: CallExtras): Accepted
}

export interface RequestScopeHost {
  id(): string
  now(): number
  accept(type: EventType, call: ServerCall, waitUntil: RequestOptions['waitUntil']): Accepted
  toCall(names: [string, string], input: unknown[]): ServerCall
}

type CookieOptions = Required<Pick<RequestOptions, 'cookieDomain' | 'sessionTimeoutMs'>>

const MAX_AGE_S = 400 * 86_400

export function createRequestScope(
  request: RequestLike,
  options: RequestOptions & CookieOptions,
  host: RequestScopeHost,
): RequestScope {
  const info = readRequest(request, options)
  const { anonymousId, session, setCookie } = readVisitor(info, options, host)
  let userId = toIdentifier(options.userId)
  const claimed = toIdentifier(info.cookie(CONSTANTS.USER_ID))
  const contextOf = (own: unknown): EventContext => ({
    ...info.context,
    session,
    // Anybody can write a cookie.
    ...(claimed && claimed !== userId && { claimedUserId: claimed }),
    ...(own as EventContext | undefined),
  })
  const method =
    (type: EventType, ...names: [string, string]) =>
    (...input: unknown[]): Accepted => {
      const call = host.toCall(names, input)
      if (type === 'identify') userId = toIdentifier(call.userId) ?? userId
      const properties = type === 'page' && { properties: { ...info.pageProperties, ...(call.properties as object) } }
      const previous = type === 'alias' && { previousId: call.previousId ?? anonymousId }
      const ids = { userId: call.userId ?? userId, anonymousId, ...previous }
      return host.accept(type, { ...call, ...properties, ...ids, context: contextOf(call.context) }, options.waitUntil)
    }
  return {
    anonymousId,
    get userId() {
      return userId
    },
    session,
    setCookie,
    track: method('track', 'event', 'properties'),
    page: method('page', 'name', 'properties'),
    screen: method('screen', 'name', 'properties'),
    identify: method('identify', 'userId', 'traits'),
    group: method('group', 'groupId', 'traits'),
    alias: method('alias', 'userId', 'previousId'),
  }
}

/** The anonymous id and the visit of the cookies, or new ones, which the browser is then told. */
function readVisitor(
  info: RequestInfo,
  { cookieDomain, sessionTimeoutMs }: CookieOptions,
  { id, now }: RequestScopeHost,
) {
  const setCookie: string[] = []
  const set = (name: string, value: string) => {
    const domain = cookieDomain && `; Domain=${cookieDomain}`
    const secure = info.isSecure ? '; Secure' : ''
    // As the SDK in browsers writes them: it reads them, so they are not HttpOnly.
    const attributes = `; Path=/; Max-Age=${MAX_AGE_S}; SameSite=Lax${domain}${secure}`
    setCookie.push(`${name}=${encodeURIComponent(value)}${attributes}`)
  }
  const known = toIdentifier(info.cookie(CONSTANTS.ANON_ID))
  const anonymousId = known ?? id()
  if (!known) set(CONSTANTS.ANON_ID, anonymousId)
  const storage = {
    getItem: () => info.cookie(SESSION_KEY) ?? null,
    setItem: (name: string, value: unknown) => set(name, String(value)),
    removeItem() {},
  }
  const session = createSession({ storage, now, id }, { sessionTimeoutMs }, () => {}).touch()
  return { anonymousId, session, setCookie }
}
