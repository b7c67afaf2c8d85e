import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { root } from './source'

const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })

describe('the bundles', { timeout: 30_000 }, () => {
  it('keep to their size budgets', () => {
    const { status, stdout } = run('.ci/size.mjs')
    console.log(stdout.trimEnd())
    expect(stdout).not.toContain('OVER BUDGET')
    expect(status).toBe(0)
  })

  it('contain no package whose licence THIRD-PARTY does not show', () => {
    const { status, stderr } = run('.ci/third-party.mjs', '--check')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})
