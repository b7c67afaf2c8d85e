import { EVENT_VERSION } from '../../core/event'
import { LIBRARY } from '../../core/version'
import { createBoundedCache } from '../enrich/bounded-cache'
import { hasSignal, saysNo } from '../enrich/enricher'
import type { KeyKind, StoredEvent } from '../store'
import { findCookieDomain } from './cookie-domain'
import { mayKeep } from './may-keep'
import type { CookieOptions } from './options'
import { type CookiePlace, toSetCookie } from './to-set-cookie'
import { readVisitorCookies, type VisitorCookies } from './visitor-cookies'

export interface VisitorRequest {
  /** Their `Origin`, or `Referer` of a GET, is on the list of the project. */
  headers: Pick<Headers, 'get'>
  method: string
  /** Under which name the collector was asked. */
  collectorHost: string
  keyKind: KeyKind
  /** Epoch milliseconds. */
  receivedAt: number
}

/** What one request tells of the visitor whose browser sent it. */
export interface Visit {
  /** To be stored with the events: that the ids of page and cookie are one visitor. */
  aliases(events: readonly StoredEvent[]): Promise<StoredEvent[]>
  /** After the events were stored: what to tell the browser. */
  answer(): VisitAnswer
}

export interface VisitAnswer {
  /** Values of `Set-Cookie`, one each. */
  setCookies: readonly string[]
  /** The visitor's id, where the page has used another. */
  anonymousId?: string
}

export interface Visitors {
  /** Null where the answer sets no cookies: a server's request, one without or of another site's page. */
  meet(request: VisitorRequest): Visit | null
}

/**
 * Answers are under way for a moment, in which the visitor may log out or log in: each `Set-Cookie` may come too late and bring
 * back who has left. So a visitor's cookies are set anew at the start of a visit and once a day, not with every answer.
 */
const refreshMs = 24 * 60 * 60 * 1_000

/** Visits, and pairs of ids, that this process remembers. Beyond, cookies are set more often than they had to be. */
const maxRemembered = 10_000

/**
 * Sets the SDK's cookies anew, so that they live as long as those of servers do, and never others: only what this very request
 * brought, where an event of it is of the same visitor.
 */
export function createVisitors({ domain }: CookieOptions): Visitors {
  const refreshed = createBoundedCache<number>(maxRemembered)
  const joined = createBoundedCache<true>(maxRemembered)
  const placeOf = createPlaces(domain)

  function visitOf(request: VisitorRequest, cookies: VisitorCookies, place: CookiePlace): Visit {
    let found: Finding = { status: 'stranger' }
    let pair = ''
    return {
      async aliases(events) {
        found = mayKeep(events, cookies.granted) ? compare(events, cookies) : found
        if (found.status !== 'other-id') return []
        const { event } = found
        pair = JSON.stringify([event.project, event.anonymousId, cookies.anonymousId?.value])
        return joined.get(pair) ? [] : [await toAlias(event, cookies.anonymousId?.value as string, pair)]
      },
      answer() {
        if (found.status === 'stranger') return { setCookies: [] }
        const { last } = found
        const kept = keptCookies(cookies, last, hasSignal(request.headers) || saysNo(last.context))
        // The first visit is that of the anonymous id, and long.
        const values = kept.flatMap((cookie) => (cookie === cookies.firstVisit ? [] : cookie.value))
        const key = JSON.stringify([last.project, place.domain, ...values])
        const isFresh = request.receivedAt - (refreshed.get(key) ?? Number.NEGATIVE_INFINITY) < refreshMs
        const isOther = found.status === 'other-id'
        if (isFresh && !isOther) return { setCookies: [] }
        refreshed.set(key, request.receivedAt)
        if (isOther) joined.set(pair, true)
        const setCookies = kept.map((cookie) => toSetCookie(cookie, place))
        return isOther ? { setCookies, anonymousId: cookies.anonymousId?.value } : { setCookies }
      },
    }
  }

  return {
    meet(request) {
      const place = placeOf(request)
      if (place === null) return null
      const cookies = readVisitorCookies(request.headers.get('cookie'))
      return cookies.anonymousId === null ? null : visitOf(request, cookies, place)
    },
  }
}

