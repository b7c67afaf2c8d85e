import type { Event } from '../src/core/event'
import type { DeliveryOverrides, Transport, TransportRequest } from '../src/core/transport'

export interface StitchOptions extends DeliveryOverrides {
  /** Access token of the Import API. */
  token?: string
  /** Secret address of an Incoming Webhook, in place of `token`: one event per request. */
  webhookUrl?: string
  /** Of the Import API: `https://api.eu-central-1.stitchdata.com` for accounts in Europe. @default 'https://api.stitchdata.com' */
  host?: string
  /** @default 'events' */
  tableName?: string
  /** Columns that identify a row, so that a repeat replaces it; `[]` appends each repeat. @default ['message_id'] */
  keyNames?: readonly string[]
  /** Makes the row of an event. @default the columns in `stitchSchema`; properties, traits and context as JSON text */
  record?(event: Event): Record<string, unknown>
  /** JSON Schema of the rows; needed where `record` is given. @default stitchSchema */
  schema?: StitchSchema
}

export interface StitchSchema {
  properties: Record<string, unknown>
  [keyword: string]: unknown
}

const text = { type: ['null', 'string'] }

/** The columns that an event becomes where no `record` is given. */
export const stitchSchema: StitchSchema = {
  properties: {
    message_id: { type: 'string' },
    timestamp: { type: 'string', format: 'date-time' },
    type: { type: 'string' },
    event: text,
    name: text,
    anonymous_id: text,
    user_id: text,
    group_id: text,
    previous_id: text,
    session_id: text,
    properties: text,
    traits: text,
    context: text,
  },
}

/**
 * Sends to a warehouse by Stitch: the Import API with `token`, an Incoming Webhook with `webhookUrl`. Both are secrets,
 * so it is for servers only; in browsers its events wait. Throws where an option is missing or cannot be.
 */
export const stitch = (options: StitchOptions = {}): Transport => {
  const {
    token,
    webhookUrl,
    host = 'https://api.stitchdata.com',
    tableName = 'events',
    keyNames = ['message_id'],
    ...more
  } = options
  const { record = toRecord, schema = stitchSchema, ...delivery } = more
  checkOptions(options, { tableName, keyNames, schema })
  const toImport = (events: readonly Event[]): TransportRequest => ({
    method: 'POST',
    url: `${host.replace(/\/+$/, '')}/v2/import/batch`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      table_name: tableName,
      schema,
      messages: events.map((event) => ({
        action: 'upsert',
        // A row is replaced only by a higher one: the same event has the same at each try.
        sequence: Date.parse(event.timestamp),
        data: record(event),
      })),
      ...(keyNames.length && { key_names: keyNames }),
    }),
  })
  const toWebhook = ([event]: readonly Event[]): TransportRequest => ({
    method: 'POST',
    url: webhookUrl as string,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(record(event as Event)),
  })
  return {
    name: 'stitch',
    receiver: webhookUrl ? 'webhook' : `${host} ${tableName}`,
    deduplicates: !webhookUrl && keyNames.length > 0,
    // 20 MB a request; quotes are escaped twice where JSON is the text of a column, which doubles it at worst.
    limits: { maxBatchEvents: webhookUrl ? 1 : 20_000, maxBatchBytes: 9_500_000 },
    delivery,
    encode(events, { runtime }) {
      if (runtime === 'browser') return { status: 'paused', reason: 'servers-only' }
      return webhookUrl ? toWebhook(events) : toImport(events)
    },
    decode({ status, body }) {
      const reason = `http-${status}`
      if (status < 300) {
        return isAccepted(body, !webhookUrl && status < 202)
          ? { status: 'delivered' }
          : { status: 'retry', reason: 'not-stitch', answer: body }
      }
      if (status < 400 || status >= 500 || [408, 425, 429].includes(status)) return { status: 'retry', reason }
      return { status: [401, 403, 404].includes(status) ? 'paused' : 'rejected', reason, answer: body }
    },
  }
}

const fail = (message: string): never => {
  throw new Error(`[firsthand] ${message}`)
}

const checkOptions = (
  { token, webhookUrl, host, record, schema: own }: StitchOptions,
  { tableName, keyNames, schema }: Required<Pick<StitchOptions, 'tableName' | 'keyNames' | 'schema'>>,
): void => {
  if (!token === !webhookUrl) fail('token: set it for the Import API, or webhookUrl for an Incoming Webhook')
  // It becomes a header.
  if (token && !/^[\x21-\x7e]+$/.test(token)) fail('token: only visible ASCII')
  if (webhookUrl && !/^https?:\/\/./.test(webhookUrl)) fail("webhookUrl: begin it with 'https://'")
  if (host !== undefined && !/^https?:\/\/./.test(host)) fail("host: begin it with 'https://'")
  if (record && typeof record !== 'function') fail('record: pass a function of an event')
  if (webhookUrl) return
  if (typeof tableName !== 'string' || !tableName) fail('tableName: pass a text')
  if (record && !own) fail('schema: describe the rows that record makes')
  if (!schema?.properties) fail('schema: pass a JSON Schema with properties')
  if (!Array.isArray(keyNames)) fail('keyNames: pass a list of columns')
  const unknown = keyNames.find((key) => !(key in schema.properties))
  if (unknown !== undefined) fail(`keyNames: "${unknown}" is no column of the schema`)
}

const json = (value: object | undefined): string | undefined => value && JSON.stringify(value)

const toRecord = ({ context, properties, traits, ...event }: Event): Record<string, unknown> => ({
  message_id: event.messageId,
  timestamp: event.timestamp,
  type: event.type,
  event: event.event,
  name: event.name,
  anonymous_id: event.anonymousId,
  user_id: event.userId,
  group_id: event.groupId,
  previous_id: event.previousId,
  session_id: context.session?.id,
  properties: json(properties),
  traits: json(traits),
  context: json(context),
})

/** Proxies in between answer 200 with pages of their own. */
const isAccepted = (body: string, mustSayOk: boolean): boolean => {
  try {
    const { status, error } = JSON.parse(body)
    return mustSayOk || status !== undefined ? status === 'OK' : !error
  } catch {
    return !mustSayOk && !/^\s*</.test(body)
  }
}
