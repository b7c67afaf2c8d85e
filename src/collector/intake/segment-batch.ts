import { type Decoded, isObject, malformed } from './intake'
import { decodeSegmentItem } from './segment-event'

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
  const items = batch.map((item) => decodeSegmentItem(item, sentAt))
  return { status: 'decoded', intake: { format: 'segment-batch', items, shared } }
}
