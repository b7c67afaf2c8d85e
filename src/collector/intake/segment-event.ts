import { type Decoded, type IntakeItem, isObject, type JsonObject, malformed, mergeUnder } from './intake'

/** One call of Segment's API, RudderStack's and Jitsu's: the type is in the path, the body is the event. */
export function decodeSegmentEvent(body: unknown, type: string, format = 'segment'): Decoded {
  if (!isObject(body)) return malformed('invalid-event', 'the body must be a JSON object')
  const item = decodeSegmentItem({ ...body, type, ...(format === 'jitsu' && pageName(body, type)) }, null)
  return { status: 'decoded', intake: { format, items: [item], shared: {} } }
}

/** Jitsu's client says the name of a page among the properties alone. */
function pageName({ name, properties }: JsonObject, type: string): JsonObject | false {
  const isNamed = isObject(properties) && typeof properties.name === 'string'
  return name == null && (type === 'page' || type === 'screen') && isNamed && { name: properties.name }
}

/** An event as Segment's clients and their kin write it. */
export function decodeSegmentItem(item: unknown, sentAt: unknown): IntakeItem {
  if (!isObject(item)) return { candidate: item, sentAt: null }
  const changes: JsonObject = {}
  if (item.timestamp == null && item.originalTimestamp != null) changes.timestamp = item.originalTimestamp
  // Segment keeps the category of a page beside its name; everywhere else categories are properties.
  if ((item.type === 'page' || item.type === 'screen') && item.category != null) {
    changes.properties = mergeUnder({ category: item.category }, item.properties)
  }
  // RudderStack's browser client says them only here.
  if (item.type === 'identify' && item.traits == null && isObject(item.context) && isObject(item.context.traits)) {
    changes.traits = { ...item.context.traits }
  }
  return { candidate: { ...item, ...changes }, sentAt: item.sentAt ?? sentAt }
}
