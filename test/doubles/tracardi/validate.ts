import { isObject } from '../double'

/** One entry of a 422, in the words of the framework that Tracardi is built on. */
export interface Problem {
  type: string
  loc: (string | number)[]
  msg: string
}

const problem = (type: string, msg: string, ...loc: (string | number)[]): Problem => ({
  type,
  loc: ['body', ...loc],
  msg,
})

const missing = (...loc: (string | number)[]) => problem('missing', 'Field required', ...loc)
const noText = (...loc: (string | number)[]) => problem('string_type', 'Input should be a valid string', ...loc)
const noObject = (...loc: (string | number)[]) => problem('dict_type', 'Input should be a valid dictionary', ...loc)

const checkSource = (source: unknown): Problem[] => {
  if (source === undefined) return [missing('source')]
  if (isObject(source) && typeof source.id === 'string') return []
  const fields = ['id', 'name', 'type', 'bridge'].map((name) => missing('source', 'EventSource', name))
  return [...fields, missing('source', 'Entity', 'id')]
}

/** Session and profile: null, or an object with a text as id. */
const checkEntity = (entity: unknown, name: string): Problem[] => {
  if (entity === undefined || entity === null) return []
  if (!isObject(entity)) return [noObject(name)]
  if (!('id' in entity)) return [missing(name, 'id')]
  return typeof entity.id === 'string' ? [] : [noText(name, 'id')]
}

/** ISO 8601; without a zone it is UTC. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/

const isDateTime = (value: unknown) =>
  typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value))

const checkEvent = (event: unknown, index: number): Problem[] => {
  if (!isObject(event)) return [noObject('events', index)]
  const { type, time, properties, context, id, options, tags } = event
  const problems: Problem[] = []
  if (type === undefined) problems.push(missing('events', index, 'type'))
  else if (typeof type !== 'string') problems.push(noText('events', index, 'type'))
  else if (!type.trim())
    problems.push(problem('value_error', 'Value error, Event type can not be empty', 'events', index, 'type'))
  if (id !== undefined && typeof id !== 'string') problems.push(noText('events', index, 'id'))
  if (time !== undefined && !isObject(time))
    problems.push(problem('model_type', 'Input should be a valid dictionary', 'events', index, 'time'))
  else if (isObject(time) && !Object.values(time).every(isDateTime))
    problems.push(problem('datetime_parsing', 'Input should be a valid datetime', 'events', index, 'time', 'create'))
  if (properties !== undefined && !isObject(properties)) problems.push(noObject('events', index, 'properties'))
  if (context !== undefined && !isObject(context)) problems.push(noObject('events', index, 'context'))
  if (options != null && !isObject(options)) problems.push(noObject('events', index, 'options'))
  if (tags !== undefined && !Array.isArray(tags))
    problems.push(problem('list_type', 'Input should be a valid list', 'events', index, 'tags'))
  return problems
}

const checkEvents = (events: unknown): Problem[] => {
  if (events === undefined) return []
  if (!Array.isArray(events)) return [problem('list_type', 'Input should be a valid list', 'events')]
  return events.flatMap(checkEvent)
}

export const checkTrack = (body: Record<string, unknown>): Problem[] => [
  ...checkSource(body.source),
  ...checkEntity(body.session, 'session'),
  ...checkEntity(body.profile, 'profile'),
  ...['context', 'properties', 'options', 'request'].flatMap((name) =>
    body[name] == null || isObject(body[name]) ? [] : [noObject(name)],
  ),
  ...checkEvents(body.events),
]
