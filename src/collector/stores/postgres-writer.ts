import type { AppendOutcome, NewEvent } from '../store'
import type { Append } from './append'
import { countDays, emptyDays } from './day-counts'
import { clientColumns, eventFields, type EventValue, toRows } from './event-row'
import type { PostgresClient } from './postgres-driver'
import { beginWriting } from './postgres-order'

const typeOf: Readonly<Record<string, string>> = {
  session_number: 'integer',
  sequence_number: 'integer',
  version: 'integer',
  value: 'double precision',
  timestamp: 'timestamptz',
  original_timestamp: 'timestamptz',
  sent_at: 'timestamptz',
  received_at: 'timestamptz',
}

const jsonColumns = new Set<string>([
  'properties',
  'traits',
  'context',
  'integrations',
  'request',
  'response',
  'client',
])

const numbers = new Set<string>(['bot', 'gpc'])

/** How long the server may take for one statement. */
const statementMs = 15_000

/**
 * All of a transaction in one statement. Rows of other tables are locked in the order of their keys, so that
 * collectors which write the same rows wait for each other and not in a ring.
 */
function appendSql(s: string): string {
  const own = eventFields.filter((name) => name !== 'client')
  const columns = [...own, ...clientColumns].join(', ')
  const typed = eventFields.map((name) => `${name} ${typeOf[name] ?? 'text'}`).join(', ')
  const ofClient = clientColumns.map(
    (name, index) => `(client::json ->> ${index})${numbers.has(name) ? '::smallint' : ''}`,
  )
  const selected = [...own.map((name) => (jsonColumns.has(name) ? `${name}::jsonb` : name)), ...ofClient].join(', ')
  return `
  WITH stored AS (
    INSERT INTO ${s}events (${columns})
    SELECT ${selected} FROM json_to_recordset($1::json) AS given (${typed})
    ON CONFLICT (project, message_id) DO NOTHING
    RETURNING project, message_id, type, anonymous_id, user_id, previous_id, request ->> 'keyKind' AS key_kind,
      timestamp, (received_at AT TIME ZONE 'UTC')::date AS day, sequence_instance, sequence_number
  ), edges AS (
    INSERT INTO ${s}identity_edges AS known (project, anonymous_id, user_id, key_kind, first_at)
    SELECT project, anonymous_id, user_id, key_kind, min(timestamp) FROM (
      SELECT project, anonymous_id, user_id, key_kind, timestamp FROM stored
      WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL
      UNION ALL
      -- An identify that replaces another user is a change of person, not a second name of one: only alias joins.
      SELECT project, previous_id, user_id, key_kind, timestamp FROM stored
      WHERE type = 'alias' AND previous_id <> user_id
    ) AS claim GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (project, anonymous_id, user_id, key_kind) DO UPDATE SET first_at = excluded.first_at
    WHERE excluded.first_at < known.first_at
  ), links AS (
    INSERT INTO ${s}anonymous_links AS known (project, previous_id, anonymous_id, key_kind, first_at)
    SELECT project, previous_id, anonymous_id, key_kind, min(timestamp) FROM stored
    WHERE type = 'alias' AND user_id IS NULL AND previous_id <> anonymous_id
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (project, previous_id, anonymous_id, key_kind) DO UPDATE SET first_at = excluded.first_at
    WHERE excluded.first_at < known.first_at
  ), pages AS (
    INSERT INTO ${s}page_instances AS known (project, instance, day, events, highest)
    SELECT project, sequence_instance, min(day), count(*), max(sequence_number) FROM stored
    WHERE sequence_instance IS NOT NULL AND sequence_number IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (project, instance) DO UPDATE SET events = known.events + excluded.events,
      highest = greatest(known.highest, excluded.highest)
  ), counts AS (
    INSERT INTO ${s}daily_counts AS known (project, day, stored, duplicates, rejected)
    SELECT given.project, given.day, given.stored, given.offered - given.stored, given.rejected FROM (
      SELECT project, day, offered, rejected,
        (SELECT count(*) FROM stored WHERE stored.project = offer.project AND stored.day = offer.day) AS stored
      FROM json_to_recordset($2::json) AS offer (project text, day date, offered bigint, rejected bigint)
    ) AS given ORDER BY 1, 2
    ON CONFLICT (project, day) DO UPDATE SET stored = known.stored + excluded.stored,
      duplicates = known.duplicates + excluded.duplicates, rejected = known.rejected + excluded.rejected
  )
  SELECT project, message_id FROM stored`
}

/** Takes a list of `{ project, day }` as JSON. */
const removeEmptyDaysSql = (s: string) => `
  DELETE FROM ${s}daily_counts AS known USING json_to_recordset($1) AS given (project TEXT, day DATE)
  WHERE known.project = given.project AND known.day = given.day AND stored = 0 AND duplicates = 0 AND rejected = 0`

export type WriteAppends = (client: PostgresClient, appends: readonly Append[]) => Promise<AppendOutcome[][]>

export function createPostgresWriter(s: string): WriteAppends {
  const sql = appendSql(s)
  /**
   * Writes several appends in one transaction: on disk when it resolves. Whatever else must be written together with
   * the events, such as rows of outgoing jobs, is a further statement before the commit.
   */
  return async (client, appends) => {
    const events = appends.flatMap((append) => append.events)
    const counts = countDays(appends)
    const empty = emptyDays(counts)
    const values = [eventsJson(toRows(events)), JSON.stringify(counts)]
    const ask = (text: string, given?: string[]) =>
      client.query({ text, values: given, query_timeout: statementMs } as never)
    await ask(beginWriting(s))
    const { rows } = (await ask(sql, values)) as { rows: { project: string; message_id: string }[] }
    if (empty.length > 0) await ask(removeEmptyDaysSql(s), [JSON.stringify(empty)])
    await ask('COMMIT')
    return outcomesOf(appends, rows)
  }
}

function outcomesOf(
  appends: readonly Append[],
  stored: readonly { project: string; message_id: string }[],
): AppendOutcome[][] {
  const fresh = new Set(stored.map(({ project, message_id: id }) => keyOf(project, id)))
  const outcome = ({ event }: NewEvent): AppendOutcome =>
    // The first one of a group takes it, as it did in the database.
    fresh.delete(keyOf(event.project, event.messageId)) ? 'stored' : 'duplicate'
  return appends.map(({ events }) => events.map(outcome))
}

function keyOf(project: string, messageId: string): string {
  return JSON.stringify([storable(project), storable(messageId)])
}

function eventsJson(rows: readonly EventValue[][]): string {
  const records = rows.map((row) => Object.fromEntries(eventFields.map((name, index) => [name, row[index]])))
  const text = JSON.stringify(records)
  return unstorableEscape.test(text) ? JSON.stringify(records, storableMember) : text
}

/** Postgres has neither NUL nor half characters; JSON writes both as escapes, in texts of texts with more backslashes. */
const unstorableEscape = /\\u(?:0000|d[89a-f])/i

function storableMember(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  return jsonColumns.has(name) ? storableJson(value) : storable(value)
}

function storableJson(text: string): string {
  if (!unstorableEscape.test(text)) return text
  return JSON.stringify(storableDeep(JSON.parse(text)))
}

function storableDeep(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(storableDeep)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storable(name), storableDeep(member)]))
}

function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd')
}
