import type { Client } from 'pg'
import type { SqlOptions, SqlOutcome } from '../store'
import { sqlState } from './postgres-driver'
import { checkSelect, type SqlDialect } from './single-select'

/**
 * What reaches beyond the tables, or hides further SQL in a text. Of the server's own names, of which every release brings more, only
 * those are let through that tell and change nothing.
 */
const forbidden =
  /^(pg_(?!(catalog|typeof|sleep|size_pretty|(column|database|indexes|relation|table|total_relation)_size)$)\w*|lo_\w+|dblink\w*|set_config|ts_(stat|rewrite)|(query|cursor|table|schema|database)_to_xml\w*|crosstab\w*|connectby|xpath_table)$/

/** Comments end at any line break here, and numbers are no part of a name. */
export const postgresDialect: SqlDialect = {
  token:
    /(?<comment>--[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$))|u&(?=['"])|(?:e'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$(?<tag>(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?\$\k<tag>\$)|(?<quoted>"(?:[^"]|"")*")|(?<name>[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)|\d+|\s+|[\s\S]/,
  isForbidden: (name) => forbidden.test(name),
}

/** Also in texts and comments: where they end is the server's to say, which has settings for it. */
function forbiddenName(sql: string): string | undefined {
  return sql.match(/[a-z_\u0080-\uffff][\w\u0080-\uffff]*/gi)?.find((name) => forbidden.test(name.toLowerCase()))
}

/** About what SQLite's process may answer. The rows are read in the collector's own process. */
const maxAnswerBytes = 16_777_216

/** Ends the connection where the server sends more than may be kept: one row can have a gigabyte. */
function limitAnswer(client: Client): { isTooLong(): boolean } {
  const { stream } = client.connection
  let bytes = 0
  stream.on('data', (chunk: Uint8Array) => {
    bytes += chunk.byteLength
    if (bytes > maxAnswerBytes) stream.destroy()
  })
  return { isTooLong: () => bytes > maxAnswerBytes }
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
  const name = forbiddenName(check.sql)
  if (name !== undefined) return { status: 'refused', reason: `${name} is not allowed here` }
  // Names with escaped letters would pass by the list above.
  if (/\bu&["']/i.test(check.sql)) return { status: 'refused', reason: 'U& is not allowed here' }
  const { maxRows, timeoutMs } = options
  const ask = (text: string, more = {}) => client.query({ text, query_timeout: timeoutMs + graceMs, ...more } as never)
  let answer: ReturnType<typeof limitAnswer> | undefined
  try {
    await client.connect()
    answer = limitAnswer(client)
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
    if (answer?.isTooLong())
      return { status: 'refused', reason: 'the rows are too long: ask for fewer columns or rows' }
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
