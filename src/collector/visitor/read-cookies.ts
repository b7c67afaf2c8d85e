/** Values by name, as they stand in the header. */
export type RawCookies = ReadonlyMap<string, string>

/**
 * Reads the cookies of these names. One that comes twice with different values, from another domain or path, has no value: nobody
 * knows which of them the page means.
 */
export function readCookies(header: string | null, names: ReadonlySet<string>): RawCookies {
  const found = new Map<string, string>()
  const ambiguous = new Set<string>()
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    if (at < 0 || !names.has(name)) continue
    const value = pair.slice(at + 1).trim()
    if (found.has(name) && found.get(name) !== value) ambiguous.add(name)
    found.set(name, value)
  }
  for (const name of ambiguous) found.set(name, '')
  return found
}
