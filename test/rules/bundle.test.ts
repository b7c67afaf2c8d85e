import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'
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

  it('carry nothing of what is not imported: consent, schemas', async () => {
    const contents = `import { init } from './src/browser'\ninit()`
    const { metafile } = await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      write: false,
      metafile: true,
      outfile: 'page.js',
    })
    const carried = Object.entries(metafile.outputs['page.js']?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput ? file : [],
    )
    expect(carried).toContain('src/core/privacy.ts')
    expect(carried.filter((file) => /core\/(consent|decisions|held-calls|gated-storage|schemas)/.test(file))).toEqual(
      [],
    )
  })

  it('contain no package whose licence THIRD-PARTY does not show', () => {
    const { status, stderr } = run('.ci/third-party.mjs', '--check')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})
