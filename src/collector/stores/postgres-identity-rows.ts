import type { EventRow } from './event-row'
import type { IdentityRows } from './identity-graph'
import { toClaim, toConflict, toLink } from './identity-row'

/** Each argument is the place of a value. */
export function eventsOfPerson(s: string, project: string, userId: string, anonymousIds: string): string {
  return `id IN (
    SELECT id FROM ${s}events WHERE project = ${project} AND user_id = ${userId}
    UNION ALL
    SELECT id FROM ${s}events WHERE project = ${project} AND anonymous_id = ANY(${anonymousIds}::text[]) AND user_id IS NULL)`
}

/** The view `identities` says the same of all ids. */
const claimsSql = (s: string) => `
  SELECT asked.id AS anonymous_id, (
    SELECT user_id FROM ${s}identity_edges AS edge
    WHERE project = $1 AND anonymous_id = asked.id AND key_kind = ANY($2::text[])
      AND (user_id = anonymous_id OR NOT EXISTS (
        SELECT 1 FROM ${s}events AS known WHERE known.project = $1 AND known.user_id = edge.anonymous_id
          AND known.request ->> 'keyKind' = ANY($2::text[])))
    ORDER BY first_at, user_id LIMIT 1
  ) AS user_id, (
    SELECT anonymous_id FROM ${s}anonymous_links
    WHERE project = $1 AND previous_id = asked.id AND key_kind = ANY($2::text[])
    ORDER BY first_at, anonymous_id LIMIT 1
  ) AS linked_id
  FROM unnest($3::text[]) AS asked (id)`

const edgesAroundSql = (s: string) => `
  SELECT anonymous_id, user_id, key_kind, first_at FROM ${s}identity_edges
  WHERE project = $1 AND key_kind = ANY($2::text[]) AND (anonymous_id = ANY($3::text[]) OR user_id = $4)
  ORDER BY first_at, anonymous_id, user_id, key_kind LIMIT 1000`

const linksAroundSql = (s: string) => `
  SELECT previous_id, anonymous_id, key_kind, first_at FROM ${s}anonymous_links
  WHERE project = $1 AND key_kind = ANY($2::text[]) AND (previous_id = ANY($3::text[]) OR anonymous_id = ANY($3::text[]))
  ORDER BY first_at, previous_id, anonymous_id, key_kind LIMIT 1000`

const idsWithEdgeToSql = (s: string) => `
  SELECT DISTINCT anonymous_id FROM ${s}identity_edges
  WHERE project = $1 AND key_kind = ANY($2::text[]) AND user_id = $3 ORDER BY anonymous_id LIMIT 1000`

const idsLinkedToSql = (s: string) => `
  SELECT DISTINCT previous_id FROM ${s}anonymous_links
  WHERE project = $1 AND key_kind = ANY($2::text[]) AND anonymous_id = ANY($3::text[]) ORDER BY previous_id LIMIT 1000`

export function postgresIdentityRows(
  all: (sql: string, values: unknown[]) => Promise<EventRow[]>,
  s: string,
): IdentityRows {
  return {
    async claims(project, anonymousIds, keyKinds) {
      const rows = await all(claimsSql(s), [project, keyKinds, anonymousIds])
      return rows.map(toClaim)
    },
    async isUser(project, id) {
      return (
        (await all(`SELECT 1 FROM ${s}events WHERE project = $1 AND user_id = $2 LIMIT 1`, [project, id])).length > 0
      )
    },
    async idsWithEdgeTo(project, userId, keyKinds) {
      const rows = await all(idsWithEdgeToSql(s), [project, keyKinds, userId])
      return rows.map((row) => row.anonymous_id as string)
    },
    async idsLinkedTo(project, anonymousIds, keyKinds) {
      const rows = await all(idsLinkedToSql(s), [project, keyKinds, anonymousIds])
      return rows.map((row) => row.previous_id as string)
    },
    async edgesAround(project, userId, ids, keyKinds) {
      const asked = userId === null ? ids : [...ids, userId]
      const rows = await all(edgesAroundSql(s), [project, keyKinds, asked, userId])
      return rows.map(toConflict)
    },
    async linksAround(project, ids, keyKinds) {
      const rows = await all(linksAroundSql(s), [project, keyKinds, ids])
      return rows.map(toLink)
    },
    async activity(project, { userId, anonymousIds }) {
      const sql = `SELECT count(*) AS events, min(timestamp) AS first_at, max(timestamp) AS last_at
        FROM ${s}events WHERE ${eventsOfPerson(s, '$1', '$2', '$3')}`
      const [row] = await all(sql, [project, userId, anonymousIds])
      return {
        events: Number(row?.events),
        firstAt: (row?.first_at ?? null) as string | null,
        lastAt: (row?.last_at ?? null) as string | null,
      }
    },
  }
}
