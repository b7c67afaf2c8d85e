// Runs in a worker thread or in a process of its own, started from its own text: that works alike from sources, from a
// bundle, as ESM and as CJS. Knows no table and no query. Each request is { id, command, argument }, each answer
// { id, result } or { id, error }.
const { parentPort, workerData } = require('node:worker_threads')

const port = parentPort ?? { on: (name, listener) => process.on(name, listener), postMessage: (m) => process.send(m) }
const libsqlPaths = workerData?.paths ?? process.argv.slice(1)

/** Texts of this many characters are read for one query at most. */
const maxQueryCharacters = 16_777_216

let database
const statements = new Map()

const commands = {
  open({ path, readOnly }) {
    database = openBuiltIn(path, readOnly) ?? openLibsql(path, readOnly)
    // Waiting for a lock inside of SQLite would hold up the requests behind.
    database.exec('PRAGMA busy_timeout = 0')
    // libsql 0.5 knows no read-only connections: it ignores the option.
    if (readOnly) database.exec('PRAGMA query_only = 1')
  },

  exec(sql) {
    database.exec(sql)
  },

  all({ sql, values }) {
    return prepared(sql).all(values)
  },

  /** One statement of a stranger's; `rows` are lists, with one more than `maxRows` where there is more. */
  query({ sql, maxRows }) {
    const statement = database.prepare(sql)
    const rows = []
    let characters = 0
    for (const row of statement.lists()) {
      rows.push(row.map(toJson))
      for (const value of row) characters += value?.length ?? 8
      if (rows.length > maxRows) break
      if (characters > maxQueryCharacters) throw new Error('the rows are too long: ask for fewer columns or rows')
    }
    return { columns: statement.columns(), rows }
  },

  /** All steps or none; answers with the number of changed rows for each row of each step. */
  transaction(steps) {
    database.exec('BEGIN IMMEDIATE')
    try {
      const changes = steps.map(({ sql, rows }) => {
        return runEach(prepared(sql), rows)
      })
      database.exec('COMMIT')
      return changes
    } catch (error) {
      rollBack()
      throw error
    }
  },

  close() {
    statements.clear()
    database?.close()
  },
}

/** Behind the last column of a row; sqlite-packed-rows.ts writes it. */
const endOfRow = 255

/** Each row has the values of the row before but for those that are given. */
function runEach(statement, { values, columns }) {
  const changes = []
  const row = []
  let next = 0
  for (const column of columns) {
    if (column === endOfRow) changes.push(statement.run(row))
    else row[column] = values[next++]
  }
  return changes
}

function prepared(sql) {
  let statement = statements.get(sql)
  if (!statement) statements.set(sql, (statement = database.prepare(sql)))
  return statement
}

/** SQLite ends some failed transactions by itself, and then there is nothing to roll back. */
function rollBack() {
  try {
    database.exec('ROLLBACK')
  } catch (error) {
    if (!/no transaction/i.test(String(error))) throw error
  }
}

function openBuiltIn(path, readOnly) {
  const builtIn = process.getBuiltinModule?.('node:sqlite')
  if (!builtIn) return null
  const file = new builtIn.DatabaseSync(path, { readOnly })
  return {
    exec: (sql) => file.exec(sql),
    close: () => file.close(),
    prepare(sql) {
      const statement = file.prepare(sql)
      return {
        run: (values) => Number(statement.run(...values).changes),
        all: (values) => statement.all(...values),
        columns: () => statement.columns().map(({ name }) => name),
        lists() {
          statement.setReturnArrays(true)
          return statement.iterate()
        },
      }
    },
  }
}

function openLibsql(path, readOnly) {
  const Database = require(libsqlPath())
  const file = new Database(path, { readonly: readOnly })
  return {
    exec: (sql) => file.exec(sql),
    close: () => file.close(),
    prepare(sql) {
      const statement = file.prepare(sql)
      return {
        run: (values) => statement.run(values).changes,
        all: (values) => statement.all(values),
        columns: () => statement.columns().map(({ name }) => name),
        lists: () => statement.raw().iterate([]),
      }
    },
  }
}

/** Bytes have no place in JSON but as hexadecimal digits. */
function toJson(value) {
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
    : value
}

function libsqlPath() {
  try {
    return require.resolve('libsql', { paths: libsqlPaths })
  } catch (cause) {
    throw new Error('[firsthand] sqliteStore: this Node has no node:sqlite. Run: npm install libsql@0.5', { cause })
  }
}

port.on('message', ({ id, command, argument }) => {
  try {
    port.postMessage({ id, result: commands[command](argument) })
  } catch (error) {
    const { message = String(error), code, errcode, rawCode } = error ?? {}
    port.postMessage({ id, error: { message, code, errcode, rawCode } })
  }
})
