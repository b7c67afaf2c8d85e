import { type Decoded, type IntakeItem, isObject, type JsonObject, mergeUnder } from './intake'

/** Segment's batch format: `{ batch: [...], sentAt?, context?, integrations? }`. */
export function decodeSegmentBatch(body: unknown): Decoded {
  if (!isObject(body)) return malformed('invalid-batch', 'the body must be a JSON object')
  const { batch, sentAt, context, integrations } = body
  if (!Array.isArray(batch)) return malformed('invalid-batch', '"batch" must be a list of events')
  if (batch.length === 0) return malformed('empty-batch', '"batch" has no events')
  if (context != null && !isObject(context)) return malformed('invalid-batch', '"context" must be a JSON object')
  if (integrations != null && !isObject(integrations)) {
    return malformed('invalid-batch', '"integrations" must be a JSON object')
  }
  const shared = { context: context ?? undefined, integrations: integrations ?? undefined }
  return {
    status: 'decoded',
    intake: { format: 'segment-batch', items: batch.map((item) => decodeItem(item, sentAt)), shared },
  }
}

function decodeItem(item: unknown, sentAt: unknown): IntakeItem {
  if (!isObject(item)) return { candidate: item, sentAt: null }
  const changes: JsonObject = {}
  if (item.timestamp == null && item.originalTimestamp != null) changes.timestamp = item.originalTimestamp
  // Segment keeps the category of a page beside its name; everywhere else categories are properties.
  if ((item.type === 'page' || item.type === 'screen') && item.category != null) {
    changes.properties = mergeUnder({ category: item.category }, item.properties)
  }
  return { candidate: mergeUnder(item, changes), sentAt: item.sentAt ?? sentAt }
}

function malformed(code: string, message: string): Decoded {
  return { status: 'malformed', code, message }
}
