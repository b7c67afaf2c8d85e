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
