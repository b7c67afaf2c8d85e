export interface CsvOptions {
  /**
   * Leaves cells as they are that a spreadsheet would take for a formula.
   * @default false
   */
  formulas?: boolean
}

export const csvDefaults = { formulas: false } satisfies CsvOptions

/**
 * A record of RFC 4180, its line break included. Visitors choose what stands in events, and a spreadsheet runs a cell
 * that begins with `=`, `+`, `-` or `@`: it gets an apostrophe in front, which makes it text.
 */
export function csvRecord(cells: readonly unknown[], { formulas = csvDefaults.formulas }: CsvOptions = {}): string {
  return `${cells.map((cell) => quoted(formulas ? textOf(cell) : harmless(cell))).join(',')}\r\n`
}

function harmless(cell: unknown): string {
  const text = textOf(cell)
  // Numbers are no texts that somebody wrote: a negative one stays one.
  return typeof cell === 'string' && /^(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/.test(text) ? `'${text}` : text
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
