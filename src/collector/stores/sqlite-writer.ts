import type { AppendOutcome, NewEvent, RejectionCount } from '../store'
import type { SqliteConnection, SqliteStep, SqliteValue } from './sqlite-driver'
import { arrivalTexts, eventColumns, toRow } from './sqlite-row'

/** What one call of `append` wants written. */
export interface Append {
  events: readonly NewEvent[]
  rejected: readonly RejectionCount[]
}

const insertEvent = `
  INSERT INTO events (${eventColumns.join(', ')}) VALUES (${eventColumns.map(() => '?').join(', ')})
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

export function prepareConnection(connection: SqliteConnection): Promise<void> {
  return connection.exec('CREATE TEMP TABLE written (after_id INTEGER); INSERT INTO temp.written VALUES (0)')
}

/** Writes several appends in one transaction: on disk when it resolves, nothing of it where it rejects. */
export async function writeAppends(
  connection: SqliteConnection,
  appends: readonly Append[],
): Promise<AppendOutcome[][]> {
  const [, changes = []] = await connection.transaction([
    once(setStart),
    { sql: insertEvent, rows: appends.flatMap(({ events }) => eventRows(events)) },
    once(addEdges),
    once(addToPageInstances),
    { sql: addToDailyCounts, rows: countRows(appends) },
  ])
  let next = 0
  return appends.map(({ events }) => events.map(() => (changes[next++] ? 'stored' : 'duplicate')))
}

function once(sql: string): SqliteStep {
  return { sql, rows: [[]] }
}

function eventRows(events: readonly NewEvent[]): SqliteValue[][] {
  let arrival: NewEvent['arrival'] | undefined
  let texts = { request: '', response: '' }
  return events.map((newEvent) => {
    if (newEvent.arrival !== arrival) {
      arrival = newEvent.arrival
      texts = arrivalTexts(arrival)
    }
    return toRow(newEvent, texts)
  })
}

interface DayCount {
  project: string
  day: string
  offered: number
  rejected: number
}

function countRows(appends: readonly Append[]): SqliteValue[][] {
  const today = new Date().toISOString()
  const counts = new Map<string, DayCount>()
  const countOf = (project: string, time: string): DayCount => {
    const day = time.slice(0, 10)
    const key = `${day} ${project}`
    const count = counts.get(key) ?? { project, day, offered: 0, rejected: 0 }
    counts.set(key, count)
    return count
  }
  for (const { events, rejected } of appends) {
    for (const { event } of events) countOf(event.project, event.receivedAt).offered++
    for (const { project, count } of rejected) countOf(project, today).rejected += count
  }
  return Array.from(counts.values(), ({ project, day, offered, rejected }) => [project, day, offered, rejected])
}
