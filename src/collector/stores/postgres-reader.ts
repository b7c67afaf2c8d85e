import type { EventQuery, Store } from '../store'
import { type EventRow, fromRow } from './event-row'
import { createIdentityGraph } from './identity-graph'
import type { PostgresClient } from './postgres-driver'
import { eventsOfPerson, postgresIdentityRows } from './postgres-identity-rows'
import { readSettledId } from './postgres-order'
import { toProject } from './project-row'

export type PostgresReader = Omit<Store, 'open' | 'append' | 'saveProject' | 'query' | 'close'>

type Condition = (place: (value: unknown) => string) => string

function conditionsOf(query: EventQuery, s: string): Condition[] {
  const fields: [column: string, value: unknown][] = [
    ['project =', query.project],
    ['user_id =', query.userId],
    ['anonymous_id =', query.anonymousId],
    ['session_id =', query.sessionId],
    ['type =', query.type],
    ['event =', query.event],
    ['timestamp >=', query.since],
    ['timestamp <', query.until],
    ['id <', query.cursor],
  ]
  const { person, project = null } = query
  return [
    ...fields
      .filter(([, value]) => value !== undefined)
      .map(
        ([column, value]): Condition =>
          (place) =>
            `${column} ${place(value)}`,
      ),
    ...(person
      ? [
          ((place) =>
            eventsOfPerson(s, place(project), place(person.userId), place(person.anonymousIds))) satisfies Condition,
        ]
      : []),
  ]
}

const statsSql = (s: string) => `
  SELECT
    (SELECT count(*) FROM (SELECT DISTINCT project, user_id FROM ${s}events WHERE user_id IS NOT NULL) AS u) AS users,
    (SELECT count(*) FROM (SELECT DISTINCT project, anonymous_id FROM ${s}events WHERE anonymous_id IS NOT NULL) AS seen
      WHERE NOT EXISTS (SELECT 1 FROM ${s}identity_edges AS edge
        WHERE edge.project = seen.project AND edge.anonymous_id = seen.anonymous_id)
      AND NOT EXISTS (SELECT 1 FROM ${s}anonymous_links AS link
        WHERE link.project = seen.project AND link.previous_id = seen.anonymous_id)) AS strangers,
    (SELECT count(*) FROM (SELECT DISTINCT project, session_id FROM ${s}events WHERE session_id IS NOT NULL) AS v) AS sessions,
    (SELECT coalesce(sum(greatest(highest - events, 0)), 0) FROM ${s}page_instances) AS gaps,
    (SELECT coalesce(sum(stored), 0) FROM ${s}daily_counts) AS events,
    (SELECT coalesce(sum(duplicates), 0) FROM ${s}daily_counts) AS duplicates,
    (SELECT coalesce(sum(rejected), 0) FROM ${s}daily_counts) AS rejected`

const usageSql = (s: string) => `
  SELECT project, to_char(day, $1) AS period, sum(stored) AS stored, sum(duplicates) AS duplicates,
    sum(rejected) AS rejected, sum(gaps) AS gaps
  FROM (
    SELECT project, day, stored, duplicates, rejected, 0 AS gaps FROM ${s}daily_counts
    UNION ALL
    SELECT project, day, 0, 0, 0, greatest(highest - events, 0) FROM ${s}page_instances
  ) AS counted
  WHERE ($2::text IS NULL OR project = $2) AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day < $4)
  GROUP BY 1, 2 ORDER BY 2, 1`

/** Queries over what `connect` gives, asked for anew each time. */
export function createPostgresReader(connect: () => Promise<PostgresClient>, s: string): PostgresReader {
  async function all(sql: string, values: unknown[] = []): Promise<EventRow[]> {
    return (await (await connect()).query(sql, values)).rows
  }
  return {
    ...createIdentityGraph(postgresIdentityRows(all, s)),
    async events(query) {
      const values: unknown[] = []
      const place = (value: unknown) => `$${values.push(value)}`
      const conditions = conditionsOf(query, s).map((condition) => condition(place))
      const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
      const limit = place(query.limit + 1)
      const rows = await all(`SELECT * FROM ${s}events ${where} ORDER BY id DESC LIMIT ${limit}`, values)
      const page = rows.slice(0, query.limit)
      return { events: page.map(fromRow), next: rows.length > query.limit ? String(page.at(-1)?.id) : null }
    },
    async latest(limit) {
      const settled = await readSettledId(await connect(), s)
      const sql = `SELECT * FROM ${s}events WHERE id <= $1 ORDER BY id DESC LIMIT $2`
      const rows = (await all(sql, [settled, limit])).reverse()
      return { events: rows.map(fromRow), cursor: String(rows.at(-1)?.id ?? 0) }
    },
    async eventsAfter(cursor, limit) {
      const after = cursor ?? '0'
      const settled = await readSettledId(await connect(), s)
      if (settled <= Number(after)) return { events: [], cursor: after }
      const sql = `SELECT * FROM ${s}events WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3`
      const rows = await all(sql, [after, settled, limit])
      return { events: rows.map(fromRow), cursor: String(rows.at(-1)?.id ?? after) }
    },
    async stats() {
      const [row = {}] = await all(statsSql(s))
      return {
        events: Number(row.events),
        people: Number(row.users) + Number(row.strangers),
        sessions: Number(row.sessions),
        rejected: Number(row.rejected),
        duplicates: Number(row.duplicates),
        gaps: Number(row.gaps),
      }
    },
    async usage({ project = null, by, since = null, until = null }) {
      const format = by === 'day' ? 'YYYY-MM-DD' : 'YYYY-MM'
      const rows = await all(usageSql(s), [format, project, since, until])
      return rows.map((row) => ({
        project: row.project as string,
        period: row.period as string,
        stored: Number(row.stored),
        duplicates: Number(row.duplicates),
        rejected: Number(row.rejected),
        gaps: Number(row.gaps),
      }))
    },
    projects: async () => (await all(`SELECT * FROM ${s}projects ORDER BY id`)).map(toProject),
  }
}
