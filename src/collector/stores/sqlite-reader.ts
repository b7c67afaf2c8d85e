import type { EventQuery, Store } from '../store'
import type { SqliteConnection, SqliteValue } from './sqlite-driver'
import { fromRow } from './sqlite-row'

export type SqliteReader = Pick<Store, 'events' | 'latest' | 'eventsAfter' | 'identities' | 'stats'>

/**
 * Filters of `events`. A plus sign keeps SQLite from using an index for that column: newest first is the order of
 * the rows themselves, and an index that holds most of them would have to be sorted as a whole for one page.
 */
function conditionsOf(query: EventQuery): [condition: string, value: string | number | undefined][] {
  const byPerson = [query.userId, query.anonymousId, query.sessionId].some((id) => id !== undefined)
  const byTime = !byPerson && query.since !== undefined
  return [
    [byPerson || byTime ? 'project = ?' : '+project = ?', query.project],
    ['user_id = ?', query.userId],
    ['anonymous_id = ?', query.anonymousId],
    ['session_id = ?', query.sessionId],
    ['type = ?', query.type],
    ['event = ?', query.event],
    [byTime ? 'timestamp >= ?' : '+timestamp >= ?', query.since],
    [byTime ? 'timestamp < ?' : '+timestamp < ?', query.until],
    ['id < ?', query.cursor === undefined ? undefined : Number(query.cursor)],
  ]
}

const statsSql = `
  SELECT
    (SELECT count(*) FROM (SELECT DISTINCT project, user_id FROM events WHERE user_id IS NOT NULL)) AS users,
    (SELECT count(*) FROM (SELECT DISTINCT project, anonymous_id FROM events WHERE anonymous_id IS NOT NULL) AS seen
      WHERE NOT EXISTS (SELECT 1 FROM identity_edges AS edge
        WHERE edge.project = seen.project AND edge.anonymous_id = seen.anonymous_id)) AS strangers,
    (SELECT count(*) FROM (SELECT DISTINCT project, session_id FROM events WHERE session_id IS NOT NULL)) AS sessions,
    (SELECT total(max(highest - events, 0)) FROM page_instances) AS gaps,
    (SELECT total(stored) FROM daily_counts) AS events,
    (SELECT total(duplicates) FROM daily_counts) AS duplicates,
    (SELECT total(rejected) FROM daily_counts) AS rejected`

/** The view `identities` says the same, but SQLite would work it out for the whole project before it looks for ids. */
const ownersSql = `
  SELECT asked.value AS anonymous_id, (
    SELECT user_id FROM identity_edges WHERE project = ? AND anonymous_id = asked.value ORDER BY first_at, user_id LIMIT 1
  ) AS user_id
  FROM json_each(?) AS asked WHERE user_id IS NOT NULL`

/** Queries over the connection that `connect` gives, asked for anew each time. */
export function createReader(connect: () => Promise<Pick<SqliteConnection, 'all'>>): SqliteReader {
  const all = async (sql: string, values: readonly SqliteValue[] = []) => (await connect()).all(sql, values)

  return {
    async events(query) {
      const conditions = conditionsOf(query).filter(([, value]) => value !== undefined)
      const where = conditions.length > 0 ? `WHERE ${conditions.map(([condition]) => condition).join(' AND ')}` : ''
      const values = conditions.map(([, value]) => value as SqliteValue)
      const rows = await all(`SELECT * FROM events ${where} ORDER BY id DESC LIMIT ?`, [...values, query.limit + 1])
      const page = rows.slice(0, query.limit)
      return { events: page.map(fromRow), next: rows.length > query.limit ? String(page.at(-1)?.id) : null }
    },
    async latest(limit) {
      const rows = (await all('SELECT * FROM events ORDER BY id DESC LIMIT ?', [limit])).reverse()
      return { events: rows.map(fromRow), cursor: String(rows.at(-1)?.id ?? 0) }
    },
    async eventsAfter(cursor, limit) {
      const rows = await all('SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?', [Number(cursor ?? 0), limit])
      return { events: rows.map(fromRow), cursor: String(rows.at(-1)?.id ?? cursor ?? 0) }
    },
    async identities(project, anonymousIds) {
      const rows = await all(ownersSql, [project, JSON.stringify(anonymousIds)])
      return rows.map((row) => ({ anonymousId: row.anonymous_id as string, userId: row.user_id as string }))
    },
    async stats() {
      const [row = {}] = await all(statsSql)
      return {
        events: Number(row.events),
        people: Number(row.users) + Number(row.strangers),
        sessions: Number(row.sessions),
        rejected: Number(row.rejected),
        duplicates: Number(row.duplicates),
        gaps: Number(row.gaps),
      }
    },
  }
}
