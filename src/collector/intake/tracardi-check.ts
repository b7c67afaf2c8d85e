import { isObject, type JsonObject } from './intake'

/** One fault of a body, as Tracardi's validator words it. */
export interface TracardiFault {
  type: string
  loc: (string | number)[]
  msg: string
  input: unknown
}

type Place = (string | number)[]
type Check = (value: unknown, at: Place) => TracardiFault[]

const maxFaults = 100

/** What is wrong with the body of `POST /track`; nothing where it can be taken. */
export function checkTrack(body: unknown): TracardiFault[] {
  if (!isObject(body)) return [notAnObject(body, ['body'])]
  const fields = Object.entries(bodyChecks).flatMap(([name, check]) => check(body[name], ['body', name]))
  return [...checkSource(body, ['body']), ...fields].slice(0, maxFaults)
}

export function fault(type: string, loc: Place, msg: string, input: unknown): TracardiFault {
  // A body is not sent back: it may be large, and nested deeper than JSON can be written.
  const shown = isObject(input) ? {} : Array.isArray(input) ? [] : input
  return { type, loc, msg, input: typeof shown === 'string' ? shown.slice(0, 100) : shown }
}

export function notAnObject(input: unknown, at: Place): TracardiFault {
  return fault(
    'model_attributes_type',
    at,
    'Input should be a valid dictionary or object to extract fields from',
    input ?? null,
  )
}

const missing = (parent: unknown, at: Place) => fault('missing', at, 'Field required', parent)

const optional: (check: Check) => Check = (check) => (value, at) => (value === undefined ? [] : check(value, at))

const nullable: (check: Check) => Check = (check) => optional((value, at) => (value === null ? [] : check(value, at)))

const isText: Check = (value, at) =>
  typeof value === 'string' ? [] : [fault('string_type', at, 'Input should be a valid string', value)]

const isRecord: Check = (value, at) =>
  isObject(value) ? [] : [fault('dict_type', at, 'Input should be a valid dictionary', value)]

const isList: Check = (value, at) =>
  Array.isArray(value) ? [] : [fault('list_type', at, 'Input should be a valid list', value)]

const withId: Check = (value, at) => {
  if (!isObject(value)) return [notAnObject(value, at)]
  return 'id' in value ? isText(value.id, [...at, 'id']) : [missing(value, [...at, 'id'])]
}

const isTime: Check = (value, at) =>
  isObject(value) ? [] : [fault('model_type', at, 'Input should be a valid dictionary or instance of Time', value)]

const checkEvent: Check = (event, at) => {
  if (!isObject(event)) return [notAnObject(event, at)]
  const fields = Object.entries(eventChecks).flatMap(([name, check]) => check(event[name], [...at, name]))
  return [...checkType(event, [...at, 'type']), ...fields]
}

const checkEvents: Check = (events, at) => {
  if (!Array.isArray(events)) return isList(events, at)
  const faults: TracardiFault[] = []
  for (let index = 0; index < events.length && faults.length < maxFaults; index++) {
    faults.push(...checkEvent(events[index], [...at, index]))
  }
  return faults
}

const bodyChecks: Record<string, Check> = {
  session: nullable(withId),
  profile: nullable(withId),
  context: nullable(isRecord),
  properties: nullable(isRecord),
  request: optional(isRecord),
  events: optional(checkEvents),
  options: optional(isRecord),
}

const eventChecks: Record<string, Check> = {
  id: nullable(isText),
  time: nullable(isTime),
  properties: nullable(isRecord),
  context: nullable(isRecord),
  options: optional(isRecord),
  tags: nullable(isList),
}

function checkType(event: JsonObject, at: Place): TracardiFault[] {
  if (!('type' in event)) return [missing(event, at)]
  const faults = isText(event.type, at)
  if (faults.length > 0 || (event.type as string).trim() !== '') return faults
  return [fault('value_error', at, 'Value error, Event type can not be empty', event.type)]
}

/** A source is either of two models there, and each says what it misses. */
function checkSource(body: JsonObject, at: Place): TracardiFault[] {
  const { source } = body
  const place = [...at, 'source']
  if (source === undefined) return [missing(body, place)]
  const models = ['EventSource', 'Entity'].map((name) => [...place, name])
  if (!isObject(source)) return models.map((model) => notAnObject(source, model))
  if (typeof source.id === 'string') return []
  return models.flatMap((model) => [
    ...withId(source, model),
    ...(model.at(-1) === 'Entity' ? [] : ['name', 'type', 'bridge'])
      .filter((name) => !(name in source))
      .map((name) => missing(source, [...model, name])),
  ])
}
