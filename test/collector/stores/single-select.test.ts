import { describe, expect, it } from 'vitest'
import { checkSelect, sqliteDialect } from '../../../src/collector/stores/single-select'

const check = (sql: string) => checkSelect(sql, sqliteDialect)

describe('checkSelect', () => {
  it.each([
    ['SELECT 1', 'SELECT 1'],
    [' \n-- why; not\n/* ; */ select 1 ; -- the end;\n', ' \n-- why; not\n/* ; */ select 1 '],
    ["WITH a AS (SELECT ';' AS b) SELECT * FROM a;", "WITH a AS (SELECT ';' AS b) SELECT * FROM a"],
    [`SELECT ';''' || "a;""b", [;], \`;\` FROM t`, `SELECT ';''' || "a;""b", [;], \`;\` FROM t`],
    ['SELECT name FROM sqlite_schema', 'SELECT name FROM sqlite_schema'],
  ])('lets %j through without what follows the semicolon', (sql, passed) => {
    expect(check(sql)).toEqual({ status: 'single', sql: passed })
  })

  it.each([
    '',
    ';',
    '--',
    '/* SELECT 1',
    '(SELECT 1)',
    'PRAGMA query_only = 0',
    'SELECT 1; SELECT 2',
    "SELECT 'a''; SELECT 2; --'; SELECT 3",
    'SELECT 1;;',
    ';SELECT 1',
    "'SELECT' 1",
  ])('refuses %j', (sql) => {
    expect(check(sql)).toMatchObject({ status: 'refused' })
  })

  it.each([
    "SELECT readfile('/etc/passwd')",
    `SELECT "readfile"('/etc/passwd')`,
    'SELECT ReadFile/**/(?)',
    "SELECT `writefile`('a', 'b')",
    "SELECT [load_extension]('a')",
    "SELECT * FROM fsdir WHERE path = '/'",
    "SELECT * FROM 'fsdir'",
    'SELECT * FROM sqlite_dbpage',
    "SELECT sqlite3mc_config('a')",
  ])('refuses names that reach beyond the tables: %j', (sql) => {
    expect(check(sql)).toMatchObject({ status: 'refused', reason: expect.stringContaining('not allowed') })
  })
})
