import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A token that is made once and kept in a file that only its owner can read, so that printed links and bookmarks
 * stay good when the process starts again.
 */
export async function keptToken(dataDir: string, name: string): Promise<string> {
  const path = join(dataDir, name)
  const kept = await readToken(path)
  if (kept) return kept
  const token = randomBytes(24).toString('base64url')
  // An empty file is overwritten; in one that another process has just made, its token counts.
  await writeFile(path, `${token}\n`, { mode: 0o600, flag: kept === null ? 'wx' : 'w' }).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  return (await readToken(path)) || token
}

/** Null where there is no file. */
async function readToken(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
