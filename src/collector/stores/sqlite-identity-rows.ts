import type { IdentityRows } from './identity-graph'
import { toClaim, toConflict, toLink } from './identity-row'
import type { SqliteAll } from './sqlite-reader'

/** Takes `[project or null, userId or null, anonymousIds]` as JSON. */
export const eventsOfPerson = `id IN (
  WITH asked AS MATERIALIZED (SELECT ? AS person)
  SELECT id FROM events WHERE user_id = (SELECT person ->> 1 FROM asked)
    AND project = (SELECT person ->> 0 FROM asked)
  UNION ALL
  SELECT id FROM events WHERE anonymous_id IN (SELECT value FROM json_each((SELECT person -> 2 FROM asked)))
    AND user_id IS NULL AND project = (SELECT person ->> 0 FROM asked))`

const ofKinds = 'key_kind IN (SELECT value FROM json_each(?2))'

/** The view `identities` says the same of all ids, and SQLite would work it out for all before it looks for some. */
const claimsSql = `
  SELECT asked.value AS anonymous_id, (
    SELECT user_id FROM identity_edges AS edge WHERE project = ?1 AND anonymous_id = asked.value AND ${ofKinds}
      AND (user_id = anonymous_id OR NOT EXISTS (
        SELECT 1 FROM events WHERE project = ?1 AND user_id = edge.anonymous_id
          AND request ->> 'keyKind' IN (SELECT value FROM json_each(?2))))
    ORDER BY first_at, user_id LIMIT 1
  ) AS user_id, (
    SELECT anonymous_id FROM anonymous_links WHERE project = ?1 AND previous_id = asked.value AND ${ofKinds}
    ORDER BY first_at, anonymous_id LIMIT 1
  ) AS linked_id
  FROM json_each(?3) AS asked`

const edgesAroundSql = `
  SELECT anonymous_id, user_id, key_kind, first_at FROM identity_edges WHERE project = ?1 AND ${ofKinds}
    AND anonymous_id IN (SELECT value FROM json_each(?3))
  UNION
  SELECT anonymous_id, user_id, key_kind, first_at FROM identity_edges WHERE project = ?1 AND ${ofKinds} AND user_id = ?4
  ORDER BY first_at, anonymous_id, user_id, key_kind LIMIT 1000`

const linksAroundSql = `
  SELECT previous_id, anonymous_id, key_kind, first_at FROM anonymous_links WHERE project = ?1 AND ${ofKinds}
    AND previous_id IN (SELECT value FROM json_each(?3))
  UNION
  SELECT previous_id, anonymous_id, key_kind, first_at FROM anonymous_links WHERE project = ?1 AND ${ofKinds}
    AND anonymous_id IN (SELECT value FROM json_each(?3))
  ORDER BY first_at, previous_id, anonymous_id, key_kind LIMIT 1000`

export function sqliteIdentityRows(all: SqliteAll): IdentityRows {
  const json = JSON.stringify
  return {
    async claims(project, anonymousIds, keyKinds) {
      const rows = await all(claimsSql, [project, json(keyKinds), json(anonymousIds)])
      return rows.map(toClaim)
    },
    async isUser(project, id) {
      return (await all('SELECT 1 FROM events WHERE project = ? AND user_id = ? LIMIT 1', [project, id])).length > 0
    },
    async idsWithEdgeTo(project, userId, keyKinds) {
      const rows = await all(
        `SELECT DISTINCT anonymous_id FROM identity_edges WHERE project = ?1 AND user_id = ?3 AND ${ofKinds}
          ORDER BY anonymous_id LIMIT 1000`,
        [project, json(keyKinds), userId],
      )
      return rows.map((row) => row.anonymous_id as string)
    },
    async idsLinkedTo(project, anonymousIds, keyKinds) {
      const rows = await all(
        `SELECT DISTINCT previous_id FROM anonymous_links
          WHERE project = ?1 AND anonymous_id IN (SELECT value FROM json_each(?3)) AND ${ofKinds}
          ORDER BY previous_id LIMIT 1000`,
        [project, json(keyKinds), json(anonymousIds)],
      )
      return rows.map((row) => row.previous_id as string)
    },
    async edgesAround(project, userId, ids, keyKinds) {
      const asked = userId === null ? ids : [...ids, userId]
      const rows = await all(edgesAroundSql, [project, json(keyKinds), json(asked), userId])
      return rows.map(toConflict)
    },
    async linksAround(project, ids, keyKinds) {
      const rows = await all(linksAroundSql, [project, json(keyKinds), json(ids)])
      return rows.map(toLink)
    },
    async activity(project, { userId, anonymousIds }) {
      const sql = `SELECT count(*) AS events, min(timestamp) AS first_at, max(timestamp) AS last_at
        FROM events WHERE ${eventsOfPerson}`
      const [row] = await all(sql, [json([project, userId, anonymousIds])])
      return {
        events: Number(row?.events),
        firstAt: (row?.first_at ?? null) as string | null,
        lastAt: (row?.last_at ?? null) as string | null,
      }
    },
  }
}
