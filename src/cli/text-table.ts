import { printable } from './printable'

/** No column is cut below this. */
const minWidth = 8

/** Rows under their heads, numbers to the right. What is wider than `width` loses from its widest columns. */
export function textTable(heads: readonly string[], rows: readonly (readonly unknown[])[], width: number): string {
  const texts = [heads, ...rows].map((row) => row.map((cell) => printable(textOf(cell))))
  const widths = fit(
    heads.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0))),
    width,
  )
  const isNumeric = heads.map((_, column) => rows.every((row) => isNumber(row[column])))
  const [head, ...body] = texts.map((row) =>
    row
      .map((text, column) => cellOf(text, widths[column] ?? 0, isNumeric[column] ?? false))
      .join('  ')
      .trimEnd(),
  )
  return [head, widths.map((length) => '-'.repeat(length)).join('  '), ...body].join('\n')
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}

function isNumber(cell: unknown): boolean {
  return cell === null || typeof cell === 'number' || typeof cell === 'bigint'
}

function fit(wanted: readonly number[], width: number): number[] {
  const widths = [...wanted]
  for (let excess = widths.reduce((sum, length) => sum + length + 2, -2) - width; excess > 0; excess--) {
    const widest = Math.max(...widths)
    if (widest <= minWidth) break
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths
}

function cellOf(text: string, width: number, right: boolean): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text
  return right ? cut.padStart(width) : cut.padEnd(width)
}
