import type { Client } from 'pg'
import type { SqlOptions, SqlOutcome } from '../store'
import { sqlState } from './postgres-driver'
import { checkSelect, type SqlDialect } from './single-select'

/** Functions that reach beyond the tables, or hide further SQL in a text. */
const forbidden =
  /^(pg_read_\w+|pg_ls_\w+|pg_stat_file|pg_(terminate|cancel)_backend|pg_reload_conf|pg_rotate_logfile|pg_(try_)?advisory_\w+|pg_notify|lo_\w+|dblink\w*|set_config|(query|cursor)_to_xml\w*)$/

export const postgresDialect: SqlDialect = {
  token:
    /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|u&(?=['"])|(?:e'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$)|(?<quoted>"(?:[^"]|"")*")|(?<name>[\w\u0080-\uffff][\w$\u0080-\uffff]*)|\s+|[\s\S]/,
  isForbidden: (name) => forbidden.test(name),
}

/** What a query may take longer than the database is told, before the connection is given up. */
const graceMs = 2_000

/**
 * Runs one SELECT in a read-only transaction on the given connection, which it opens and ends. The cursor bounds
 * what is read, and takes nothing but a SELECT; its own protocol step takes nothing but one statement.
 */
export async function runQuery(client: Client, schema: string, sql: string, options: SqlOptions): Promise<SqlOutcome> {
  const check = checkSelect(sql, postgresDialect)
  if (check.status === 'refused') return check
  // Names with escaped letters would pass by the list above.
  if (/\bu&["']/i.test(check.sql)) return { status: 'refused', reason: 'U& is not allowed here' }
  const { maxRows, timeoutMs } = options
  const ask = (text: string, more = {}) => client.query({ text, query_timeout: timeoutMs + graceMs, ...more } as never)
  try {
    await client.connect()
    await ask(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL search_path = ${schema}`)
    await ask(`DECLARE result NO SCROLL CURSOR FOR ${check.sql}`, { queryMode: 'extended' })
    const { fields, rows } = (await ask(`FETCH FORWARD ${maxRows + 1} FROM result`, {
      rowMode: 'array',
    })) as unknown as {
      fields: { name: string }[]
      rows: unknown[][]
    }
    const result = {
      columns: fields.map(({ name }) => name),
      rows: rows.slice(0, maxRows),
      truncated: rows.length > maxRows,
    }
    return { status: 'done', result }
  } catch (error) {
    return outcomeOf(error)
  } finally {
    // Nobody waits for a server that has stopped to answer.
    client.end().catch(() => {})
  }
}

function outcomeOf(error: unknown): SqlOutcome {
  const state = sqlState(error)
  const message = error instanceof Error ? error.message : String(error)
  if (state === '57014' || message === 'Query read timeout') return { status: 'timeout' }
  // Connection, resources and the server's own troubles are no fault of the query.
  if (state === null || /^(08|53|57|58|XX)/.test(state)) throw error
  return { status: 'refused', reason: message }
}
