import type { EventQuery, Store, UsageQuery } from '../store'
import { fromRow } from './event-row'
import { createIdentityGraph } from './identity-graph'
import type { SqliteConnection, SqliteValue } from './sqlite-driver'
import { toProject } from './project-row'
import { eventsOfPerson, sqliteIdentityRows } from './sqlite-identity-rows'

export type SqliteReader = Omit<Store, 'open' | 'append' | 'saveProject' | 'query' | 'close'>

/** Asks the connection of the moment. */
export type SqliteAll = SqliteConnection['all']

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
    [
      eventsOfPerson,
      query.person && JSON.stringify([query.project ?? null, query.person.userId, query.person.anonymousIds]),
    ],
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

const usageSql = `
  SELECT project, substr(day, 1, ?1) AS period, sum(stored) AS stored, sum(duplicates) AS duplicates,
    sum(rejected) AS rejected, sum(gaps) AS gaps
  FROM (
    SELECT project, day, stored, duplicates, rejected, 0 AS gaps FROM daily_counts
    UNION ALL
    SELECT project, day, 0, 0, 0, max(highest - events, 0) FROM page_instances
  )
  WHERE (?2 IS NULL OR project = ?2) AND (?3 IS NULL OR day >= ?3) AND (?4 IS NULL OR day < ?4)
  GROUP BY 1, 2 ORDER BY 2, 1`

/** Queries over the connection that `connect` gives, asked for anew each time. */
export function createReader(connect: () => Promise<Pick<SqliteConnection, 'all'>>): SqliteReader {
  const all: SqliteAll = async (sql, values = []) => (await connect()).all(sql, values)

  return {
    ...createIdentityGraph(sqliteIdentityRows(all)),
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
    async usage(query) {
      const rows = await all(usageSql, usageValues(query))
      return rows.map((row) => ({
        project: row.project as string,
        period: row.period as string,
        stored: Number(row.stored),
        duplicates: Number(row.duplicates),
        rejected: Number(row.rejected),
        gaps: Number(row.gaps),
      }))
    },
    async projects() {
      return (await all('SELECT * FROM projects ORDER BY id')).map(toProject)
    },
  }
}

function usageValues({ project, by, since, until }: UsageQuery): SqliteValue[] {
  return [by === 'day' ? 10 : 7, project ?? null, since ?? null, until ?? null]
}
