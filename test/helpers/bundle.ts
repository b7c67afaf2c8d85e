import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `import text from './file?raw'`. Vitest empties style sheets, also when they are imported as text. */
const raw: Plugin = {
  name: 'raw',
  setup(bundler) {
    bundler.onResolve({ filter: /\?raw$/ }, ({ path, importer }) => ({
      path: resolve(dirname(importer), path.slice(0, -'?raw'.length)),
      namespace: 'raw',
    }))
    bundler.onLoad({ filter: /.*/, namespace: 'raw' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
    }))
  },
}

/**
 * Bundles source files into a new directory, so that a test can run them in a process or page of their own without
 * a build of the whole package. `entries` maps output names to source paths.
 */
export async function bundle(
  entries: Record<string, string>,
  platform: 'node' | 'browser' = 'node',
  alias: Record<string, string> = {},
) {
  const dir = mkdtempSync(join(tmpdir(), 'firsthand-test-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const built = build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dir,
    bundle: true,
    platform,
    target: 'es2022',
    format: platform === 'node' ? 'esm' : 'iife',
    outExtension: platform === 'node' ? { '.js': '.mjs' } : {},
    conditions: ['browser'],
    alias,
    external: ['libsql', 'pg'],
    plugins: [raw],
    logLevel: 'silent',
  })
  await built.catch((error) => {
    remove()
    throw error
  })
  return { dir, remove }
}

/** A script for a page, from source that may import by paths from the root. */
export async function bundleText(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    conditions: ['browser'],
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
