import type { SqliteValue } from './sqlite-driver'

/** Rows as the database thread takes them: of each row only what differs from the row before. */
export interface PackedRows {
  values: SqliteValue[]
  /** The column of each value, and `endOfRow` behind each row. */
  columns: Uint8Array
}

/** No table has as many columns. sqlite-worker.cjs knows it too. */
const endOfRow = 255

/**
 * Events of one request have most of their columns in common, and copying lists of texts into another thread costs by
 * the text: 5.8 µs for an event of 42 columns, 0.9 µs for what differs.
 */
export function packRows(rows: readonly (readonly SqliteValue[])[]): PackedRows {
  const values: SqliteValue[] = []
  const columns: number[] = []
  let before: readonly SqliteValue[] = []
  for (const row of rows) {
    for (let column = 0; column < row.length; column++) {
      const value = row[column] as SqliteValue
      if (value === before[column]) continue
      values.push(value)
      columns.push(column)
    }
    columns.push(endOfRow)
    before = row
  }
  return { values, columns: Uint8Array.from(columns) }
}
