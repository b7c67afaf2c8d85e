import { type Intake, type IntakeItem, isObject, type JsonObject } from './intake'

/** What the body of `POST /track` asks for; ids are null where it names none. */
export interface TrackCall {
  sourceId: string
  sessionId: string | null
  profileId: string | null
  profileLess: boolean
  saveSession: boolean
  saveProfile: boolean
  saveEvents: boolean
}

/** Who the events belong to, as the collector decided. */
export interface TracardiVisitor {
  profileId: string
  /** Null where the session is not kept. */
  sessionId: string | null
  profileLess: boolean
}

/** Of a body in which `checkTrack` finds no fault. */
export function readTrackCall(body: JsonObject): TrackCall {
  const options = isObject(body.options) ? body.options : {}
  return {
    sourceId: idOf(body.source) ?? '',
    sessionId: idOf(body.session),
    profileId: idOf(body.profile),
    profileLess: body.profile_less === true,
    // Anything that is no boolean counts as the default.
    saveSession: options.saveSession !== false,
    saveProfile: options.saveProfile !== false,
    saveEvents: options.saveEvents !== false,
  }
}

/** Tracardi's events of one visitor, of a body in which `checkTrack` finds no fault. */
export function decodeTrack(body: JsonObject, visitor: TracardiVisitor): Intake {
  const events: unknown[] = Array.isArray(body.events) ? body.events : []
  const session = isObject(body.properties) && Object.keys(body.properties).length > 0 ? body.properties : undefined
  const context = { ...(isObject(body.context) ? body.context : {}), ...visitContext(visitor, session) }
  const items = events.filter(isObject).map((event) => decodeEvent(event, visitor.profileId))
  return { format: 'tracardi', items, shared: { context } }
}

/** One event of `/collect/{event-type}/{source-id}[/{session-id}]`. */
export function decodeCollect(eventType: string, properties: JsonObject, visitor: TracardiVisitor): Intake {
  const item = decodeEvent({ type: eventType, properties }, visitor.profileId)
  return { format: 'tracardi-collect', items: [item], shared: { context: visitContext(visitor) } }
}

function visitContext({ sessionId, profileLess }: TracardiVisitor, properties?: JsonObject): JsonObject {
  return {
    // Also where there is none: a session that the sender wrote here would be taken for one that was kept.
    session: sessionId === null ? undefined : { id: sessionId, ...(properties && { properties }) },
    profileLess: profileLess || undefined,
  }
}

function decodeEvent(event: JsonObject, profileId: string): IntakeItem {
  const name = String(event.type).trim()
  const page = pageOf(event.context)
  const { session: _session, profileLess: _profileLess, ...own } = isObject(event.context) ? event.context : {}
  const time = isObject(event.time) ? event.time : {}
  const candidate: JsonObject = {
    ...(name === 'page-view' ? { type: 'page' } : { type: 'track', event: name }),
    messageId: event.id,
    timestamp: time.create ?? time.insert,
    anonymousId: profileId,
    properties: isObject(event.properties) ? { ...event.properties } : undefined,
    context: { ...own, ...(page && { page }), ...(Array.isArray(event.tags) && { tags: event.tags }) },
  }
  return { candidate, sentAt: null }
}

/** With the referrer where its column takes it from: Tracardi's tracker writes `referer.host` and `referer.query`. */
function pageOf(context: unknown): JsonObject | undefined {
  const page = isObject(context) ? context.page : undefined
  if (!isObject(page)) return undefined
  const { host, query } = isObject(page.referer) ? page.referer : {}
  if (page.referrer !== undefined || typeof host !== 'string' || host === '') return page
  return { ...page, referrer: typeof query === 'string' && query !== '' ? `${host}?${query.replace(/^\?/, '')}` : host }
}

function idOf(entity: unknown): string | null {
  const id = isObject(entity) ? entity.id : null
  return (typeof id === 'string' && id.trim()) || null
}
