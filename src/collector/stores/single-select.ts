export interface SqlDialect {
  /** Matches one comment, text or quoted name, or one name, number or sign; sticky. */
  token: RegExp
  /** Names that a query may not use, also in quotes. */
  isForbidden(name: string): boolean
}

/** A query as far as it must be understood to know that it is alone and only reads; databases check the rest. */
export type SelectCheck = { status: 'single'; sql: string } | { status: 'refused'; reason: string }

const onlyOne = 'pass one SELECT, or one WITH that selects'

export function checkSelect(sql: string, { token, isForbidden }: SqlDialect): SelectCheck {
  const matcher = new RegExp(token.source, 'giy')
  let first = ''
  let end = sql.length
  for (let match = matcher.exec(sql); match; match = matcher.exec(sql)) {
    const { comment, quoted, name } = match.groups ?? {}
    if (comment !== undefined || match[0].trim() === '') continue
    if (end < sql.length) return { status: 'refused', reason: `${onlyOne}: there is more after the semicolon` }
    if (match[0] === ';') end = match.index
    first ||= match[0].toLowerCase()
    const word = (name ?? quoted?.slice(1, -1))?.toLowerCase()
    if (word !== undefined && isForbidden(word)) return { status: 'refused', reason: `${word} is not allowed here` }
  }
  if (first !== 'select' && first !== 'with') return { status: 'refused', reason: onlyOne }
  return { status: 'single', sql: sql.slice(0, end) }
}

/**
 * libsql brings functions and tables that read and write files; others run further SQL, take pointers or show the
 * pages of the file. A text in single quotes can stand for a table's name.
 */
const sqliteForbidden =
  /^(readfile|writefile|lsmode|fsdir|zipfile|edit|load_extension|eval|sha3_query|carray|fts3_tokenizer|dbstat|sqlite_(?!version$|source_id$|schema$|master$|sequence$)\w*|sqlite3mc\w*)$/

export const sqliteDialect: SqlDialect = {
  token:
    /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<name>[\w$\u0080-\uffff]+)|\s+|[\s\S]/,
  isForbidden: (name) => sqliteForbidden.test(name),
}
