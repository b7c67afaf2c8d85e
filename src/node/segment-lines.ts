import type { FileSystem } from './system'

export const EXTENSION = '.log'

/** The last state of each key. The last line may be torn; `corrupt` counts others that nobody can read. */
export function readLines(text: string, entries = new Map<string, string>()) {
  const lines = text.split('\n')
  lines.pop()
  let corrupt = 0
  for (const line of lines) {
    const key = /^[-+](\S+:\S+)/.exec(line)?.[1]
    if (!key) corrupt++
    else if (line[0] === '-') entries.delete(key)
    else entries.set(key, line.slice(key.length + 2))
  }
  return { entries, corrupt }
}

/** The files of a directory in the order in which they were written. */
export const segmentsIn = (fs: FileSystem, dir: string): string[] =>
  fs
    .readdirSync(dir)
    .filter((name) => name.endsWith(EXTENSION))
    .sort()
    .map((name) => `${dir}/${name}`)
