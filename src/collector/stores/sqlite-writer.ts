import type { AppendOutcome, NewEvent } from '../store'
import type { Append } from './append'
import { countDays, emptyDays } from './day-counts'
import { clientColumns, eventFields, toRows } from './event-row'
import type { SqliteConnection, SqliteStep } from './sqlite-driver'

const columns = eventFields.filter((name) => name !== 'client')

/** One text is handed over at less cost than the ten values in it. */
const insertEvent = `
  INSERT INTO events (${[...columns, ...clientColumns].join(', ')})
  VALUES (${columns.map(() => '?').join(', ')}, ${clientColumns.map((_, index) => `?${eventFields.length} ->> ${index}`).join(', ')})
  ON CONFLICT (project, message_id) DO NOTHING`

/**
 * Rows of this transaction have higher ids than this: nobody else can write until it ends. What is said of them below
 * must be found by id, at a cost that does not grow with the file, so an equality on an indexed column gets a plus sign.
 */
const setStart = `UPDATE temp.written SET after_id = (SELECT coalesce(max(id), 0) FROM events)`
const writtenNow = 'id > (SELECT after_id FROM temp.written)'

export const addEdges = `
  INSERT INTO identity_edges (project, anonymous_id, user_id, key_kind, first_at)
  SELECT project, anonymous_id, user_id, request ->> 'keyKind', min(timestamp) FROM (
    SELECT project, anonymous_id, user_id, request, timestamp FROM events
    WHERE ${writtenNow} AND anonymous_id IS NOT NULL AND user_id IS NOT NULL
    UNION ALL
    -- An identify that replaces another user is a change of person, not a second name of one: only alias joins.
    SELECT project, previous_id, user_id, request, timestamp FROM events
    WHERE ${writtenNow} AND type = 'alias' AND previous_id <> user_id
  )
  WHERE true GROUP BY 1, 2, 3, 4
  ON CONFLICT DO UPDATE SET first_at = excluded.first_at WHERE excluded.first_at < first_at`

export const addLinks = `
  INSERT INTO anonymous_links (project, previous_id, anonymous_id, key_kind, first_at)
  SELECT project, previous_id, anonymous_id, request ->> 'keyKind', min(timestamp) FROM events
  WHERE ${writtenNow} AND type = 'alias' AND user_id IS NULL AND previous_id <> anonymous_id GROUP BY 1, 2, 3, 4
  ON CONFLICT DO UPDATE SET first_at = excluded.first_at WHERE excluded.first_at < first_at`

export const addToPageInstances = `
  INSERT INTO page_instances (project, instance, day, events, highest)
  SELECT project, sequence_instance, substr(min(received_at), 1, 10), count(*), max(sequence_number) FROM events
  WHERE ${writtenNow} AND sequence_instance IS NOT NULL AND sequence_number IS NOT NULL GROUP BY 1, 2
  ON CONFLICT DO UPDATE SET events = events + excluded.events, highest = max(highest, excluded.highest)`

export const addToDailyCounts = `
  INSERT INTO daily_counts (project, day, stored, duplicates, rejected)
  SELECT given.project, given.day, given.stored, given.offered - given.stored, given.rejected FROM (
    SELECT ?1 AS project, ?2 AS day, ?3 AS offered, ?4 AS rejected,
      (SELECT count(*) FROM events WHERE ${writtenNow} AND +project = ?1 AND substr(received_at, 1, 10) = ?2) AS stored
  ) AS given WHERE true
  ON CONFLICT DO UPDATE SET stored = stored + excluded.stored, duplicates = duplicates + excluded.duplicates,
    rejected = rejected + excluded.rejected`

const removeEmptyDay = `
  DELETE FROM daily_counts WHERE project = ? AND day = ? AND stored = 0 AND duplicates = 0 AND rejected = 0`

export function prepareConnection(connection: SqliteConnection): Promise<void> {
  return connection.exec('CREATE TEMP TABLE written (after_id INTEGER); INSERT INTO temp.written VALUES (0)')
}

/**
 * Writes several appends in one transaction: on disk when it resolves, nothing of it where it rejects. Whatever else
 * must be written together with the events, such as rows of outgoing jobs, is a further step here.
 */
export async function writeAppends(
  connection: SqliteConnection,
  appends: readonly Append[],
): Promise<AppendOutcome[][]> {
  const counts = countDays(appends)
  const empty = emptyDays(counts)
  const [, changes = []] = await connection.transaction([
    once(setStart),
    { sql: insertEvent, rows: appends.flatMap(({ events }) => toRows(events)) },
    once(addEdges),
    ...(appends.some(({ events }) => events.some(isLink)) ? [once(addLinks)] : []),
    once(addToPageInstances),
    {
      sql: addToDailyCounts,
      rows: counts.map(({ project, day, offered, rejected }) => [project, day, offered, rejected]),
    },
    ...(empty.length > 0 ? [{ sql: removeEmptyDay, rows: empty.map(({ project, day }) => [project, day]) }] : []),
  ])
  let next = 0
  return appends.map(({ events }) => events.map(() => (changes[next++] ? 'stored' : 'duplicate')))
}

function once(sql: string): SqliteStep {
  return { sql, rows: [[]] }
}

function isLink({ event }: NewEvent): boolean {
  return event.type === 'alias' && event.userId === null
}
