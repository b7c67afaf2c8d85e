import * as v from 'valibot'
import { eventSchema } from '../event-schema'
import { newProjectSchema, projectChangeSchema, revocationSchema, rotationSchema } from '../projects/project-schema'

const text = v.string()
const id = v.nullable(text)
const time = v.pipe(text, v.isoTimestamp())
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const json = v.record(text, v.unknown())

const rejection = v.strictObject({ index: count, messageId: id, code: text, message: text })
const acceptance = {
  ...{ success: v.boolean(), accepted: count, duplicates: count, rejected: v.array(rejection) },
  /** Where the visitor's cookie names another one than the page. */
  anonymousId: v.optional(text),
}

const problem = v.strictObject({ success: v.literal(false), error: v.looseObject({ code: text, message: text }) })

const storedEvent = v.strictObject({
  version: v.literal(1),
  type: v.picklist(['page', 'track', 'identify', 'group', 'alias', 'screen']),
  messageId: text,
  timestamp: time,
  anonymousId: id,
  userId: id,
  event: v.optional(text),
  name: v.optional(text),
  groupId: v.optional(text),
  previousId: v.optional(text),
  properties: v.optional(json),
  traits: v.optional(json),
  context: json,
  integrations: v.optional(json),
  project: text,
  receivedAt: time,
  sentAt: v.nullable(time),
  originalTimestamp: time,
})

const keyKind = v.picklist(['public', 'secret'])
const usageRow = v.strictObject({
  ...{ project: text, period: text },
  ...{ stored: count, duplicates: count, rejected: count, gaps: count },
})
const project = v.strictObject({
  ...{ id: text, origins: v.array(text), allowNoOrigin: v.boolean(), monthlyQuota: v.nullable(count) },
  keys: v.array(v.strictObject({ kind: keyKind, key: id, expiresAt: v.nullable(time) })),
  ...{ fixed: v.boolean(), createdAt: v.nullable(time), changedAt: v.nullable(time) },
})
const conflict = v.strictObject({ anonymousId: text, userId: text, keyKind, firstAt: time, linkedId: v.optional(text) })
const person = v.strictObject({
  ...{ project: text, userId: id, anonymousIds: v.array(text), conflicts: v.array(conflict) },
  ...{ events: count, firstAt: v.nullable(time), lastAt: v.nullable(time) },
})
const customEvent = v.looseObject({
  projectKey: v.optional(text),
  event_name: text,
  event_data: v.nullish(json),
  ...{ url: v.nullish(text), page_title: v.nullish(text), page_path: v.nullish(text), referrer: v.nullish(text) },
  ...{ userAgent: v.nullish(text), sessionId: v.nullish(v.union([text, v.number()])) },
  timestamp: v.nullish(v.union([text, v.number()])),
})
const trackCall = v.looseObject({
  source: v.looseObject({ id: text }),
  ...{ session: v.nullish(json), profile: v.nullish(json), context: v.nullish(json), properties: v.nullish(json) },
  ...{ request: v.nullish(json), options: v.nullish(json), events: v.nullish(v.array(json)) },
})

const finding = {
  ...{ id: text, status: v.picklist(['good', 'warn', 'bad', 'unknown']), title: text, detail: text },
}

/**
 * Components of the document. What is taken is described by the schemas that check it, where a schema does; answers
 * by those that the tests hold real answers against.
 */
export const componentSchemas = {
  Event: eventSchema,
  Batch: v.looseObject({
    batch: v.pipe(v.array(eventSchema), v.minLength(1)),
    ...{ projectKey: v.optional(text), writeKey: v.optional(text) },
    sentAt: v.nullish(v.union([text, v.number()])),
    ...{ context: v.nullish(json), integrations: v.nullish(json) },
  }),
  Call: v.looseObject({ writeKey: v.optional(text), messageId: v.optional(text), timestamp: v.optional(text) }),
  Acceptance: v.strictObject(acceptance),
  Problem: problem,
  /** The body is no batch at all, or every event of it is invalid. */
  BatchRefusal: v.union([problem, v.strictObject(acceptance)]),
  CustomRefusal: v.union([problem, v.strictObject({ ...acceptance, sessionId: text })]),
  Accepted: v.strictObject({ success: v.literal(true) }),
  SegmentSettings: v.strictObject({
    integrations: v.record(
      text,
      v.strictObject({ apiKey: text, apiHost: text, protocol: v.picklist(['http', 'https']) }),
    ),
    metrics: v.strictObject({ host: text, sampleRate: v.number() }),
  }),
  JitsuAnswer: v.strictObject({ ok: v.boolean(), error: v.optional(text) }),
  TrackCall: trackCall,
  TrackAnswer: v.nullable(
    v.strictObject({
      ...{ task: text, ux: v.array(v.unknown()), response: json, events: v.array(v.unknown()) },
      ...{ profile: v.strictObject({ id }), session: v.strictObject({ id }) },
      ...{ errors: v.array(text), warnings: v.array(text) },
    }),
  ),
  TrackProblem: v.strictObject({ detail: v.union([text, v.array(json)]) }),
  CustomEvents: v.union([customEvent, v.array(customEvent)]),
  CustomAcceptance: v.strictObject({ ...acceptance, sessionId: text }),
  Health: v.strictObject({ status: v.picklist(['ok', 'ready']) }),
  StoredEvent: storedEvent,
  EventPage: v.strictObject({ events: v.array(storedEvent), next: id }),
  Stats: v.union([
    v.strictObject({ events: count, people: count, sessions: count, rejected: count, duplicates: count, gaps: count }),
    v.strictObject({ rows: v.array(usageRow) }),
  ]),
  PersonPage: v.strictObject({ person, events: v.array(storedEvent), next: id }),
  Usage: v.strictObject({ usage: v.array(usageRow) }),
  SqlRequest: v.looseObject({
    sql: text,
    maxRows: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
  }),
  SqlAnswer: v.strictObject({ columns: v.array(text), rows: v.array(v.array(v.unknown())), truncated: v.boolean() }),
  NewProject: newProjectSchema,
  ProjectChange: projectChangeSchema,
  Rotation: rotationSchema,
  Revocation: revocationSchema,
  ProjectList: v.strictObject({ projects: v.array(project) }),
  ProjectAnswer: v.strictObject({ project }),
  CreatedProject: v.strictObject({ project, keys: v.strictObject({ public: text, secret: text }) }),
  RotatedKey: v.strictObject({ project, key: text }),
  Diagnosis: v.strictObject({
    page: id,
    pages: v.array(text),
    verdict: v.strictObject({ ...finding, days: v.nullable(v.picklist([400, 7])) }),
    findings: v.array(v.strictObject(finding)),
    facts: json,
  }),
  Probe: v.strictObject({ name: text, mark: text }),
  LiveConfig: v.strictObject({ projectKey: id }),
  LivePerson: v.looseObject({ events: v.array(storedEvent) }),
  LiveProblem: v.strictObject({ error: v.strictObject({ code: text, message: text }) }),
} as const

export type SchemaName = keyof typeof componentSchemas
