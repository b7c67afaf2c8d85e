import type { SqliteConnection } from './sqlite-driver'

/**
 * One entry for each version, never edited after a release: a new version adds one. docs/store.md describes the
 * result, which people query and build reports on: tables and columns are added, not changed.
 */
const migrations = [
  `
  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    message_id TEXT NOT NULL,
    type TEXT NOT NULL,
    event TEXT,
    name TEXT,
    anonymous_id TEXT,
    user_id TEXT,
    group_id TEXT,
    previous_id TEXT,
    session_id TEXT,
    session_number INTEGER,
    timestamp TEXT NOT NULL,
    original_timestamp TEXT NOT NULL,
    sent_at TEXT,
    received_at TEXT NOT NULL,
    url TEXT,
    path TEXT,
    title TEXT,
    referrer TEXT,
    category TEXT,
    label TEXT,
    value REAL,
    sequence_instance TEXT,
    sequence_number INTEGER,
    properties TEXT,
    traits TEXT,
    context TEXT NOT NULL,
    integrations TEXT,
    request TEXT NOT NULL,
    response TEXT NOT NULL,
    version INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_message ON events (project, message_id);
  CREATE INDEX events_anonymous ON events (project, anonymous_id) WHERE anonymous_id IS NOT NULL;
  CREATE INDEX events_user ON events (project, user_id) WHERE user_id IS NOT NULL;
  CREATE INDEX events_session ON events (project, session_id) WHERE session_id IS NOT NULL;
  CREATE INDEX events_time ON events (project, timestamp);

  CREATE TABLE identity_edges (
    project TEXT NOT NULL,
    anonymous_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    key_kind TEXT NOT NULL,
    first_at TEXT NOT NULL,
    PRIMARY KEY (project, anonymous_id, user_id, key_kind)
  ) STRICT, WITHOUT ROWID;

  CREATE VIEW identities AS
  SELECT project, anonymous_id, user_id, first_at FROM (
    SELECT *, row_number() OVER (PARTITION BY project, anonymous_id ORDER BY first_at, user_id) AS place
    FROM identity_edges
  ) WHERE place = 1;

  CREATE TABLE page_instances (
    project TEXT NOT NULL,
    instance TEXT NOT NULL,
    day TEXT NOT NULL,
    events INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    PRIMARY KEY (project, instance)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE daily_counts (
    project TEXT NOT NULL,
    day TEXT NOT NULL,
    stored INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    PRIMARY KEY (project, day)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE events ADD COLUMN host TEXT;
  ALTER TABLE events ADD COLUMN ip TEXT;
  ALTER TABLE events ADD COLUMN country TEXT;
  ALTER TABLE events ADD COLUMN region TEXT;
  ALTER TABLE events ADD COLUMN browser TEXT;
  ALTER TABLE events ADD COLUMN browser_version TEXT;
  ALTER TABLE events ADD COLUMN os TEXT;
  ALTER TABLE events ADD COLUMN os_version TEXT;
  ALTER TABLE events ADD COLUMN device TEXT;
  ALTER TABLE events ADD COLUMN bot INTEGER;
  ALTER TABLE events ADD COLUMN gpc INTEGER;

  CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    origins TEXT NOT NULL,
    allow_no_origin INTEGER NOT NULL,
    monthly_quota INTEGER,
    keys TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX identity_edges_user ON identity_edges (project, user_id);

  CREATE TABLE anonymous_links (
    project TEXT NOT NULL,
    previous_id TEXT NOT NULL,
    anonymous_id TEXT NOT NULL,
    key_kind TEXT NOT NULL,
    first_at TEXT NOT NULL,
    PRIMARY KEY (project, previous_id, anonymous_id, key_kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX anonymous_links_target ON anonymous_links (project, anonymous_id);

  DROP VIEW identities;
  CREATE VIEW identities AS
  WITH RECURSIVE direct AS (
    SELECT project, anonymous_id, user_id, first_at FROM (
      SELECT *, row_number() OVER (PARTITION BY project, anonymous_id ORDER BY first_at, user_id) AS place
      FROM identity_edges AS edge
      WHERE user_id = anonymous_id OR NOT EXISTS (
        SELECT 1 FROM events WHERE events.project = edge.project AND events.user_id = edge.anonymous_id)
    ) WHERE place = 1
  ), link AS (
    SELECT project, previous_id, anonymous_id FROM (
      SELECT *, row_number() OVER (PARTITION BY project, previous_id ORDER BY first_at, anonymous_id) AS place
      FROM anonymous_links
    ) AS candidate
    WHERE place = 1 AND NOT EXISTS (
      SELECT 1 FROM direct WHERE direct.project = candidate.project AND direct.anonymous_id = candidate.previous_id)
  ), chain (project, anonymous_id, next_id, length) AS (
    SELECT project, previous_id, anonymous_id, 1 FROM link
    UNION ALL
    SELECT chain.project, chain.anonymous_id, link.anonymous_id, length + 1 FROM chain
    JOIN link ON link.project = chain.project AND link.previous_id = chain.next_id WHERE length < 8
  )
  SELECT project, anonymous_id, user_id, first_at FROM direct
  UNION ALL
  SELECT chain.project, chain.anonymous_id, direct.user_id, direct.first_at FROM chain
  JOIN direct ON direct.project = chain.project AND direct.anonymous_id = chain.next_id;

  CREATE VIEW identity_conflicts AS
  SELECT edge.project, edge.anonymous_id, edge.user_id, edge.key_kind, edge.first_at FROM identity_edges AS edge
  LEFT JOIN identities AS owner ON owner.project = edge.project AND owner.anonymous_id = edge.anonymous_id
  WHERE owner.user_id IS NOT edge.user_id;
  `,
  `
  DROP VIEW identity_conflicts;

  CREATE VIEW identity_conflicts AS
  SELECT edge.project, edge.anonymous_id, edge.user_id, edge.key_kind, edge.first_at FROM identity_edges AS edge
  LEFT JOIN identities AS owner ON owner.project = edge.project AND owner.anonymous_id = edge.anonymous_id
  WHERE owner.user_id IS NOT edge.user_id
  UNION ALL
  SELECT link.project, link.previous_id, other.user_id, link.key_kind, link.first_at FROM anonymous_links AS link
  JOIN identities AS owner ON owner.project = link.project AND owner.anonymous_id = link.previous_id
  JOIN identities AS other ON other.project = link.project AND other.anonymous_id = link.anonymous_id
  WHERE owner.user_id <> other.user_id;
  `,
]

export const schemaVersion = migrations.length

/**
 * Brings the file to the present version; several processes may do so at the same time. Where it rejects, the
 * connection must be closed: that ends its transaction.
 */
export async function migrate(connection: SqliteConnection): Promise<void> {
  if ((await userVersion(connection)) === schemaVersion) return
  await connection.exec('BEGIN IMMEDIATE')
  const present = await userVersion(connection)
  if (present > schemaVersion) {
    throw new Error(
      `[firsthand] sqliteStore: the file has schema version ${present}, this release knows ${schemaVersion}; use a newer one`,
    )
  }
  for (const migration of migrations.slice(present)) await connection.exec(migration)
  await connection.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`)
}

async function userVersion(connection: SqliteConnection): Promise<number> {
  return Number((await connection.all('PRAGMA user_version'))[0]?.user_version)
}
