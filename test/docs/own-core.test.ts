import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { skipWithoutChromium } from '../helpers/chromium'

const folder = fileURLToPath(new URL('../../docs/decisions/own-core', import.meta.url))
const text = readFileSync(`${folder}.md`, 'utf8')
const helpers = ['claim.mjs', 'wrapped-client.mjs']
const scripts = readdirSync(folder).filter((name) => !helpers.includes(name))

const needsBrowser = (name: string) => readFileSync(join(folder, name), 'utf8').includes('launchChromium')

/** Rejects with what was printed where the script ends with another code than 0. */
const run = (name: string) =>
  promisify(execFile)(process.execPath, [join(folder, name), '--quick'], { encoding: 'utf8' })

describe('the decision for our own core', () => {
  it('names each of its scripts, and no other', () => {
    const named = [...text.matchAll(/\(own-core\/([\w-]+\.mjs)\)/g)].map(([, name]) => name)
    expect([...new Set(named)].sort()).toEqual([...scripts, 'wrapped-client.mjs'].sort())
  })

  it.each(scripts.filter((name) => !needsBrowser(name) || !skipWithoutChromium()))(
    'still rests on what %s proves',
    { timeout: 90_000 },
    async (name) => {
      const { stdout } = await run(name)
      const lines = stdout.trim().split('\n')
      expect(lines.length).toBeGreaterThan(1)
      expect(lines.filter((line) => !line.startsWith('holds: '))).toEqual([])
    },
  )
})