/** Of pages and hosts of the collector; a site has few of them. */
const maxPlaces = 1_000

function createPlaces(domain: string | undefined): (request: VisitorRequest) => CookiePlace | null {
  const known = createBoundedCache<{ place: CookiePlace | null }>(maxPlaces)
  return ({ headers, method, collectorHost, keyKind }) => {
    const page = headers.get('origin') ?? (method === 'GET' ? headers.get('referer') : null)
    if (keyKind !== 'public' || page === null || headers.get('sec-fetch-site') === 'cross-site') return null
    const key = `${collectorHost} ${page}`
    let found = known.get(key)
    if (!found) known.set(key, (found = { place: findPlace(page, collectorHost, domain) }))
    return found.place
  }
}

function findPlace(page: string, collectorHost: string, domain: string | undefined): CookiePlace | null {
  if (!URL.canParse(page)) return null
  const { hostname, protocol } = new URL(page)
  if (!/^https?:$/.test(protocol)) return null
  const found = findCookieDomain(hostname, collectorHost, domain)
  return found.status === 'same-site' ? { domain: found.domain, secure: protocol === 'https:' } : null
}

type Finding =
  /** No event is of whom the cookies name: old ones of a visitor who has logged out, another SDK's, a page without cookies. */
  | { status: 'stranger' }
  | { status: 'same-id'; last: StoredEvent }
  /** `event` is of the visit that the cookie names, but under another id. */
  | { status: 'other-id'; last: StoredEvent; event: StoredEvent }

function compare(events: readonly StoredEvent[], cookies: VisitorCookies): Finding {
  const own = events.filter((event) => isOwn(event, cookies) || isOfVisit(event, cookies))
  const last = own.at(-1)
  if (!last) return { status: 'stranger' }
  const event = own.filter((each) => !isOwn(each, cookies)).at(-1)
  return event ? { status: 'other-id', last, event } : { status: 'same-id', last }
}

function isOwn({ anonymousId }: StoredEvent, cookies: VisitorCookies): boolean {
  return anonymousId === cookies.anonymousId?.value
}

/**
 * A log-out ends the visit, so what the browser sends afterwards of the visitor before is of another visit than its cookie
 * names: two people who share a browser are never joined.
 */
function isOfVisit({ anonymousId, userId, context }: StoredEvent, { session, userId: user }: VisitorCookies): boolean {
  const isSameUser = userId === null || user === null || userId === user.value
  return anonymousId !== null && session !== null && context.session?.id === session.value && isSameUser
}

/** Each only as far as the newest event agrees with it. */
function keptCookies(cookies: VisitorCookies, last: StoredEvent, hasOptedOut: boolean) {
  const { anonymousId, userId, session, firstVisit, clickIds } = cookies
  return [
    anonymousId,
    userId?.value === last.userId ? userId : null,
    session && (last.context.session?.id ?? session.value) === session.value ? session : null,
    // By click ids advertisers know a visitor again.
    hasOptedOut && firstVisit?.value.includes('"clickIds"') ? null : firstVisit,
    hasOptedOut ? null : clickIds,
  ].filter((cookie) => cookie !== null)
}

/** The same pair has the same id, so that the store keeps it once. */
async function toAlias(event: StoredEvent, anonymousId: string, pair: string): Promise<StoredEvent> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pair)))
  const { project, timestamp, receivedAt, sentAt, originalTimestamp } = event
  return {
    version: EVENT_VERSION,
    type: 'alias',
    messageId: `cookie-${btoa(String.fromCharCode(...digest)).replace(/\W/g, '_')}`,
    timestamp,
    anonymousId,
    userId: null,
    previousId: event.anonymousId as string,
    context: { library: { ...LIBRARY, name: 'firsthand-collector' } },
    ...{ project, receivedAt, sentAt, originalTimestamp },
  }
}
