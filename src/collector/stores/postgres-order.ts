import type { PostgresClient } from './postgres-driver'

/**
 * Ids are drawn from a sequence, and transactions commit in another order: a reader that has seen id 12 may find id 11
 * afterwards. So each writer first takes a shared advisory lock whose key is the last id that was drawn before, and
 * holds it until it has committed: whatever it draws is above. A reader goes no further than the lowest of these keys.
 */

/** Begins a transaction that may draw ids. */
export function beginWriting(s: string): string {
  return `BEGIN; SELECT pg_advisory_xact_lock_shared(${lockClass(s)}, ${lastId('& 2147483647')}::int) FROM ${s}events_id_seq`
}

/**
 * The highest id up to which nothing will appear any more. Three questions in this order, each with a view of its own:
 * the last id, then the locks, and then, by the caller, the rows. A lock that is gone was let go after its rows could
 * be seen; one that is taken later is above the last id.
 */
export async function readSettledId(client: PostgresClient, s: string): Promise<number> {
  const drawn = await client.query(`SELECT ${lastId('')} AS id FROM ${s}events_id_seq`)
  const last = Number(drawn.rows[0]?.id)
  const locks = await client.query(
    `SELECT DISTINCT objid::bigint AS key FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
      AND classid = (${lockClass(s)}::bigint & 4294967295)::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return locks.rows.reduce((settled: number, { key }) => Math.min(settled, idOfKey(Number(key), last)), last)
}

/** Keys of locks have 31 bits, ids have more: a key stands for the id nearest to the last one. */
function idOfKey(key: number, last: number): number {
  const ahead = (((key - last) % keys) + keys) % keys
  return ahead < keys / 2 ? last + ahead : last + ahead - keys
}

const keys = 2 ** 31

/** 0 where none was drawn; a new sequence says 1 and that it was not. */
function lastId(mask: string): string {
  return `((last_value - (NOT is_called)::int) ${mask})`
}

function lockClass(s: string): string {
  return `hashtext('firsthand events ${s.replaceAll("'", "''")}')`
}
