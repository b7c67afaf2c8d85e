import type { ReceiverAnswer } from '../../../src/testing'
import { type Double, type DoubleRequest, isObject, parseJson, pathOf } from '../double'

export interface SegmentMessage {
  type: string
  messageId: string
  timestamp?: string
  context: Record<string, unknown>
  [field: string]: unknown
}

export interface SegmentDouble extends Double {
  /** What arrived, each messageId once. */
  messages: SegmentMessage[]
  /** What it answered 200 to and threw away all the same, with the reason. */
  discarded: string[]
  /** Messages whose `messageId` it had already. */
  repeats: number
}

const TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias']

/** Any page may send. A page whose request needs more than these headers name is refused by its browser. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type, x-retry-count',
}

const json = (status: number, body: unknown): ReceiverAnswer => ({
  status,
  body: JSON.stringify(body),
  headers: { ...CORS, 'content-type': 'application/json' },
})

const keyOf = ({ headers }: DoubleRequest, envelope: Record<string, unknown>): unknown => {
  const basic = /^Basic (.+)$/.exec(String(headers.authorization ?? ''))?.[1]
  return basic ? Buffer.from(basic, 'base64').toString().replace(/:$/, '') : envelope.writeKey
}

const whyDiscarded = (message: Record<string, unknown>): string | undefined => {
  if (!TYPES.includes(String(message.type))) return 'type'
  if (!message.userId && !message.anonymousId) return 'no id'
  if (message.type === 'track' && !message.event) return 'no event'
  if (message.type === 'group' && !message.groupId) return 'no groupId'
  if (message.type === 'alias' && !message.previousId) return 'no previousId'
  return
}

/**
 * Segment's tracking API: 400 for what is no JSON or too large, 200 for nearly everything else, also for messages that
 * it throws away. Answering 401 to a wrong key is the strict reading; the real one takes it and loses it.
 */
export const createSegmentDouble = (writeKey = 'write-key'): SegmentDouble => {
  const known = new Set<unknown>()
  const double: SegmentDouble = {
    messages: [],
    discarded: [],
    repeats: 0,
    answer(request) {
      const { method, headers, body = '' } = request
      if (method === 'OPTIONS') return { status: 204, headers: CORS }
      if (method !== 'POST' || pathOf(request).pathname !== '/v1/batch') return { status: 404 }
      if (!headers['content-type']) return { status: 400, body: 'no content type' }
      if (Buffer.byteLength(body) > 500_000) return json(400, { success: false, message: 'request is too large' })
      const envelope = parseJson(body)
      if (!isObject(envelope) || !Array.isArray(envelope.batch))
        return json(400, { success: false, message: 'no batch' })
      if (keyOf(request, envelope) !== writeKey) return json(401, { success: false, message: 'wrong write key' })
      const tooLarge = envelope.batch.some((message) => Buffer.byteLength(JSON.stringify(message)) > 32_768)
      if (tooLarge) return json(400, { success: false, message: 'a message is too large' })
      envelope.batch.forEach((message: Record<string, unknown>, index: number) => {
        const reason = index >= 2500 ? 'more than 2500' : whyDiscarded(message)
        if (reason) double.discarded.push(reason)
        else if (known.has(message.messageId)) double.repeats++
        else {
          known.add(message.messageId)
          const context = { ...(envelope.context as object), ...(message.context as object) }
          double.messages.push({ ...(message as SegmentMessage), context, sentAt: envelope.sentAt })
        }
      })
      return json(200, { success: true })
    },
  }
  return double
}
