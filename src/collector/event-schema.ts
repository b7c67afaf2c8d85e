import * as v from 'valibot'
import { EVENT_VERSION } from '../core/event'
import { isObject } from './intake/intake'

const maxMessageIdLength = 100
const maxIdLength = 512
const maxNameLength = 512

/** Segment's clients send `null` for ids that they do not know, and some callers send numbers. */
const optionalId = v.pipe(
  v.nullish(v.union([v.string(), v.number()], 'must be text'), null),
  v.transform((id) => (id === null || id === '' ? null : String(id))),
  v.nullable(v.pipe(v.string(), v.maxLength(maxIdLength, `must have at most ${maxIdLength} characters`))),
)

const requiredId = v.pipe(optionalId, v.string('is missing'))

const jsonObject = v.custom<Record<string, unknown>>(isObject, 'must be a JSON object')

const optionalObject = v.pipe(
  v.nullish(jsonObject),
  v.transform((value) => value ?? undefined),
)

const optionalName = v.pipe(
  v.nullish(
    v.pipe(v.string('must be text'), v.maxLength(maxNameLength, `must have at most ${maxNameLength} characters`)),
  ),
  v.transform((value) => value ?? undefined),
)

/** Date alone, or date and time with or without a zone; without one it is UTC. */
const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i

/** As most clients write it; it needs no tidying. */
const usualTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Any ISO 8601 time or epoch milliseconds, as epoch milliseconds; null where it is none of these. */
export function parseTime(value: unknown): number | null {
  let time = typeof value === 'number' ? value : Number.NaN
  if (typeof value === 'string' && usualTime.test(value)) time = Date.parse(value)
  else if (typeof value === 'string' && isoTime.test(value)) {
    const text = value.replace(' ', 'T').replace(',', '.').toUpperCase()
    const zoned = text.length === 10 || /(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) ? text : `${text}Z`
    time = Date.parse(zoned.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  }
  // Years of four digits only, so that the texts sort.
  return time >= -62_135_596_800_000 && time < 253_402_300_800_000 ? Math.trunc(time) : null
}

const notATime = 'must be an ISO 8601 time'

const optionalTime = v.pipe(
  v.nullish(v.union([v.string(), v.number()], notATime), null),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const time = parseTime(dataset.value)
    if (dataset.value === null || time !== null) return time
    addIssue({ message: notATime })
    return NEVER
  }),
)

const common = {
  version: v.optional(v.literal(EVENT_VERSION, `must be ${EVENT_VERSION}`), EVENT_VERSION),
  messageId: v.pipe(
    v.nullish(v.union([v.string(), v.number()], 'must be text'), ''),
    v.transform(String),
    v.maxLength(maxMessageIdLength, `must have at most ${maxMessageIdLength} characters`),
  ),
  timestamp: optionalTime,
  anonymousId: optionalId,
  userId: optionalId,
  context: optionalObject,
  integrations: optionalObject,
}

const pageLike = { ...common, name: optionalName, properties: optionalObject }

/** Fields of the canonical event as clients may write them. Unknown fields are dropped. */
export const eventSchema = v.variant(
  'type',
  [
    v.object({
      ...common,
      type: v.literal('track'),
      event: v.pipe(
        v.nullish(v.string('must be text'), ''),
        v.minLength(1, 'is missing'),
        v.maxLength(maxNameLength, `must have at most ${maxNameLength} characters`),
      ),
      properties: optionalObject,
    }),
    v.object({ ...pageLike, type: v.literal('page') }),
    v.object({ ...pageLike, type: v.literal('screen') }),
    v.object({ ...common, type: v.literal('identify'), traits: optionalObject, previousId: optionalId }),
    v.object({ ...common, type: v.literal('group'), traits: optionalObject, groupId: requiredId }),
    v.object({ ...common, type: v.literal('alias'), userId: requiredId, previousId: requiredId }),
  ],
  'must be page, track, identify, group, alias or screen',
)

export type CheckedEvent = v.InferOutput<typeof eventSchema>

export type CheckResult =
  | { status: 'valid'; event: CheckedEvent }
  | { status: 'invalid'; code: string; message: string }

/** Checks one candidate; what is wrong is said of the first field that is. */
export function checkEvent(candidate: unknown): CheckResult {
  if (!isObject(candidate)) return { status: 'invalid', code: 'invalid-event', message: 'event must be a JSON object' }
  const result = v.safeParse(eventSchema, candidate, { abortEarly: true })
  if (!result.success) {
    const [issue] = result.issues
    return { status: 'invalid', code: 'invalid-event', message: `${v.getDotPath(issue) ?? 'event'} ${issue.message}` }
  }
  const event = result.output
  if (event.anonymousId === null && event.userId === null) {
    return { status: 'invalid', code: 'missing-id', message: 'one of anonymousId and userId is needed' }
  }
  return { status: 'valid', event }
}
