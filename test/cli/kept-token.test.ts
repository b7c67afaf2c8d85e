import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keptToken } from '../../src/cli/kept-token'

describe('keptToken', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'firsthand-token-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  it('makes a token that nobody can guess, in a file that only its owner can read', async () => {
    const token = await keptToken(dir, 'admin-token')
    expect(token).toMatch(/^[\w-]{32}$/)
    expect((await readFile(join(dir, 'admin-token'), 'utf8')).trim()).toBe(token)
    expect((await stat(join(dir, 'admin-token'))).mode & 0o777).toBe(0o600)
  })

  it('gives the same token again, and another one elsewhere', async () => {
    const token = await keptToken(dir, 'admin-token')
    expect(await keptToken(dir, 'admin-token')).toBe(token)
    expect(await keptToken(dir, 'other-token')).not.toBe(token)
  })

  it('takes a token that the owner wrote, and replaces an empty file', async () => {
    await writeFile(join(dir, 'written'), '  my-own-token\n')
    expect(await keptToken(dir, 'written')).toBe('my-own-token')
    await writeFile(join(dir, 'empty'), '\n')
    expect(await keptToken(dir, 'empty')).toHaveLength(32)
  })

  it('agrees with a process that starts at the same moment', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => keptToken(dir, 'admin-token')))
    expect(new Set([...tokens, await keptToken(dir, 'admin-token')]).size).toBe(1)
  })
})
