import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './source'

const compile = (project: string) =>
  spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], { cwd: root, encoding: 'utf8' })

/** The lines among these statements that do not compile in the world of a part. */
function unknownIn(part: string, statements: readonly string[]): string[] {
  const folder = mkdtempSync(join(root, 'node_modules', '.world-'))
  try {
    writeFileSync(join(folder, 'statements.ts'), `${statements.join('\n')}\nexport {}\n`)
    const config = { extends: join(root, part, 'tsconfig.json'), files: ['statements.ts'], include: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const errors = compile(folder).stdout.matchAll(/statements\.ts\((\d+),\d+\): error TS\d+: Cannot find name/g)
    return [...errors].map((error) => statements[Number(error[1]) - 1] ?? '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ofPage = 'document.title'
const ofNode = 'process.pid'

describe('the world that each part compiles in', { timeout: 60_000 }, () => {
  it.each([
    ['src/core', [ofPage, ofNode]],
    ['src/browser', [ofNode]],
    ['src/node', [ofPage]],
    ['src/collector', [ofPage, ofNode]],
    ['plugins', [ofPage, ofNode]],
  ])('%s compiles and does not know %j', (part, foreign) => {
    const { status, stdout } = compile(part)
    expect(stdout).toBe('')
    expect(status).toBe(0)
    expect(unknownIn(part, [ofPage, ofNode])).toEqual(foreign)
  })
})
