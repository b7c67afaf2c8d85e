import { type Intake, type IntakeItem, isObject, type JsonObject } from './intake'

export interface CustomEvents {
  intake: Intake
  /** Of the first event; the given one where it names none. */
  sessionId: string
}

const textFields = ['url', 'page_title', 'page_path', 'referrer', 'userAgent'] as const
const idFields = ['sessionId', 'anonymousId', 'userId'] as const

/**
 * Custom events: `{ projectKey, event_name, event_data, url, page_title, page_path, referrer, userAgent, sessionId,
 * timestamp }`, one or a list; also `messageId`, `anonymousId` and `userId`. `newSessionId` is for those that name
 * no session. Where the visitor is not named, the session stands for the visitor.
 */
export function decodeCustomEvents(body: unknown, newSessionId: string): CustomEvents {
  const events = Array.isArray(body) ? body : [body]
  const projectKey = isObject(events[0]) ? events[0].projectKey : undefined
  return {
    intake: {
      format: 'events',
      items: events.map((event) => decodeEvent(event, projectKey, newSessionId)),
      shared: {},
    },
    sessionId: sessionOf(events[0], newSessionId),
  }
}

function decodeEvent(event: unknown, projectKey: unknown, newSessionId: string): IntakeItem {
  if (!isObject(event)) return { candidate: event, sentAt: null }
  const sessionId = sessionOf(event, newSessionId)
  const { url, page_path: path, page_title: title, referrer, userAgent } = event
  const candidate: JsonObject = {
    type: 'track',
    event: event.event_name,
    messageId: event.messageId,
    timestamp: event.timestamp,
    anonymousId: event.anonymousId ?? (event.userId == null ? sessionId : null),
    userId: event.userId,
    properties: isObject(event.event_data) ? { ...event.event_data } : undefined,
    context: given({ page: given({ url, path, title, referrer }), userAgent, session: { id: sessionId } }),
  }
  return { candidate, sentAt: null, refusal: refusalOf(event, projectKey) }
}

function refusalOf(event: JsonObject, projectKey: unknown): IntakeItem['refusal'] {
  if (event.projectKey != null && event.projectKey !== projectKey) {
    return { code: 'other-project', message: 'projectKey is not that of the first event' }
  }
  const invalid = (message: string) => ({ code: 'invalid-event', message })
  if (event.event_name == null || event.event_name === '') return invalid('event_name is missing')
  if (typeof event.event_name !== 'string') return invalid('event_name must be text')
  if (event.event_data != null && !isObject(event.event_data)) return invalid('event_data must be a JSON object')
  for (const name of textFields) {
    if (event[name] != null && typeof event[name] !== 'string') return invalid(`${name} must be text`)
  }
  for (const name of idFields) {
    if (event[name] != null && !isId(event[name])) return invalid(`${name} must be text`)
  }
  return undefined
}

function isId(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function sessionOf(event: unknown, newSessionId: string): string {
  const id = isObject(event) ? event.sessionId : null
  return isId(id) && id !== '' ? String(id) : newSessionId
}

/** Without what is not given, so that stored JSON has no nulls of ours. */
function given(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null))
}
